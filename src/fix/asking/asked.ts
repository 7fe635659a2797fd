/** Asks a task plainly and by its mitigations about the same samples, and says what became of each sample. */
import type { Askable } from '../../prompt/askable.ts';
import type { RenderOptions } from '../../prompt/as-sent.ts';
import type { PromptApi, PromptTemplate } from '../../prompt/template.ts';
import type { Ending } from '../../respond/respondent.ts';
import { promptedTask, scoredNow } from '../../measure/scoring/scoring.ts';
import type { ScoredTask } from '../../measure/scoring/scoring.ts';
import type { StoredRow } from '../../measure/store/row-store.ts';
import type { Mitigation, Prompting } from '../mitigations/mitigation.ts';
import { mitigatedOutcome, plainOutcome } from './answers.ts';
import type { AnsweredRow, SampleOutcome } from './answers.ts';
import { askedTask, plainTask } from './askables.ts';
import type { AskedTask, Stream } from './askables.ts';
import type { Asker, WantedTask } from './asker.ts';
import { promptOf } from './prompts.ts';

/** The task that is to be mended, as it is asked. */
export interface PlainTask {
  readonly task: Askable;
  /** Its own prompt. */
  readonly promptFor: (api: PromptApi) => PromptTemplate;
  /** What determines its samples beside length, seed and index. */
  readonly sources: unknown;
  /** What is changed about prompts. */
  readonly rendering: RenderOptions;
}

export interface AskPlan {
  readonly lengths: readonly number[];
  /** Samples a length. */
  readonly n: number;
  readonly seed: number;
  readonly stream: Stream;
  /** Whether the plain prompt is asked only where a mitigation asks it as well. */
  readonly withoutPlain?: true;
}

/** Outcomes of the plain prompt and of each mitigation, as far as they were asked. */
export interface Outcomes {
  readonly plain: readonly SampleOutcome[];
  readonly byMitigation: ReadonlyMap<string, readonly SampleOutcome[]>;
  /** By which interface; null: nothing was asked. */
  readonly api: PromptApi | null;
  /** Why not all was asked; null: all was. */
  readonly ending: Exclude<Ending, { readonly kind: 'done' }> | null;
}

interface Job extends AskedTask {
  readonly prompting: Prompting | null;
}

/**
 * Asks what is asked alike only once: the plain question is one of the two that are asked both ways.
 * @param mitigations those that are asked beside the plain prompt
 */
export async function askAll(
  plain: PlainTask,
  mitigations: readonly Mitigation[],
  plan: AskPlan,
  asker: Asker,
): Promise<Outcomes> {
  const jobs = new Map<string, Job>();
  const plainJob: Job = { task: plainTask(plain.task, plan.stream), parts: () => 1, prompting: null };
  jobs.set(keyOf(plain.task, { task: plain.task.operation, source: { op: 'source' } }, null, null), plainJob);
  const jobsOf = new Map(
    mitigations.map((mitigation) => {
      const { transform, prompting, chunk, name } = mitigation;
      const own = transform.asks.map((ask, i): Job => {
        const key = keyOf(plain.task, ask, prompting[i], chunk);
        const job = jobs.get(key) ?? {
          ...askedTask(plain.task, mitigation, i, plan.stream),
          prompting: prompting[i],
        };
        jobs.set(key, job);
        return job;
      });
      return [name, own] as const;
    }),
  );
  const answered = new Answered(plain, plan.stream);
  const needed = plan.withoutPlain ? new Set([...jobsOf.values()].flat()) : new Set(jobs.values());
  const ending = await answered.ask([...needed], plan, asker);
  const places = plan.lengths.flatMap((length) =>
    Array.from({ length: plan.n }, (_, index) => ({ length, index })),
  );
  return {
    plain: places.flatMap((place) => answered.of(plainJob, place)?.map(plainOutcome) ?? []),
    byMitigation: new Map(
      mitigations.map((mitigation) => [
        mitigation.name,
        places.flatMap((place) => {
          const rows = (jobsOf.get(mitigation.name) ?? []).map((job) => answered.of(job, place));
          if (!rows.every((of) => of !== null)) return [];
          const sample = plainJob.task.instance({ ...place, seed: plan.seed });
          return [mitigatedOutcome(mitigation, sample, place, rows.flat())];
        }),
      ]),
    ),
    api: answered.api,
    ending,
  };
}

/** Names what is asked. The plain prompt is that of the task's own operation, with nothing changed. */
function keyOf(
  { operation }: Askable,
  ask: { readonly task: string; readonly source: unknown },
  prompting: Prompting | null,
  chunk: number | null,
): string {
  const isOwn =
    prompting === null ||
    (prompting.operation === operation && prompting.rule === null && prompting.replaced !== true);
  return JSON.stringify([ask.task, ask.source, isOwn ? null : prompting, chunk]);
}

/** Rows by what was asked. */
class Answered {
  private readonly plain: PlainTask;
  private readonly stream: Stream;
  api: PromptApi | null = null;
  private readonly rows = new Map<string, Map<string, AnsweredRow>>();

  constructor(plain: PlainTask, stream: Stream) {
    this.plain = plain;
    this.stream = stream;
  }

  /** Asks together what asks as many questions about a sample; gives why that ended early. */
  async ask(jobs: readonly Job[], { lengths, n, seed }: AskPlan, asker: Asker): Promise<Outcomes['ending']> {
    const single = jobs.filter(({ parts }) => lengths.every((length) => parts(length) === 1));
    const others = jobs.filter((job) => !single.includes(job));
    const batches = [
      { jobs: single, lengths, n },
      ...others.flatMap((job) =>
        lengths.map((length) => ({ jobs: [job], lengths: [length], n: n * job.parts(length) })),
      ),
    ];
    for (const batch of batches) {
      if (batch.jobs.length === 0) continue;
      const wanted = batch.jobs.map((job) => this.wanted(job));
      const { api, rows, ending } = await asker.ask(wanted, { ...batch, seed });
      this.api = api;
      const scored = new Map(
        wanted.map(({ task, promptFor }) => [task.name, promptedTask(task, promptFor(api))]),
      );
      for (const row of rows) this.take(row, scored.get(row.task));
      if (ending.kind !== 'done') return ending;
    }
    return null;
  }

  private wanted({ task, prompting }: Job): WantedTask {
    const { promptFor, sources, task: plain } = this.plain;
    return {
      task,
      sources: { sources: sources ?? null, fix: [task.name, this.stream] },
      promptFor: (api) => {
        const own = promptFor(api);
        return prompting === null ? own : promptOf(plain, own, prompting, api);
      },
    };
  }

  private take(row: StoredRow, scored: ScoredTask | undefined): void {
    if (scored === undefined) throw new Error(`a row of ${row.task}, which was not asked`);
    const own = this.rows.get(row.task) ?? new Map<string, AnsweredRow>();
    this.rows.set(row.task, own);
    own.set(`${row.length} ${row.index}`, { row: scoredNow(row, scored), scored });
  }

  /** The rows of a sample, one for each of its parts; null where one of them is missing. */
  of({ task, parts }: Job, { length, index }: { length: number; index: number }): AnsweredRow[] | null {
    const count = parts(length);
    const found: AnsweredRow[] = [];
    for (let part = 0; part < count; part++) {
      const row = this.rows.get(task.name)?.get(`${length} ${index * count + part}`);
      if (row === undefined) return null;
      found.push(row);
    }
    return found;
  }
}
