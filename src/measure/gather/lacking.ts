/** Samples that a way was asked and has no rows of: before version 4 of the store, what two ways share stood in the rows of one. */
import { isRecord } from '../../common/json.ts';
import { askableNamed } from '../../prompt/askable.ts';
import { commandText } from '../store/command-text.ts';
import type { LengthLimit } from '../../score/tables/rows.ts';
import type { Run } from '../store/rows.ts';
import type { AskedBy } from './asked-alike.ts';

/** The samples of each way that have a row, as far as one needs them to tell whether any lack. */
export class KeptSamples {
  private readonly kept = new Map<AskedBy, Map<number, Set<number>>>();

  note(way: AskedBy, { length, index }: { readonly length: number; readonly index: number }): void {
    const lengths = this.kept.get(way) ?? new Map<number, Set<number>>();
    this.kept.set(way, lengths);
    lengths.set(length, (lengths.get(length) ?? new Set()).add(index));
  }

  at(way: AskedBy, length: number): ReadonlySet<number> {
    return this.kept.get(way)?.get(length) ?? new Set();
  }

  lengths(way: AskedBy): number[] {
    return [...(this.kept.get(way)?.keys() ?? [])];
  }
}

/**
 * Which samples lack of some ways, and the commands that add them; null where none do. Only of ways whose last run came to its end, and
 * at lengths below that from which on prompts are taken no longer.
 */
export function lackingText(
  ways: readonly AskedBy[],
  kept: KeptSamples,
  limitOf: (task: string) => LengthLimit | null,
): string | null {
  const lacking = ways.flatMap((way) => {
    const limit = limitOf(way.asked.task)?.length ?? Infinity;
    const lengths = new Set([...way.all.flatMap((run) => run.lengths ?? []), ...kept.lengths(way)]);
    return [...lengths].flatMap((length) => {
      const samples = kept.at(way, length);
      const { n, run } = askedAt(way, length, samples);
      return length < limit && samples.size < n ? [{ way, length, samples, n, run }] : [];
    });
  });
  if (lacking.length === 0) return null;
  const told = lacking.map(
    ({ way, length, samples, n }) => `${samples.size} of ${n} samples of ${way.asked.task} at ${length}`,
  );
  const [anew, added] = [lacking.filter(isDrawnAnew), lacking.filter((one) => !isDrawnAnew(one))];
  const commandsFor = (of: typeof lacking): string =>
    [...new Set(of.map(({ run }) => commandText(run)))].join('; ');
  const remedies = [
    ...(added.length === 0
      ? []
      : [`the same command (${commandsFor(added)}) adds the others and asks nothing again`]),
    ...(anew.length === 0
      ? []
      : [
          `other samples are drawn now for one number of --occurrences: ${commandsFor(anew)} asks all of them`,
        ]),
  ];
  return `${told.join(', ')} are here, since an earlier lengthwise kept what two ways of asking share in one of them; ${remedies.join('; ')}`;
}

/** For one number of occurrences earlier versions drew other samples (`--occurrences 3` as a range): their command asks another way now. */
function isDrawnAnew({ way: { asked }, run }: { readonly way: AskedBy; readonly run: Run }): boolean {
  const { task, askedAs = task, operation } = asked;
  const { occurrences } = run.options;
  return (
    askedAs === operation &&
    askableNamed(operation).uses.includes('occurrences') &&
    isRecord(occurrences) &&
    occurrences.min === occurrences.max
  );
}

/** How many samples a run asked that came to its end, and which; a search asks the first ones of a length, without a gap. */
function askedAt(
  { asked, run, all }: AskedBy,
  length: number,
  kept: ReadonlySet<number>,
): { readonly n: number; readonly run: Run } {
  const { min, max } = asked;
  if (all.at(-1)?.ending !== 'done' || length < min || length > (max ?? Infinity)) return { n: 0, run };
  const known = { n: [...kept].reduce((most, index) => Math.max(most, index + 1), 0), run };
  return all
    .filter(({ ending, lengths }) => ending === 'done' && lengths?.includes(length) === true)
    .reduce((most, one) => (one.n >= most.n ? { n: one.n, run: one } : most), known);
}
