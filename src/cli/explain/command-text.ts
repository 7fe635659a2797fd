/** The command that explains the same again, for a shell. */
import { flagOf } from '../../common/flag.ts';
import { shellWord } from '../../common/shell-word.ts';

/** Options that change nothing of what is found. */
const LEFT_OUT: readonly string[] = ['json'];

export function commandText(
  target: string,
  options: Readonly<Record<string, string | number | boolean | undefined>>,
): string {
  const words = Object.entries(options).flatMap(([name, value]) =>
    value === undefined || LEFT_OUT.includes(name) ? [] : [`${flagOf(name)} ${shellWord(String(value))}`],
  );
  return ['lengthwise explain', shellWord(target), ...words].join(' ');
}
