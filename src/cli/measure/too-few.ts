/** What is said before so few samples are asked that no length can be shown to hold, or not every one. */
import type { FewestSpec } from '../../measure/plan/fewest.ts';
import type { Io } from '../shared/command.ts';

export async function sayTooFew(spec: FewestSpec, io: Io): Promise<void> {
  const { fewestToShow } = await import('../../measure/plan/fewest.ts');
  const { first, most } = fewestToShow(spec);
  const { n, threshold } = spec;
  if (n >= most) return;
  const later = most > first ? `, and up to ${most} once a length was not shown to hold` : '';
  const where = n < first ? 'to show a horizon' : 'for some lengths of the search';
  io.say(
    `--n ${n} is too few ${where} at ${threshold}: it takes ${first} samples a length, all right${later}`,
  );
}
