/**
 * The answers of one respondent to tasks asked in one way, while they come or as they are read from a store: counted,
 * ready to be summed up and to be compared with another's.
 */
import type { Json } from '../../common/json.ts';
import { askableNamed } from '../../prompt/askable.ts';
import type { Askable } from '../../prompt/askable.ts';
import { chanceOf } from '../../prompt/chance.ts';
import { demonstrationsGrow } from '../../prompt/render.ts';
import type { RenderOptions } from '../../prompt/as-sent.ts';
import type { Ending } from '../../respond/respondent.ts';
import type { StoredRow } from '../store/row-store.ts';
import { tokensPerSymbolOfPrompts } from '../../score/places/index.ts';
import { countedInstance } from '../../score/tables/counted-instance.ts';
import type { CellRow, InstanceRow } from '../../score/tables/rows.ts';
import { endingOfRuns, missingText } from '../store/ending.ts';
import type { AskedTask, RespondentRows, Run } from '../store/rows.ts';
import { NOTHING_TAKEN, plus, takenBy } from '../store/spending.ts';
import type { Taken } from '../store/spending.ts';
import type { SeedCells } from '../../score/tables/differences.ts';
import { withContradictions } from '../../score/tables/contradicting.ts';
import type { OracleCheck } from '../../score/tables/contradicting.ts';
import { summarize, summarizeSeeds } from '../../score/tables/summary.ts';
import type { Summary } from '../../score/tables/summary.ts';
import { sourceKeyOf, Tally } from '../../score/tables/tally.ts';
import type { Cell } from '../../score/tables/tally.ts';
import { oneThreshold } from '../../score/tables/threshold.ts';
import type { Threshold } from '../../score/tables/threshold.ts';
import { AskedLengths } from '../plan/asked-lengths.ts';
import { promptSizeOf } from '../plan/asked-lengths.ts';
import { speaksOfSize } from '../plan/prompt-limits.ts';
import { CutAnswers } from '../scoring/cut-answers.ts';
import { GivenBack } from '../scoring/given-back.ts';
import { PromptCounts } from '../scoring/estimated-tokens.ts';
import { Moves } from '../scoring/moves.ts';
import { sampleOf } from '../scoring/scoring.ts';
import type { ScoredRow, ScoredTask } from '../scoring/scoring.ts';
import type { SourcePart } from '../../tasks/task.ts';
import { Examples } from './examples.ts';
import type { Settings } from '../../score/tables/settings.ts';
import { ownSettings, settingsOf } from './settings.ts';

/** Who was asked, and how. */
export interface RespondentFacts {
  /** Where its rows are kept, or the files that were read; null: nowhere. */
  readonly folder: string | null;
  readonly respondent: Readonly<Record<string, Json>>;
  readonly capabilities: readonly string[];
  /** What an endpoint says of the weights and the software behind its model's name. */
  readonly revision?: string;
  readonly started: string;
  readonly runs: readonly Run[];
  readonly prices: Run['prices'];
  /** How asking ended, where its runs don't tell. */
  readonly ending?: Ending;
  /** The options as given, while they are asked with; read from a store, each run has its own. */
  readonly options?: Run['options'];
  /** The threshold of all horizons, where one command is all that asked; read from a store, each task has its own. */
  readonly threshold?: number;
}

/** Whether a token is a symbol: of models that are run here. What a server's tokenizer makes of a symbol is another matter. */
export function readsSymbols({ kind }: RespondentFacts['respondent']): boolean {
  return kind === 'model' || kind === 'trained';
}

export class Gathered {
  readonly facts: RespondentFacts;
  private readonly thresholds = new Map<string, number>();
  /** How each task was last asked, and how its answers are read. */
  readonly asked = new Map<string, AskedTask>();
  readonly tasks = new Map<string, ScoredTask>();
  /** What the rows say of the lengths. */
  readonly lengths: AskedLengths;
  /** Scores that are other ones than when the outputs were stored. */
  readonly moves = new Moves();
  /** What cut answers off. */
  readonly cuts = new CutAnswers();
  /** Prompts that came back in outputs. */
  readonly givenBack = new GivenBack();
  /** Which samples it was asked and has no rows of, and how to add them; null where none lack. */
  lacking: string | null = null;
  private readonly tally = new Tally();
  /** Of models that were trained with several seeds: each seed's own. */
  private readonly bySeed = new Map<number | null, Tally>();
  private readonly rules = new Map<string, Askable>();
  private readonly examples = new Examples();
  /** Lengths, by task, at which the server cut a prompt. */
  private readonly cutLengths = new Map<string, Set<number>>();
  /** What the server counts for the prompts of each task. */
  private readonly promptCounts = new Map<string, PromptCounts>();
  private readonly reasons = new Map<string, number>();
  private readonly spent = { requests: 0, promptTokens: 0, completionTokens: 0, ms: 0, timed: 0 };
  /** What its runs took; null where the rows tell, and what was taken beside them. */
  private taken: Taken | null = null;
  private beside = NOTHING_TAKEN;
  private answers = 0;

  /** @param lengths what a plan goes by, or that of rows that are read */
  constructor(facts: RespondentFacts, lengths = new AskedLengths()) {
    this.facts = facts;
    this.lengths = lengths;
  }

  /** Notes a task before its rows are counted, and the threshold of its horizon if it has one of its own. */
  begin(asked: AskedTask, scored: ScoredTask, threshold?: number): void {
    if (threshold !== undefined) this.thresholds.set(asked.task, threshold);
    this.asked.set(asked.task, asked);
    this.tasks.set(asked.task, scored);
    this.lengths.chosen(asked.task, asked.chosen ?? []);
  }

  /** Notes that recorded right answers of a task contradict its oracle. */
  contradicts(task: string, checks: readonly OracleCheck[]): void {
    const asked = this.asked.get(task);
    if (asked === undefined) throw new Error(`${task} was not asked here`);
    this.asked.set(task, { ...asked, oracle: [...(asked.oracle ?? []), ...checks] });
  }

  /** Counts what a run took, which its rows tell only in part. */
  took(taken: Taken): void {
    this.taken = plus(this.taken ?? NOTHING_TAKEN, taken);
  }

  /** Counts what a run took that no row tells of: for its probe, a pilot, and questions that were asked again. */
  tookBeside(taken: Taken): void {
    this.beside = plus(this.beside, taken);
  }

  /** Counts a row. */
  add(row: ScoredRow): void {
    const { task, length, output, score } = row;
    const scored = this.tasks.get(task);
    if (scored === undefined) throw new Error(`${task} was not asked here`);
    const isRecord = this.facts.respondent.kind === 'recording';
    const sourceKey = this.sampleOf(row);
    const { promptTokens, failure } = output;
    const ofSize = speaksOfSize(output);
    const size = promptSizeOf(row);
    this.tally.add({ task, length, sourceKey, score, promptTokens, failure, ofSize, size });
    this.answers += 1;
    if (!isRecord) this.lengths.record(row);
    if (score.promptCut === true) {
      this.cutLengths.set(task, (this.cutLengths.get(task) ?? new Set()).add(length));
    } else if (promptTokens !== null) {
      const counts = this.promptCounts.get(task) ?? new PromptCounts();
      this.promptCounts.set(task, counts);
      counts.add(scored.sentText(row), promptTokens);
    }
    this.cuts.add(output, score);
    if (!isRecord) this.givenBack.add(row);
    if (score.outcome === 'failed')
      this.failed(output.error ?? `the reply ended with ${output.finishReason}`);
    this.examples.add(row, scored, this.asked.get(task)?.joiner ?? ' ');
    this.cost(output);
  }

  /** The number of a row's sample; null of what was recorded without one, whose `index` is that of its line. */
  numberOf({ task, index, prompt }: StoredRow): number | null {
    if (this.facts.respondent.kind !== 'recording') return index;
    // Older stores say it of a task, not of each row.
    const isLine = index < 0 || (prompt === '' && this.asked.get(task)?.numbered !== true);
    return isLine ? null : index;
  }

  /** Names a row's sample among those of its task and length. */
  sampleOf(row: StoredRow): string {
    return sourceKeyOf(this.numberOf(row), row.source, row.query);
  }

  private failed(reason: string): void {
    this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + 1);
  }

  /**
   * Counts an answer in symbols, of a model that was trained in a study.
   * @param as the study's name of the task, and the threshold of its horizon
   */
  addInstance(
    row: InstanceRow,
    {
      as,
      seed,
      threshold,
    }: { readonly as: string; readonly seed: number | null; readonly threshold: number },
  ): void {
    this.thresholds.set(as, threshold);
    const rule = this.rules.get(row.task) ?? askableNamed(row.task);
    this.rules.set(row.task, rule);
    const chance = chanceOf(rule, sampleOf(row, rule.operation));
    const plain = countedInstance(row, as);
    const counted = { ...plain, score: { ...plain.score, chance } };
    // The same source, asked of two models, is two samples.
    this.tally.add({ ...counted, sourceKey: `${seed} ${counted.sourceKey}` });
    const own = this.bySeed.get(seed) ?? new Tally();
    this.bySeed.set(seed, own);
    own.add(counted);
    this.examples.addInstance({ ...row, task: as });
    this.answers += 1;
  }

  private cost(output: StoredRow['output']): void {
    const { spent } = this;
    const { latencyMs } = output;
    const { requests, promptTokens, completionTokens } = takenBy(output);
    spent.requests += requests;
    spent.promptTokens += promptTokens;
    spent.completionTokens += completionTokens;
    spent.ms += latencyMs ?? 0;
    spent.timed += Number(latencyMs !== null);
  }

  /** In the order in which the tasks were asked for. */
  cells(): Cell[] {
    const order = [...this.asked.keys()];
    return this.tally
      .all()
      .map((cell) => cell.withFitting((size) => this.lengths.fits(cell.task, size)))
      .map((cell) => (this.endsBelow(cell) ? cell.beyondContext() : cell))
      .sort((a, b) => order.indexOf(a.task) - order.indexOf(b.task) || a.length - b.length);
  }

  /** Whether prompts of a cell's length do not fit the context. */
  private endsBelow({ task, length }: Cell): boolean {
    const limit = this.lengths.limit(task);
    return limit?.why === 'context' && length >= limit.length;
  }

  /** The cells of each trained model; of a respondent without a seed, all of them. */
  models(): SeedCells[] {
    if (this.bySeed.size === 0) return [{ seed: null, cells: this.cells() }];
    return [...this.bySeed].map(([seed, tally]) => ({ seed, cells: tally.all() }));
  }

  /** The threshold at which a task was measured. */
  readonly thresholdOf = (task: string): number => {
    const own = this.thresholds.get(task) ?? this.facts.threshold;
    if (own === undefined) throw new Error(`${task} was not measured here`);
    return own;
  };

  /** That of all tasks; null where they were measured at several. */
  get threshold(): number | null {
    return this.facts.threshold ?? oneThreshold([...this.thresholds.values()]);
  }

  /** The tables, the horizons at the threshold of each task, or at others. */
  summary(threshold: Threshold = this.thresholdOf): Summary {
    const models = this.models();
    const tokensOf = (task: string, rows: readonly CellRow[]): number | null => this.tokensOf(task, rows);
    if (models.length > 1) return summarizeSeeds(this.cells(), models, { threshold, tokensOf });
    const summary = summarize(this.cells(), {
      threshold,
      search: (task) => this.lengths.search(task),
      levelOf: (task, length) => this.lengths.levelAt(task, length),
      isLookedAgain: (task, length) => this.lengths.isLookedAgain(task, length),
      isSequential: (task) => this.lengths.isSequential(task),
      limitOf: (task) => this.lengths.limit(task),
      tokensOf,
      placeOf: (task) => this.placeOf(task),
    });
    return withContradictions(summary, (task) => this.asked.get(task)?.oracle ?? []);
  }

  /** Its runs, but for those that asked in other ways alone. Older stores did not note the way. */
  runs(): Run[] {
    return this.facts.runs.filter(({ asked }) => asked.some((one) => this.isAskedSo(one)));
  }

  private isAskedSo({ task, way }: AskedTask): boolean {
    return this.asked.has(task) && (way === undefined || way === this.asked.get(task)?.way);
  }

  /** The options of the last run that asked a task so; undefined where nobody was asked here. */
  private optionsOf(task: string): Run['options'] | undefined {
    if (this.facts.options !== undefined) return this.facts.options;
    const own = this.facts.runs.findLast(({ asked }) =>
      asked.some((one) => one.task === task && this.isAskedSo(one)),
    );
    return own?.options;
  }

  /** The seed of a task's samples; null where nobody knows it. A folder holds samples of one. */
  seedOf(task: string): number | null {
    return this.asked.get(task)?.told?.seed ?? this.facts.runs.at(-1)?.seed ?? null;
  }

  /**
   * With which options each task was asked; of recordings, what tasks of the user's own are, and nothing else; {} of models that were
   * trained in a study.
   */
  settings(): Readonly<Record<string, Settings>> {
    const { respondent } = this.facts;
    const known = [...this.asked.values()].flatMap((asked) => {
      if (respondent.kind === 'recording') {
        const own = ownSettings(asked);
        return Object.keys(own).length === 0 ? [] : [[asked.task, own] as const];
      }
      const options = this.optionsOf(asked.task);
      return options === undefined ? [] : [[asked.task, settingsOf(asked, options, respondent)] as const];
    });
    return Object.fromEntries(known);
  }

  /** The part of the source in which alone the evidence of look-ups was placed (`--place`). */
  private placeOf(task: string): SourcePart | null {
    if (this.asked.get(task)?.family === 'copying') return null;
    const place = this.optionsOf(task)?.place;
    if (typeof place !== 'object' || place === null || !('from' in place && 'to' in place)) return null;
    const { from, to } = place;
    return typeof from === 'number' && typeof to === 'number' ? { from, to } : null;
  }

  /**
   * Tokens of a symbol: one for models that are run here; of endpoints, by how prompts grow with their source, null where their demonstrations
   * grow, too, and where the server estimates. Lengths at which the server cut a prompt don't count: its numbers are those of what was left.
   */
  private tokensOf(task: string, rows: readonly CellRow[]): number | null {
    if (readsSymbols(this.facts.respondent)) return 1;
    if (this.promptCounts.get(task)?.areEstimates === true) return null;
    const cut = this.cutLengths.get(task);
    const asked = this.asked.get(task);
    if (asked !== undefined && demonstrationsGrow(asked.prompt, (asked.rendering ?? {}) as RenderOptions))
      return null;
    const sizes = rows.flatMap(({ length, promptTokens }) =>
      typeof promptTokens === 'number' && cut?.has(length) !== true
        ? [{ tokens: promptTokens, symbols: length }]
        : [],
    );
    return tokensPerSymbolOfPrompts(sizes);
  }

  failures(): { readonly reason: string; readonly count: number }[] {
    return [...this.reasons].map(([reason, count]) => ({ reason, count }));
  }

  /** Summed up under a name, the horizons at the threshold of each task, or at others. */
  rows(label: string, threshold: Threshold = this.thresholdOf): RespondentRows {
    const { folder, respondent, capabilities, started, runs } = this.facts;
    const summary = this.summary(threshold);
    return {
      ...{ label, folder: folder ?? '', respondent, capabilities, started, runs },
      threshold:
        typeof threshold === 'number'
          ? threshold
          : oneThreshold(summary.horizons.map((row) => row.threshold)),
      asked: [...this.asked.values()],
      settings: this.settings(),
      adaptive: this.lengths.searched,
      missing: this.missing(summary),
      ...summary,
      examples: this.examples.kept,
      failures: this.failures(),
      spent: this.spending(),
    };
  }

  /** How asking ended; of a recording, that it was read. */
  ending(): Ending {
    const { ending, runs } = this.facts;
    return ending ?? endingOfRuns(runs, this.asked.values());
  }

  private missing(summary: Summary): string | null {
    const { respondent, runs } = this.facts;
    const { answers, failed } = this.totals();
    const run = { answered: 0, reused: answers - failed, failed };
    const missing = missingText({
      ...{ respondent, run, ending: this.ending(), open: runs.at(-1)?.ending === null },
      ...summary,
    });
    return missing ?? this.lacking;
  }

  /** Answers in all, those that failed, and what they took. */
  totals(): { answers: number; failed: number; requests: number; tokens: number; money: number | null } {
    const { requests, promptTokens, completionTokens, money } = this.spending();
    const failed = [...this.reasons.values()].reduce((sum, count) => sum + count, 0);
    return { answers: this.answers, failed, requests, tokens: promptTokens + completionTokens, money };
  }

  /** What it took in all, the probe, pilots and retries included. */
  spending(): RespondentRows['spent'] {
    const { ms, timed } = this.spent;
    const { requests, promptTokens, completionTokens } = this.taken ?? plus(this.spent, this.beside);
    const { prices } = this.facts;
    const money =
      prices === null ? null : (promptTokens * prices.prompt + completionTokens * prices.completion) / 1e6;
    const seconds = timed === 0 ? null : ms / timed / 1000;
    return { requests, promptTokens, completionTokens, money, seconds };
  }
}
