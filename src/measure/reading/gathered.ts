/** The answers of one respondent as they are read, ready to be summed up and to be compared with another's. */
import type { Json } from '../../common/json.ts';
import type { HorizonSearch } from '../plan/search.ts';
import type { StoredRow } from '../store/store.node.ts';
import type { AskedTask, InstanceRow, RespondentRows, Sitting } from '../../score/tables/rows.ts';
import { similarity } from '../../score/alignment/distance.ts';
import { summarize } from '../../score/tables/summary.ts';
import { sourceKeyOf, Tally } from '../../score/tables/tally.ts';
import type { Cell, Verdict } from '../../score/tables/tally.ts';
import { Examples } from './examples.ts';
import type { Answered } from './examples.ts';

/** Who was asked, and how. */
export interface RespondentFacts {
  readonly folder: string;
  readonly respondent: Readonly<Record<string, Json>>;
  readonly capabilities: readonly string[];
  readonly started: string;
  readonly sittings: readonly Sitting[];
  readonly prices: Sitting['prices'];
}

/** What one answer took. */
export type Cost = Pick<StoredRow, 'attempts' | 'promptTokens' | 'completionTokens' | 'latencyMs'>;

export class Gathered {
  readonly facts: RespondentFacts;
  readonly threshold: number;
  /** How each task was last asked. */
  readonly asked = new Map<string, AskedTask>();
  /** The searches for horizons, by task, where lengths were chosen by the answers. */
  readonly searches = new Map<string, HorizonSearch>();
  private readonly tally = new Tally();
  private readonly examples = new Examples();
  private readonly reasons = new Map<string, number>();
  private readonly spent = { requests: 0, promptTokens: 0, completionTokens: 0, ms: 0, timed: 0 };

  constructor(facts: RespondentFacts, threshold: number) {
    this.facts = facts;
    this.threshold = threshold;
  }

  /** An answer and the verdict on it. The instance itself names it, so that other respondents' answers find theirs. */
  answered(row: Answered, verdict: Verdict): void {
    this.tally.add({ ...verdict, sourceKey: sourceKeyOf(row.index, row.source, row.query) });
    this.examples.add(row, verdict, this.asked.get(row.task));
  }

  /** An answer in symbols, of a model that knows nothing else. */
  answeredInSymbols(row: InstanceRow): void {
    const near = similarity(row.answer, row.output);
    this.answered(
      { ...row, output: row.output.join(' ') },
      {
        ...{ task: row.task, length: row.length, sourceKey: '', correct: row.correct, error: row.error },
        ...{ exact: row.correct, extra: false, truncated: false, promptTokens: null },
        similarity: { symbol: near, word: near, character: near },
      },
    );
  }

  failed(place: { readonly task: string; readonly length: number }, reason: string): void {
    this.tally.addFailure(place);
    this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + 1);
  }

  cost({ attempts, promptTokens, completionTokens, latencyMs }: Cost): void {
    const { spent } = this;
    spent.requests += attempts;
    spent.promptTokens += promptTokens ?? 0;
    spent.completionTokens += completionTokens ?? 0;
    spent.ms += latencyMs ?? 0;
    spent.timed += Number(latencyMs !== null);
  }

  /** In the order in which the tasks were asked for. */
  cells(): Cell[] {
    const order = [...this.asked.keys()];
    return this.tally
      .all()
      .sort((a, b) => order.indexOf(a.task) - order.indexOf(b.task) || a.length - b.length);
  }

  /** Summed up under a name, the horizons at a threshold. */
  rows(label: string, threshold = this.threshold): RespondentRows {
    const { folder, respondent, capabilities, started, sittings } = this.facts;
    const { rows, horizons, asymmetries } = summarize(this.cells(), threshold, (cell) =>
      this.searches.get(cell.task)?.interval(cell.length),
    );
    return {
      ...{ label, folder, respondent, capabilities, started, sittings, threshold },
      asked: [...this.asked.values()],
      adaptive: this.searches.size > 0,
      ...{ rows, horizons, asymmetries },
      examples: this.examples.kept,
      failures: [...this.reasons].map(([reason, count]) => ({ reason, count })),
      spent: this.spending(),
    };
  }

  private spending(): RespondentRows['spent'] {
    const { requests, promptTokens, completionTokens, ms, timed } = this.spent;
    const { prices } = this.facts;
    const money =
      prices === null ? null : (promptTokens * prices.prompt + completionTokens * prices.completion) / 1e6;
    return {
      requests,
      promptTokens,
      completionTokens,
      money,
      seconds: timed === 0 ? null : ms / timed / 1000,
    };
  }
}
