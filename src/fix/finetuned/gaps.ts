/** Gaps between tasks after fine-tuning: removed, or still there, by an interval over seeds. */
import { canonicalJson } from '../../common/json.ts';
import { taskNamed } from '../../tasks/index.ts';
import type { TaskOptions } from '../../tasks/index.ts';
import { seedDifference, unpairedDifference } from '../../score/statistics/index.ts';
import { isInRange, lengthAt } from './lengths.ts';
import type {
  BaseCell,
  Gap,
  GapAtLength,
  GapVerdict,
  LearnedInRange,
  TunedCell,
  TunedFormat,
  TunedModel,
  TunedSources,
} from './rows.ts';

/** Pairs of tasks whose difference means something: those with the same sources and queries, but for what is asked of them. */
export const GAPS: readonly (readonly [first: string, second: string])[] = [
  ['UR', 'UL'], // right and left
  ['NRFirst', 'NLFirst'],
  ['NRLast', 'NLLast'],
  ['NRFirst', 'NRLast'], // the first occurrence and the last
  ['NLFirst', 'NLLast'],
  ['UF', 'UB'], // forward and backward
  ['NF', 'NB'],
  ['UF', 'NF'], // unique and repeated
  ['UB', 'NB'],
  ['UR', 'NRLast'],
];

/** Multiples of the longest training length at which a gap is decided. */
export const DECIDED_AT = [1, 1.5, 2];
/** As a share: ± 5 % are no gap. */
export const NO_GAP = 0.05;
export const LEARNED = { share: 0.99, n: 1000 };
const FEWEST_SEEDS = 3;

/** Whether a model learned its task on the training range, by its samples there in the trained format. */
export function learnedInRange({ cells }: Pick<TunedModel, 'cells'>): LearnedInRange {
  const own = cells.filter(
    (cell) => cell.format === 'trained' && cell.sources === 'anywhere' && isInRange(cell),
  );
  const n = own.reduce((sum, cell) => sum + cell.n, 0);
  const right = own.reduce((sum, cell) => sum + cell.right, 0);
  return { n, right, learned: n < LEARNED.n ? null : right / n >= LEARNED.share };
}

/**
 * Every gap between tasks that were fine-tuned, on ordinary sources, and on those with all evidence in the first half where there
 * are any.
 * @param before cells of the base, or of the bases of all seeds, each with its seed
 * @param askedAs what is asked under a name, where tasks have names of their own: which task, and how it is drawn
 */
export function gapsOf(
  models: readonly TunedModel[],
  before: readonly BaseCell[],
  askedAs: (name: string) => AskedTask = (task) => ({ task }),
): Gap[] {
  const names = [...new Set(models.map(({ task }) => task))];
  const called = (task: string): string[] => names.filter((name) => askedAs(name).task === task);
  const pairs = GAPS.flatMap(([first, second]) =>
    called(first).flatMap((one) =>
      called(second)
        .filter((other) => areDrawnAlike(askedAs(one), askedAs(other)))
        .map((other) => [one, other] as const),
    ),
  );
  return pairs.flatMap(([first, second]) =>
    (['anywhere', 'first-half'] as const)
      .filter((sources) => [first, second].every((task) => hasCells(models, task, sources)))
      .map((sources) => gapBetween(first, second, models, before, sources)),
  );
}

/** A task, and how its samples are drawn. */
export interface AskedTask {
  readonly task: string;
  readonly options?: TaskOptions;
}

/** Whether two tasks differ in nothing but what they ask: by all options that both of them have. */
function areDrawnAlike(one: AskedTask, other: AskedTask): boolean {
  const [uses, others] = [one, other].map(({ task }) => taskNamed(task).uses);
  return uses
    .filter((option) => others.includes(option))
    .every(
      (option) =>
        canonicalJson({ option: one.options?.[option] ?? null }) ===
        canonicalJson({ option: other.options?.[option] ?? null }),
    );
}

function hasCells(models: readonly TunedModel[], task: string, sources: TunedSources): boolean {
  return models.some((model) => model.task === task && model.cells.some((cell) => cell.sources === sources));
}

function gapBetween(
  first: string,
  second: string,
  models: readonly TunedModel[],
  before: readonly BaseCell[],
  sources: TunedSources,
): Gap {
  const pairs = pairsBySeed(first, second, models);
  const lengths = differencesOf(pairs, sources);
  const { verdict, reason } = verdictOf(pairs, lengths);
  return {
    first,
    second,
    verdict,
    reason,
    sources,
    before: beforeOf(first, second, before, sources),
    lengths,
  };
}

type Pair = readonly [TunedModel, TunedModel];

/** The models of both tasks that share a seed. */
function pairsBySeed(first: string, second: string, models: readonly TunedModel[]): Pair[] {
  return models
    .filter(({ task }) => task === first)
    .flatMap((one) => {
      const other = models.find(({ task, seed }) => task === second && seed === one.seed);
      return other === undefined ? [] : [[one, other] as const];
    });
}

function verdictOf(
  pairs: readonly Pair[],
  lengths: readonly GapAtLength[],
): { readonly verdict: GapVerdict; readonly reason: string | null } {
  const all = pairs.flat();
  const unlearned = all.filter((model) => learnedInRange(model).learned === false);
  if (unlearned.length > 0)
    return { verdict: 'not learned in range', reason: unlearned.map(learnedText).join('; ') };
  const few = all.find((model) => learnedInRange(model).learned === null);
  if (few !== undefined) {
    const { n } = learnedInRange(few);
    return {
      verdict: 'too few samples',
      reason: `${n} of at least ${LEARNED.n} in range: take a larger n`,
    };
  }
  if (pairs.length < FEWEST_SEEDS)
    return { verdict: 'too few seeds', reason: `${pairs.length} of at least ${FEWEST_SEEDS} seeds` };
  const asked = lengths.filter(({ multiple }) => DECIDED_AT.includes(multiple));
  const decided = asked.filter(({ seeds }) => seeds >= FEWEST_SEEDS);
  const isWithin = ({ low, high }: GapAtLength): boolean => low >= -NO_GAP && high <= NO_GAP;
  if (decided.some(isOutside)) return { verdict: 'remains', reason: null };
  const short = asked.find(({ seeds }) => seeds < FEWEST_SEEDS);
  if (short !== undefined) {
    const reason = `${short.seeds} of at least ${FEWEST_SEEDS} seeds have figures at length ${short.length}`;
    return { verdict: 'too few seeds', reason };
  }
  const isWhole = DECIDED_AT.every((multiple) => isAmong(decided, multiple));
  if (isWhole && decided.every(isWithin)) return { verdict: 'removed', reason: null };
  return { verdict: 'undecided', reason: null };
}

/** Whether a multiple of the longest training length is among lengths: of short ones, two multiples may be the same length. */
function isAmong(lengths: readonly GapAtLength[], multiple: number): boolean {
  const longest = lengths.find((one) => one.multiple === 1);
  return longest !== undefined && lengths.some(({ length }) => length === lengthAt(multiple, longest.length));
}

/** Whether the interval at a length leaves no doubt that there is a gap. */
export function isOutside({ low, high }: Pick<GapAtLength, 'low' | 'high'>): boolean {
  return low > NO_GAP || high < -NO_GAP;
}

function learnedText(model: TunedModel): string {
  const { n, right } = learnedInRange(model);
  return `${model.task}, seed ${model.seed}: ${right} of ${n} right`;
}

/** At every length of both tasks, in the trained format. A seed may lack some: where a prompt of its is too long for the model. */
function differencesOf(pairs: readonly Pair[], sources: TunedSources): GapAtLength[] {
  const beyond = pairs.flatMap(([{ cells }]) =>
    cells.filter((cell) => cell.format === 'trained' && cell.sources === sources && cell.multiple !== null),
  );
  const multiples = new Map(beyond.map(({ length, multiple }) => [length, multiple]));
  const lengths = [...multiples].toSorted(([a], [b]) => a - b);
  return lengths.flatMap(([length, multiple]) => {
    const cells = pairs.flatMap((pair) => {
      const [one, other] = pair.map(({ cells: all }) =>
        all.find((cell) => cell.format === 'trained' && cell.sources === sources && cell.length === length),
      );
      return one === undefined || other === undefined ? [] : [{ one, other }];
    });
    if (cells.length < 2) return []; // one seed says nothing of others
    const { difference, low, high } = seedDifference(
      cells.map(({ one, other }) => ({
        first: counts(one),
        second: counts(other),
      })),
    );
    return [{ length, multiple: multiple!, seeds: cells.length, difference, low, high }];
  });
}

function beforeOf(
  first: string,
  second: string,
  before: readonly BaseCell[],
  sources: TunedSources,
): Gap['before'] {
  const formats: readonly TunedFormat[] = ['usual', 'trained'];
  const [ones, others] = [first, second].map((task) => {
    const own = before.filter(
      (cell) => cell.task === task && cell.sources === sources && cell.multiple === 1,
    );
    return formats.map((format) => own.filter((cell) => cell.format === format)).find(isThere) ?? [];
  });
  const pairs = ones.flatMap((one) => {
    const other = others.find(({ seed, length }) => seed === one.seed && length === one.length);
    return other === undefined ? [] : [{ first: counts(one), second: counts(other) }];
  });
  const [pair] = pairs;
  if (pair === undefined) return null;
  const difference = pairs.length > 1 ? seedDifference(pairs) : unpairedDifference(pair.first, pair.second);
  const seeds = ones[0].seed === undefined ? null : pairs.length;
  return { length: ones[0].length, seeds, ...difference };
}

function isThere(cells: readonly TunedCell[]): boolean {
  return cells.length > 0;
}

function counts({ right: correct, n }: TunedCell): { readonly correct: number; readonly n: number } {
  return { correct, n };
}
