/** `lengthwise explain`: which heads and edges a model's answers depend on. */
import { availableParallelism } from 'node:os';
import { fileFault, UserError } from '../../common/errors.ts';
import { formatDuration } from '../../common/duration.ts';
import { readTextFile } from '../../common/read-text.node.ts';
import { canonicalJson } from '../../common/json.ts';
import type { Json } from '../../common/json.ts';
import { sha256 } from '../../common/sha256.ts';
import type { DemonstratedSample } from '../../explain/index.ts';
import type { Question as ExplainQuestion } from '../../explain/process.node.ts';
import type { PromptTemplate } from '../../prompt/template.ts';
import {
  ABLATION,
  ablationKinds,
  DRAWS,
  experiments,
  LENGTH,
  SAMPLES,
  SEED,
} from '../../explain/settings/defaults.ts';
import type { AblationKind, Experiment } from '../../explain/settings/defaults.ts';
import type { Device } from '../../graph/index.ts';
import { ADAPTER_HELP } from '../shared/adapter.ts';
import { ALPHABET_HELP, readAlphabet } from '../shared/alphabet.ts';
import type { Io, Register } from '../shared/command.ts';
import { sayModelSize } from '../shared/model-size.ts';
import { filePath, oneOf, wholeNumber } from '../shared/options.ts';
import { checkDevice, DEVICE_HELP, DEVICES } from '../shared/device.ts';
import { keptIn, keptNowhere } from './keeper.ts';
import type { Keeper } from './keeper.ts';
import { commandText } from './command-text.ts';
import { explanationText } from './text.ts';

/** 100,000 samples with demonstrations. */
const MAX_SAMPLES_BYTES = 200_000_000;

interface Options {
  readonly task?: string;
  readonly length?: number;
  readonly n?: number;
  readonly alphabet?: string;
  readonly prompt?: string;
  readonly samples?: string;
  readonly symbols?: string;
  readonly offset?: number;
  readonly adapter?: string;
  readonly only?: string;
  readonly ablation: AblationKind;
  readonly draws: number;
  readonly ig?: number;
  readonly seed: number;
  readonly device: Device;
  readonly out?: string;
  readonly json?: true;
}

export const registerExplain: Register = (program, io) => {
  program
    .command('explain')
    .description('which heads and which edges of attention the answers of a model depend on')
    .argument(
      '<model>',
      'a GGUF file, a Hugging Face folder, or a symbol model’s folder (trained here, or by others)',
    )
    .option('--task <names>', 'what is explained: UR,UL (all of `lengthwise tasks list` but flip-flop)')
    .option('--length <L>', `symbols in the source (default: ${LENGTH})`, wholeNumber('--length', { min: 3 }))
    .option(
      '--n <count>',
      `samples a task (default: ${SAMPLES})`,
      wholeNumber('--n', { min: 2, max: 10_000 }),
    )
    .option(
      '--alphabet <which>',
      `the symbols to draw from: ${ALPHABET_HELP} (default: lower; of a symbol model, those it was trained with)`,
    )
    .option(
      '--prompt <name>',
      'one of `lengthwise prompts list`, or a file of your own, as measure asks it (text models; default: demonstrated)',
    )
    .option('--samples <file>', 'samples of your own instead, one JSON object a line', filePath('--samples'))
    .option(
      '--symbols <list>',
      'names of the symbols of a model without a tokenizer, in the order of their ids, as --alphabet has them (default: 0, 1, 2 …)',
    )
    .option(
      '--offset <position>',
      'position of the first token, for symbol models with learned positions (default: 0)',
      wholeNumber('--offset', { min: 0, max: 1_000_000 }),
    )
    .option('--adapter <folder>', ADAPTER_HELP, filePath('--adapter'))
    .option('--only <experiments>', `some of ${experiments.join(',')} (default: all)`)
    .option(
      '--ablation <kind>',
      'what stands in the place of a head’s output: resample (that of another sample), mean, zero',
      oneOf('ablation', ablationKinds),
      ABLATION,
    )
    .option(
      '--draws <count>',
      'control sets beside each joint ablation, at most',
      wholeNumber('--draws', { min: 1, max: 10_000 }),
      DRAWS,
    )
    .option(
      '--ig <m>',
      'estimate by m gradients on the way from other samples (integrated gradients), instead of one',
      wholeNumber('--ig', { min: 2, max: 100 }),
    )
    .option('--seed <S>', 'which samples and control sets', wholeNumber('--seed', { min: 0 }), SEED)
    .option('--device <device>', DEVICE_HELP, oneOf('device', DEVICES), 'cpu')
    .option(
      '--out <dir>',
      'keep what is found in a folder, with a page (report.html); the same command goes on there',
      filePath('--out'),
    )
    .option('--json', 'one JSON object, or an array of them for several tasks')
    .addHelpText(
      'after',
      '\nExamples:\n  $ lengthwise explain models/SmolLM2-135M-Instruct.Q4_1.gguf --task UF,UB --only behaviour,edges --n 50\n' +
        '  $ lengthwise explain runs/UR --task UR,UL --out runs/why',
    )
    .action((target: string, options: Options) => explainCommand(target, options, io));
};

/** A task and a length: what is explained in one piece. */
interface Question {
  readonly task: string;
  readonly length: number;
}

type GivenSamples = Awaited<ReturnType<typeof samplesOf>>;

async function explainCommand(target: string, options: Options, io: Io): Promise<void> {
  const only = experimentsOf(options.only);
  if (options.ig !== undefined && options.ablation === 'zero')
    throw new UserError('--ig: zero ablation has no other samples to integrate from; take resample or mean');
  const tasks = await tasksOf(options);
  await checkDevice(options.device);
  const given = options.samples === undefined ? null : await samplesOf(options.samples);
  const { length = LENGTH } = options;
  const questions: Question[] =
    given?.map(([{ sample }]) => ({ task: sample.task, length: sample.length })) ??
    tasks.map((task) => ({ task, length }));
  const kept = await keeperOf(target, options, { only, given }, io);
  try {
    const todo = questions.filter((question) => kept.found(question) === undefined);
    if (todo.length > 0) await explainThem(todo, target, { options, only, given }, kept, io);
    const results = questions.map((question) => kept.found(question)!);
    const where = kept.report === null ? '' : `\nreport: ${kept.report}\n`;
    await io.out(
      options.json
        ? `${JSON.stringify(results.length === 1 ? results[0] : results)}\n`
        : `${results.map(explanationText).join('\n\n')}\n${where}`,
    );
  } finally {
    kept.close();
  }
}

/** Where results are kept: in a folder that holds these settings and no others, or nowhere. */
async function keeperOf(
  target: string,
  options: Options,
  { only, given }: { readonly only: readonly Experiment[]; readonly given: GivenSamples | null },
  io: Io,
): Promise<Keeper> {
  const {
    out,
    length,
    n,
    alphabet,
    symbols,
    offset,
    adapter,
    ablation,
    draws,
    ig = null,
    seed,
    device,
  } = options;
  if (out === undefined) return keptNowhere();
  const drawn: Readonly<Record<string, Json>> =
    given === null
      ? {
          length: length ?? LENGTH,
          n: n ?? SAMPLES,
          alphabet: alphabet === undefined ? null : await readAlphabet(alphabet),
        }
      : { samples: sha256(canonicalJson(given)) };
  const command = commandText(target, { ...options });
  const asked = {
    ...(options.prompt === undefined ? {} : { prompt: await promptSettings(options.prompt, options, given) }),
    symbols: symbols === undefined ? null : await readAlphabet(symbols),
    offset: offset === 0 ? null : (offset ?? null),
  };
  const settings = { ...drawn, ...asked, only, ablation, draws, ig, seed, device };
  io.keeps();
  return keptIn(out, { target, adapter, settings, command });
}

async function explainThem(
  todo: readonly Question[],
  target: string,
  {
    options,
    only,
    given,
  }: { readonly options: Options; readonly only: readonly Experiment[]; readonly given: GivenSamples | null },
  kept: Keeper,
  io: Io,
): Promise<void> {
  const { openExplainer } = await import('../../explain/process.node.ts');
  await sayModelSize(target, tokensRead(todo, given, only, options), io);
  const explainer = await openExplainer(
    {
      target,
      adapter: options.adapter,
      threads: availableParallelism(),
      device: options.device,
      offset: options.offset ?? 0,
      ...(options.symbols !== undefined && { symbols: await readAlphabet(options.symbols) }),
    },
    io.signal,
  );
  try {
    const { name, parity, symbols } = explainer.opened;
    if (parity.isFirst)
      io.say(
        `${name}: checked once: edits of all ${parity.sites} kinds of sites change its logits; checksum ${parity.checksum}`,
      );
    const { alphabet, samplesOf: drawn } = await drawing(symbols, given, options, target);
    const { shownCount } = await import('../../prompt/as-sent.ts');
    const { ablation, draws, ig: gradients, seed } = options;
    const all: { question: Question; asked: Pick<ExplainQuestion, 'samples' | 'prompt'> }[] = [];
    for (const question of todo) {
      const prompt = await promptOf(options.prompt, question.task);
      const samples = drawn(question, prompt && shownCount(prompt));
      all.push({ question, asked: { samples, ...(prompt && { prompt }) } });
    }
    for (const [i, { question, asked }] of all.entries()) {
      const line = progressLine(`${question.task} at length ${question.length}`, i, all.length, io);
      await kept.add(
        await explainer.ask(
          { alphabet, ...asked, options: { only, ablation, draws, gradients, seed } },
          line,
        ),
      );
    }
  } finally {
    await explainer.close();
  }
}

/** Roughly: passes over the samples, by experiment, as many as take the time of passes over all layers. */
function tokensRead(
  questions: readonly Question[],
  given: GivenSamples | null,
  only: readonly Experiment[],
  { n = SAMPLES, draws }: Options,
): number {
  const passes: Record<Experiment, number> = {
    behaviour: 1,
    heads: 2,
    ablations: 15 + 1.5 * (1 + draws),
    edges: 8,
    layers: 30,
    circuit: 20,
    paths: 5,
  };
  const perSample = only.reduce((sum, name) => sum + passes[name], passes.behaviour);
  const symbols =
    given === null
      ? questions.reduce((sum, { length }) => sum + n * length, 0)
      : given.flat().reduce((sum, { sample }) => sum + sample.source.length, 0);
  return perSample * 2 * symbols; // the answer is up to as long as the source
}

/** The prompt for a task; undefined: the explanations' own. */
async function promptOf(name: string | undefined, task: string): Promise<PromptTemplate | undefined> {
  if (name === undefined) return undefined;
  const { promptFor } = await import('../../prompt/files.node.ts');
  const { AUTO, EVERY_PROMPT } = await import('../../prompt/defaults.ts');
  const { askableNamed } = await import('../../prompt/askable.ts');
  const { DEMONSTRATED, demonstratedTasks } = await import('../../explain/index.ts');
  if (name === DEMONSTRATED) return undefined;
  if (!demonstratedTasks.includes(task))
    throw new UserError(`--prompt ${name}: there is no prompt for ${task}, a task of your own; leave it out`);
  if (name.includes(',') || name === AUTO || name === EVERY_PROMPT)
    throw new UserError(`--prompt ${name}: one prompt is explained at a time; name it`);
  return promptFor(askableNamed(task).shape, [name], false);
}

/** What the prompts of all tasks send, so that a folder holds one prompt's explanations. */
async function promptSettings(
  name: string,
  { task = '' }: Options,
  given: GivenSamples | null,
): Promise<readonly Json[]> {
  const tasks = given?.map(([{ sample }]) => sample.task) ?? task.split(',').map((one) => one.trim());
  const prompts = await Promise.all(tasks.map((one) => promptOf(name, one)));
  return prompts.map((prompt) => (prompt === undefined ? null : sha256(JSON.stringify(prompt))));
}

function experimentsOf(text: string | undefined): readonly Experiment[] {
  if (text === undefined) return experiments;
  return text.split(',').map((name) => oneOf('experiment', experiments)(name.trim()));
}

async function tasksOf(options: Options): Promise<readonly string[]> {
  const { task, samples } = options;
  if (samples !== undefined) {
    const other = (['task', 'length', 'n', 'alphabet'] as const).find((name) => options[name] !== undefined);
    if (other !== undefined)
      throw new UserError(`--${other} and --samples: the file says what is asked; leave --${other} out`);
    return [];
  }
  if (task === undefined)
    throw new UserError('no task to explain: say which, for example --task UR,UL, or give --samples FILE');
  const { taskNamed } = await import('../../tasks/index.ts');
  const { demonstratedTasks } = await import('../../explain/index.ts');
  const names = task.split(',').map((name) => taskNamed(name.trim()).name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined) throw new UserError(`--task names ${twice} twice`);
  const other = names.find((name) => !demonstratedTasks.includes(name));
  if (other !== undefined)
    throw new UserError(
      `--task: ${other} is not explained here; take some of ${demonstratedTasks.join(', ')}`,
    );
  return names;
}

async function samplesOf(file: string) {
  const { readSamples } = await import('../../explain/index.ts');
  let text: string;
  try {
    text = readTextFile(file, MAX_SAMPLES_BYTES);
  } catch (error) {
    throw new UserError(`--samples: cannot read ${file}: ${fileFault(error)}`);
  }
  return readSamples(text, file);
}

/** Samples of a question. Those of a symbol model are of its own symbols, those it was trained with unless others are named, and it is asked without demonstrations. */
async function drawing(
  symbols: readonly string[] | null,
  given: GivenSamples | null,
  { n = SAMPLES, seed, alphabet: named, adapter }: Options,
  target: string,
): Promise<{
  alphabet: readonly string[];
  samplesOf: (question: Question, demonstrations?: number) => readonly DemonstratedSample[];
}> {
  const { demonstratedSamples, drawnFrom } = await import('../../explain/index.ts');
  const { trainedOn } = await import('../../respond/local/trained-on.node.ts');
  const alphabet = drawnFrom(symbols, {
    named: named === undefined ? undefined : await readAlphabet(named),
    trainedWith: symbols === null ? undefined : trainedOn(target, adapter)?.options.alphabet,
  });
  if (given !== null) {
    if (symbols !== null && given.flat().some(({ demonstrations }) => demonstrations.length > 0))
      throw new UserError('--samples: a symbol model reads no demonstrations; leave them out');
    const used = new Set(given.flat().flatMap(({ sample }) => sample.source));
    return {
      alphabet: [...new Set([...alphabet, ...used])],
      samplesOf: ({ task, length }) =>
        given.find(([{ sample }]) => sample.task === task && sample.length === length)!,
    };
  }
  return {
    alphabet,
    samplesOf: ({ task, length }, demonstrations) =>
      demonstratedSamples({ task, length, n, seed, alphabet, demonstrations }),
  };
}

function progressLine(what: string, index: number, count: number, io: Io) {
  const began = Date.now();
  let current = '';
  let since = began;
  return ({ experiment, share }: { experiment: string; share: number }): void => {
    if (experiment !== current) since = Date.now();
    current = experiment;
    const seconds = (Date.now() - since) / 1000;
    const left =
      share > 0.02 && share < 1 ? `, about ${formatDuration((seconds * (1 - share)) / share)} left` : '';
    const place = count === 1 ? '' : ` (${index + 1} of ${count})`;
    io.progress(`${what}${place}: ${experiment}, ${Math.round(100 * share)} %${left}`);
  };
}
