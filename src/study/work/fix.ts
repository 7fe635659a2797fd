/**
 * Finding what makes one task of one model hold. Every answer is kept as it comes, of a respondent in its own folder; what goes into
 * the study's store is what `lengthwise fix` says, and what it hands over lies in the item's folder.
 */
import path from 'node:path';
import { messageOf } from '../../common/errors.ts';
import { makeFolders } from '../../common/folders.node.ts';
import { askerOf } from '../../fix/asking/measured.ts';
import { QUESTIONS } from '../../fix/hand-over/result-file.ts';
import type { Asker } from '../../fix/asking/asker.ts';
import { fix } from '../../fix/fix.ts';
import { handedBefore, handOver, writeHanded } from '../../fix/hand-over/folder.ts';
import { mostQuestions } from '../../fix/most.ts';
import type { FixResult } from '../../fix/outcome/rows.ts';
import { materialOf } from '../../measure/targets/inquiry.node.ts';
import { measureEndpoint } from '../../measure/targets/endpoint.node.ts';
import type { EndpointSpec } from '../../measure/targets/endpoint.node.ts';
import { measureText } from '../../measure/targets/text-model.node.ts';
import type { Measured } from '../../measure/measured.ts';
import type { PromptedSpec } from '../../measure/plan/prompted-spec.ts';
import type { RunNote } from '../../measure/plan/runs.ts';
import type { StoredRow } from '../../measure/store/row-store.ts';
import { predictTask } from '../../predict/index.ts';
import type { PromptApi } from '../../prompt/template.ts';
import { BudgetSpent } from '../../respond/endpoint/pace/budget.ts';
import { credentials } from '../../respond/endpoint/transport/secrets.ts';
import { openTextProcess } from '../../respond/local/text-process.node.ts';
import { environment } from '../environment.ts';
import { fixSpecOf, plainSpecOf } from '../fix-spec.ts';
import { fixFolder, lengthOf } from '../item.ts';
import type { FixOn, Item } from '../item.ts';
import type { PredictionJson, VerdictRow } from '../rows.ts';
import { RespondentError, type WorkContext } from './work.ts';

type FixItem = Extract<Item, { kind: 'fix' }>;

/** @throws Error when the server refuses us or is gone, or nothing was answered; UserError for what can't be asked so */
export async function fixTask(item: FixItem, context: WorkContext): Promise<void> {
  const { on, spec: itemSpec, hash } = item;
  if (on === undefined) throw new Error('it is not said how to ask');
  const { folder, signal, tick, emit } = context;
  const plain = plainSpecOf(itemSpec, materialOf(on.means?.files ?? {}));
  const spec = fixSpecOf(itemSpec, plain, path.basename(on.local?.target ?? ''));
  const kept = path.join(folder, fixFolder(hash));
  makeFolders(kept);
  const asking = new Asking(await mostQuestions(spec), tick);
  const opened =
    plain.kind === 'endpoint'
      ? endpointAsker(plain.spec, { item, asking, context })
      : await textAsker(plain.spec, { on, kept: path.join(kept, QUESTIONS), asking, context });
  try {
    const found = await fix(spec, opened.asker);
    signal.throwIfAborted();
    refuse(found.result, asking);
    const length = lengthOf(itemSpec.inquiry);
    const handed = handOver(found, { plain: spec.plain, api: asking.api, length });
    writeHanded(kept, handed, handedBefore(kept, handed.files));
    await emit([{ kind: 'fix', ...handed.result }, ...verdictsOn(handed.result)]);
  } finally {
    await opened.close();
  }
}

/** How asking goes, over all that is asked in turn. */
class Asking {
  api: PromptApi = 'completions';
  /** Why a question failed, the first reason that was told. */
  failure: string | null = null;
  /** Why nothing more can be asked now; null: it can. */
  stopped: string | null = null;
  /** Whether a first question was ever sent. */
  begun = false;

  private readonly most: number;
  private readonly tick: WorkContext['tick'];
  private readonly seen = new Set<string>();
  private readonly since = Date.now();
  private failed = 0;

  constructor(most: number, tick: WorkContext['tick']) {
    this.most = most;
    this.tick = tick;
  }

  /** A row that counts: of an earlier run, or new. */
  see({ task, length, index, output }: StoredRow): void {
    const name = `${task} ${length} ${index}`;
    if (output.failure !== undefined && output.failure !== null) this.failed += 1;
    this.seen.add(name);
    const seconds = Math.max(0.001, (Date.now() - this.since) / 1000);
    const { failed, most } = this;
    this.tick({ asked: this.seen.size - failed, failed, most, perSecond: this.seen.size / seconds });
  }

  /** What a measurement has found. */
  end({ gathered, facts, ending }: Measured & { readonly facts: { readonly api: PromptApi } }): void {
    this.api = facts.api;
    if (ending.kind === 'stopped') this.stopped = ending.reason;
    this.failure ??= gathered.failures()[0]?.reason ?? null;
  }
}

interface Opened {
  readonly asker: Asker;
  readonly close: () => Promise<void> | void;
}

interface Means {
  readonly asking: Asking;
  readonly context: WorkContext;
}

function endpointAsker(
  spec: EndpointSpec,
  { item, asking, context }: Means & { readonly item: FixItem },
): Opened {
  const { means } = item.on ?? {};
  if (means === undefined || means === null) throw new Error('it is not said how to ask the respondent');
  const { folder, signal } = context;
  const asker = askerOf(spec, async (asked, onRow) => {
    const measured = await measureEndpoint(asked, {
      ...means,
      out: path.join(folder, means.folder),
      credentials: credentials(process.env, means.headers, spec.url),
      limitsWholeFolder: true,
      note: noteOf(item.spec.inquiry, { respondent: means.name, ...means.files }),
      signal,
      onStart: () => (asking.begun = true),
      onRow: (row) => {
        asking.see(row);
        onRow(row);
      },
    }).catch((error: unknown) => {
      // Before the first question the server is only asked what it can do: that is the same for every task.
      const early = !asking.begun && !signal.aborted && !(error instanceof BudgetSpent);
      throw early ? new RespondentError(messageOf(error), { cause: error }) : error;
    });
    asking.end(measured);
    return measured;
  });
  return { asker: endingWithBudget(asker, asking), close: () => undefined };
}

/** Where the budget was spent before anything could be asked, it has ended, and not failed. */
function endingWithBudget(asker: Asker, asking: Asking): Asker {
  return {
    ask: async (...asked) => {
      try {
        return await asker.ask(...asked);
      } catch (error) {
        if (!(error instanceof BudgetSpent)) throw error;
        return { api: asking.api, rows: [], ending: { kind: 'budget' } };
      }
    },
  };
}

async function textAsker(
  spec: PromptedSpec,
  { on, kept, asking, context }: Means & { readonly on: FixOn; readonly kept: string },
): Promise<Opened> {
  if (on.local === null) throw new Error('it is not said where the model lies');
  const { target, device } = on.local;
  const { threads, signal } = context;
  const model = await openTextProcess({ target, threads, device }, signal);
  const asker = askerOf(spec, async (asked, onRow) => {
    const [measured] = await measureText(asked, model, {
      ...{ target, decide: 'generation', out: kept, signal },
      note: noteOf({ ...asked, tasks: asked.tasks.map(({ name }) => ({ task: name })) }, { target }),
      onRow: (row) => {
        asking.see(row);
        onRow(row);
      },
    });
    asking.end(measured);
    return measured;
  });
  return { asker, close: () => model.close() };
}

/** For whoever reads the folder of answers later. */
function noteOf(
  asked: Pick<FixItem['spec']['inquiry'], 'seed' | 'n' | 'lengths' | 'threshold'> & {
    readonly tasks: readonly { readonly task: string }[];
  },
  more: object,
): Pick<RunNote, 'lengthwise' | 'options'> {
  const { seed, n, lengths, threshold } = asked;
  const [{ task }] = asked.tasks;
  const noted = { fix: task, seed, n, lengths, threshold, ...more };
  const options = JSON.parse(JSON.stringify(noted)) as RunNote['options'];
  return { lengthwise: environment().lengthwise, options };
}

/** @throws Error where nobody answered, RespondentError where nothing more can be asked now */
function refuse({ plain, mitigations }: FixResult, { failure, stopped }: Asking): void {
  if (stopped !== null) throw new RespondentError(stopped);
  const answers = [plain, ...mitigations].reduce((sum, { n }) => sum + n, 0);
  if (answers === 0 && failure !== null) throw new Error(`no question was answered: ${failure}`);
}

/** What theory says of each task that is asked instead, where a mitigation rests on it. */
function verdictsOn({ mitigations }: FixResult): VerdictRow[] {
  const tasks = new Set(
    mitigations.flatMap(({ theory: { kind, task } }) => (kind === 'proved' && task !== null ? [task] : [])),
  );
  return [...tasks].map((task) => ({
    kind: 'verdict',
    task,
    prediction: predictTask(task, { fragment: 'pos' }) as unknown as PredictionJson,
  }));
}
