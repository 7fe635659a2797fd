/** `lengthwise measure FILE.gguf` or `FOLDER`: a model of text that others trained, in a process of its own. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { UserError } from '../../common/errors.ts';
import type { PromptedSpec } from '../../measure/plan/prompted-spec.ts';
import type { TextStart } from '../../measure/targets/text-model.node.ts';
import type { Io } from '../shared/command.ts';
import { checkDevice } from '../shared/device.ts';
import { sayModelSize } from '../shared/model-size.ts';
import { checkAtLeast } from './at-least.ts';
import { notedOptions } from './applies.ts';
import type { MeasureOptions } from './options.ts';
import { checkOneAnswer } from './greedy.ts';
import { CellLines, modelLine, wayLine } from './progress.ts';
import { checkedSpec, promptedInquiryOf, sayNotAsked, tryShortest, wholeText } from './prompted.ts';
import { finish, finishWays, sayBeyond, sayOthers } from './result.ts';
import { sayTooFew } from './too-few.ts';

export async function measureTextCommand(target: string, given: MeasureOptions, io: Io): Promise<void> {
  const started = new Date();
  const options = await withTrainedTask(target, given, io);
  checkGreedy(options);
  const decide = decideOf(options);
  await checkDevice(options.device);
  if (!existsSync(target)) throw new UserError(`there is no file ${target}`);
  const { openTextProcess } = await import('../../respond/local/text-process.node.ts');
  const { measureText, previewText } = await import('../../measure/targets/text-model.node.ts');
  const { pilotLine } = await import('../../prompt/pilot.ts');
  const { promptNames, resultOf } = await import('../../measure/result.ts');
  const spec = await specOf(options);
  checkAtLeast(options.atLeast ?? [], spec);
  const most = previewText(spec); // draws a sample of each task: what can't be drawn is said before a model is loaded
  tryShortest(spec);
  await sayTooFew(spec, io);
  await sayModelSize(target, most.tokens, io);
  if (options.preview) {
    const text = `${mostText(most)}. Nothing was asked.\n`;
    return io.out(options.json ? `${JSON.stringify({ preview: most })}\n` : text);
  }
  sayNotAsked(spec, io);
  const model = await openTextProcess(
    { target, adapter: options.adapter, threads: availableParallelism(), device: options.device },
    io.signal,
  );
  try {
    const lines = new CellLines(io);
    let way: string | null = null;
    io.keeps();
    const measured = await measureText(spec, model, {
      ...{
        target,
        adapter: options.adapter,
        decide,
        out: options.out ?? null,
        signal: io.signal,
        note: await noteOf(target, options),
      },
      onNotice: (line) => io.say(line),
      onStart: (start) => {
        way = start.way;
        for (const choice of start.pilot) io.say(wayLine(way, pilotLine(choice)));
        lines.begin(way);
        sayStart(start, { chats: model.facts.chats, given: options.api !== undefined, decide }, io);
      },
      onProgress: (progress) => {
        lines.show(progress);
        io.progress(wayLine(way, modelLine(progress)));
      },
    });
    for (const one of measured) lines.end(one);
    const { weights, checksum } = model.facts;
    const results = measured.map((one) => resultOf(one, { ...one.facts, file: target, weights, checksum }));
    const { inSentences } = await import('./endpoint.ts');
    const { textModelCutOff } = await import('./cut-often.ts');
    for (const result of results) {
      const asked = results.length === 1 ? null : promptNames(Object.values(result.prompts));
      for (const line of [...(await textModelCutOff(result.rows)), ...inSentences(result)])
        io.say(wayLine(asked, line));
    }
    for (const one of measured) {
      sayBeyond(one, io);
      sayOthers(one, io);
    }
    if (results.length === 1) return await finish(results[0], options, io, started);
    return await finishWays(results, options, io, started);
  } finally {
    await model.close();
  }
}

/** Where no task is named, the one that the model, or its adapter, was fine-tuned on. */
async function withTrainedTask(target: string, options: MeasureOptions, io: Io): Promise<MeasureOptions> {
  const { trainedOn } = await import('../../respond/local/trained-on.node.ts');
  const known = options.task === undefined ? trainedOn(target, options.adapter) : null;
  if (known === null) return options;
  io.say(`asking ${known.task}, which it was fine-tuned on; --task names others`);
  return { ...options, task: known.task };
}

/** @throws UserError for options that ask for more than one answer to a question */
function checkGreedy(options: MeasureOptions): void {
  const { temperature } = options;
  if (temperature > 0) {
    throw new UserError(`--temperature ${temperature}: a text model answers greedily here: leave it out`);
  }
  checkOneAnswer(options, 'a text model');
}

/** @throws UserError for a way of deciding that needs a server */
function decideOf({ decide }: MeasureOptions): 'generation' | 'forced' {
  if (decide !== 'likelihood') return decide;
  throw new UserError(
    '--decide likelihood: this asks a server for log-probabilities; a text model that runs here reads the right answers with --decide forced',
  );
}

/** What is asked of the model, from the options. @throws UserError for what can't be asked so */
export async function specOf(options: MeasureOptions): Promise<PromptedSpec> {
  const { promptedSpecOf } = await import('../../measure/targets/inquiry.node.ts');
  return checkedSpec<PromptedSpec>(options, async (material) =>
    promptedSpecOf(await promptedInquiryOf(options, material), material),
  );
}

export async function noteOf(target: string, options: MeasureOptions) {
  const { packageVersion } = await import('../../common/version.node.ts');
  return { lengthwise: packageVersion(), options: notedOptions('text-model', { target, ...options }) };
}

function mostText({ requests, tokens }: { readonly requests: number; readonly tokens: number }): string {
  return `at most ${wholeText(requests)} questions and ${wholeText(tokens)} tokens (one per byte)`;
}

function sayStart(
  { folder, api, most, way, first }: TextStart,
  {
    chats,
    given,
    decide,
  }: { readonly chats: boolean; readonly given: boolean; readonly decide: 'generation' | 'forced' },
  io: Io,
): void {
  if (first && chats && !given)
    io.say('the model has a chat template, too: --api chat asks by it; prompts are continued now');
  if (first && decide === 'forced')
    io.say(
      'the right answers are read, not generated: right is what greedy generation would say token for token, and end',
    );
  io.say(wayLine(way, `asking by ${api}: ${mostText(most)}; rows go to ${folder}`));
}
