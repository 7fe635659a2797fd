/**
 * Measuring what was fine-tuned, and the base beside it: the road of `measure`, asked in the trained format and by the usual
 * prompt, within the training range and beyond it. Rows are kept, so that an interrupted command goes on.
 */
import path from 'node:path';
import { UserError } from '../../common/errors.ts';
import { canonicalJson } from '../../common/json.ts';
import type { Device } from '../../graph/index.ts';
import { measure } from '../../measure/measure.node.ts';
import type { MeasureSpec } from '../../measure/measure.node.ts';
import type { Progress } from '../../measure/measured.ts';
import type { RunNote } from '../../measure/plan/runs.ts';
import { SEARCH_ALPHA } from '../../measure/plan/plan.ts';
import { folderSpec } from '../../measure/targets/folder.ts';
import { MeasureStore } from '../../measure/store/store.node.ts';
import { askableNamed } from '../../prompt/askable.ts';
import { usualPrompt } from '../../prompt/files.node.ts';
import { openModelProcess } from '../../respond/local/process.node.ts';
import { localRespondent } from '../../respond/local/local-respondent.ts';
import { openTextProcess } from '../../respond/local/text-process.node.ts';
import { textRespondent } from '../../respond/local/text-respondent.ts';
import type { TextModelHere } from '../../respond/local/text-respondent.ts';
import type { Respondent } from '../../respond/respondent.ts';
import { taskNamed, tellingTaskOptions } from '../../tasks/index.ts';
import { sequenceSize } from '../../tasks/sequence.ts';
import { ENGLISH } from './english.ts';
import { FORMATS } from './text.ts';
import { sourceOptions, waysOf } from './asked.ts';
import type { MeasuredTask, Way } from './asked.ts';
import type { TunedCell } from './rows.ts';

/** A model that is measured: the base, or what was made of it. */
export interface MeasuredModel {
  /** A GGUF file, a folder of a text model, or one of a symbol model. */
  readonly target: string;
  readonly isText: boolean;
  /** The folder of an adapter; null without one. */
  readonly adapter: string | null;
}

export interface TunedMeasuring {
  /** Samples a length. */
  readonly n: number;
  readonly seed: number;
  readonly threads: number;
  /** What computes; cpu unless given. */
  readonly device?: Device;
  /** Where rows are kept, a folder for each way of asking. */
  readonly out: string;
  readonly note: Pick<RunNote, 'lengthwise' | 'options'>;
  readonly signal: AbortSignal;
  readonly onProgress?: (what: string, progress: Progress) => void;
}

/** What was measured of one model. */
export interface MeasuredCells {
  readonly cells: readonly TunedCell[];
  /** Per token of `ENGLISH`; null for symbol models. */
  readonly perplexity: number | null;
}

/**
 * Every task, in every way of asking.
 * @throws UserError for what can't be asked so; the signal's reason, what was answered being kept
 */
export async function measureTuned(
  model: MeasuredModel,
  tasks: readonly MeasuredTask[],
  measuring: TunedMeasuring,
): Promise<MeasuredCells> {
  return model.isText ? measureText(model, tasks, measuring) : measureSymbols(model, tasks, measuring);
}

async function measureText(
  { target, adapter }: MeasuredModel,
  tasks: readonly MeasuredTask[],
  measuring: TunedMeasuring,
): Promise<MeasuredCells> {
  const { threads, device } = measuring;
  const opening = { target, threads, device, ...(adapter !== null && { adapter }) };
  const model = await openTextProcess(opening, measuring.signal);
  try {
    const respondent = textRespondent(model, { api: 'completions', decide: 'forced' });
    const cells: TunedCell[] = [];
    for (const one of tasks)
      for (const way of waysOf(one, measuring.n))
        cells.push(...(await askedOf(respondent, one, way, textSpec(one, way, measuring), measuring)));
    return { cells, perplexity: await perplexityOf(model) };
  } finally {
    await model.close();
  }
}

async function measureSymbols(
  { target, adapter }: MeasuredModel,
  tasks: readonly MeasuredTask[],
  measuring: TunedMeasuring,
): Promise<MeasuredCells> {
  const { threads, device } = measuring;
  const opening = { folder: target, threads, device, ...(adapter !== null && { adapter }) };
  const cells: TunedCell[] = [];
  for (const isShifted of [false, true]) {
    const asked = tasks.flatMap((one) =>
      waysOf(one, measuring.n)
        .filter(({ format }) => (format === 'shifted') === isShifted)
        .map((way) => ({ one, way })),
    );
    if (asked.length === 0) continue;
    const model = await openModelProcess(
      { ...opening, ...(isShifted && { offsets: 'random' as const }) },
      measuring.signal,
    );
    try {
      const respondent = localRespondent(model, () => undefined);
      for (const { one, way } of asked) {
        const lengths = fitting(one.task, way.lengths, model.facts.positions);
        const spec = folderSpec(
          {
            ...{ folder: target, tasks: [one.task], options: sourceOptions(one, way.sources) },
            ...{ lengths, n: way.n, maxLength: Infinity, repeats: 1, threshold: THRESHOLD },
            seed: measuring.seed,
          },
          model.facts,
        );
        cells.push(...(await askedOf(respondent, one, way, spec, measuring)));
      }
    } finally {
      await model.close();
    }
  }
  return { cells, perplexity: null };
}

/** Of horizons, which nobody reads here. */
const THRESHOLD = 0.9;

/** Of lengths, those whose sequences have a position for every token that is read. */
function fitting(name: string, lengths: readonly number[], positions: number): number[] {
  return lengths.filter((length) => {
    const { prompt, target } = sequenceSize(taskNamed(name), length);
    return prompt + target - 1 <= positions;
  });
}

function textSpec(one: MeasuredTask, way: Way, { seed }: TunedMeasuring): MeasureSpec {
  const options = sourceOptions(one, way.sources);
  const task = askableNamed(one.task, { options });
  const template = way.format === 'trained' ? one.prompt! : usualPrompt(task.shape, 'completions');
  const telling = tellingTaskOptions(options);
  return {
    asked: [{ task, template }],
    rendering: {},
    sources: { [task.name]: { options: telling } },
    lengths: way.lengths,
    ...{ n: way.n, seed, maxLength: Infinity, repeats: 1, threshold: THRESHOLD },
  };
}

async function askedOf(
  respondent: Respondent,
  { task, lengths }: MeasuredTask,
  { format, sources, lengths: asked }: Way,
  spec: MeasureSpec,
  { out, note, signal, onProgress }: TunedMeasuring,
): Promise<TunedCell[]> {
  if (spec.lengths?.length === 0) return [];
  const what = `${task}, ${FORMATS[format]}${sources === 'anywhere' ? '' : ', query in the first half'}, lengths ${asked[0]} to ${asked.at(-1)!}`;
  const store = MeasureStore.open(
    path.join(out, [task, format, ...(sources === 'anywhere' ? [] : [sources])].join('-')),
  );
  try {
    const { gathered, ending } = await measure(spec, respondent, {
      ...{ store, signal, note: { ...note, prices: null, api: null, alpha: SEARCH_ALPHA } },
      onProgress: (progress) => onProgress?.(what, progress),
    });
    if (signal.aborted) throw signal.reason;
    if (ending.kind !== 'done') throw new UserError(`${what}: ${canonicalJson({ ...ending })}`);
    const multiples = new Map(lengths.map(({ length, multiple }) => [length, multiple]));
    // Where prompts are longer than the text model reads, nothing is known of that length.
    const whole = gathered.summary().rows.filter(({ tooLong = 0 }) => tooLong === 0);
    return whole.map(({ length, n, correct: right }) => ({
      ...{ task, format, sources, length, n, right },
      multiple: multiples.get(length) ?? null,
    }));
  } finally {
    store.close();
  }
}

/** The exponential of the mean negative log-probability of the text's tokens, each read behind all before it. */
async function perplexityOf(model: TextModelHere): Promise<number> {
  const { beginning, rest } = ENGLISH;
  const room = new TextEncoder().encode(rest).length;
  const [reply] = await model.answer([{ asked: beginning, stop: [], room, guess: '', forced: rest }]);
  if (!('forced' in reply)) {
    throw new UserError(
      'unreadable' in reply
        ? `the English text: ${reply.unreadable}`
        : 'the English text is longer than the model reads',
    );
  }
  const { tokens, logProbabilities } = reply.forced;
  const sum = logProbabilities.slice(0, tokens.length).reduce((total, one) => total + one, 0);
  return Math.exp(-sum / tokens.length);
}
