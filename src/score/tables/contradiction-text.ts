/**
 * Recorded right answers that contradict the oracle of the task that was named, in words. Accuracy is by the recorded ones; where
 * most of them contradict, and they are enough, the records are of another task, and their horizon is none of the task named.
 */
import { doMostContradict, whatContradicts } from './contradicting.ts';
import type { ContradictingPart, HorizonRow } from './rows.ts';

/** What to do where most right answers contradict. */
export const OTHER_TASK = 'these are records of another task: name theirs with --task';

/** What is known where most do, of too few. */
export const TOO_FEW_TO_TELL =
  'too few to tell wrong right answers from records of another task (--task); accuracy is by the recorded ones';

const OTHER_PARTS =
  'those are records of another task: write the records of each task to a file of its own, and name its task with --task';

/** More parts are counted, not named. */
const MOST_PARTS = 3;

/**
 * Whether a horizon of a length rests on records of another task: more than half of the right answers contradict the oracle, and enough of
 * them, in the whole, in a file, or at a length up to that one.
 */
export function isOfOtherTask({ contradicting }: Pick<HorizonRow, 'contradicting'>, upTo: number): boolean {
  if (contradicting === undefined) return false;
  const { parts = [] } = contradicting;
  return doMostContradict(contradicting) || parts.some(({ length = 0 }) => length <= upTo);
}

/** The same in words, with what to do; null where nothing contradicts. */
export function contradictionText({
  task,
  contradicting,
}: Pick<HorizonRow, 'task' | 'contradicting'>): string | null {
  if (contradicting === undefined) return null;
  const { records, of, parts = [] } = contradicting;
  const head =
    records === 1 && of === 1
      ? `the recorded right answer contradicts the oracle of ${task}`
      : `${records} of ${of} recorded right answers ${records === 1 ? 'contradicts' : 'contradict'} the oracle of ${task}`;
  const what = whatContradicts(contradicting);
  if (what === 'most') return `${head}, so ${OTHER_TASK}`;
  if (parts.length > 0) return `${head}, ${otherPartsText(parts)}`;
  return what === 'few' ? `${head}; accuracy is by the recorded ones` : `${head}, ${TOO_FEW_TO_TELL}`;
}

/** Where most contradict, though not in the whole, with what to do. @param parts at least one */
export function otherPartsText(parts: readonly ContradictingPart[]): string {
  const named = parts.slice(0, MOST_PARTS).map(({ file, length, records, of }) => {
    const places = [
      length === undefined ? '' : `at length ${length}`,
      file === undefined ? '' : `in ${file}`,
    ];
    return `${records} of ${of} ${places.filter((place) => place !== '').join(' ')}`;
  });
  const more = parts.length > MOST_PARTS ? `, and more than half in ${parts.length - MOST_PARTS} more` : '';
  return `${named.join(', ')}${more}, so ${OTHER_PARTS}`;
}

/** A line for each task of which recorded right answers contradict the oracle. */
export function contradictionLines(horizons: readonly HorizonRow[]): string[] {
  return horizons.flatMap((horizon) => contradictionText(horizon) ?? []);
}
