/** Whoever is asked for `fix`, by what `measure` asks: the address of a server, or a model of text that runs here. */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { modelLabel } from '../../common/model-label.node.ts';
import { canonicalJson } from '../../common/json.ts';
import { UserError } from '../../common/errors.ts';
import { sha256 } from '../../common/sha256.ts';
import type { Asker } from '../../fix/asking/asker.ts';
import { askerOf, chosenBy, pilotSpec } from '../../fix/asking/measured.ts';
import { QUESTIONS } from '../../fix/hand-over/result-file.ts';
import type { EndpointMeasured, EndpointSpec } from '../../measure/targets/endpoint.node.ts';
import type { TextMeasured } from '../../measure/targets/text-model.node.ts';
import type { PromptedSpec } from '../../measure/plan/prompted-spec.ts';
import type { StoredRow } from '../../measure/store/row-store.ts';
import type { PromptApi, PromptTemplate } from '../../prompt/template.ts';
import { addressOf } from '../../respond/endpoint/transport/address.ts';
import type { Io } from '../shared/command.ts';
import { checkDevice } from '../shared/device.ts';
import { endpointSpecFrom, noteOf as endpointNote } from '../measure/endpoint.ts';
import { noteOf as textNote, specOf as textSpec } from '../measure/text-model.ts';
import type { MeasureOptions } from '../measure/options.ts';
import { endpointLine, isWorthALine, modelLine, Waits } from '../measure/progress.ts';
import { wholeText } from '../measure/prompted.ts';

/** Somebody who can be asked, and how the task is asked plainly. */
export interface OpenedAsker {
  readonly asker: Asker;
  readonly spec: PromptedSpec;
  /** Where results are kept, and what is handed over. */
  readonly folder: string;
  readonly target: string;
  /** By which interface the model was asked. */
  readonly api: () => PromptApi;
  /** Lets a pilot choose the prompt that elicits what is to be asked (`--prompt auto`); null: it was not answered. */
  readonly choosePrompt: () => Promise<PromptTemplate | null>;
  readonly close: () => Promise<void> | void;
}

export type OpenAsker = Promise<OpenedAsker>;

export async function openEndpointAsker(url: string, options: MeasureOptions, io: Io): OpenAsker {
  const { measureEndpoint, identityWished } = await import('../../measure/targets/endpoint.node.ts');
  const { credentials, endpointUrl } = await import('../../respond/endpoint/transport/secrets.ts');
  const { readSpending } = await import('../../respond/endpoint/pace/budget.ts');
  const { describeCapabilities } = await import('../../respond/endpoint/request/capabilities.ts');
  const address = endpointUrl(url);
  const spending = readSpending(options);
  const spec = await endpointSpecFrom(url, options);
  const folder = options.out ?? folderFor(spec.model, spec, identityWished(spec));
  const note = await endpointNote(url, options);
  const waits = new Waits(io);
  let api: PromptApi = spec.api ?? 'completions';
  let isTold = false;
  const measure = async (asked: EndpointSpec, onRow: (row: StoredRow) => void): Promise<EndpointMeasured> => {
    const measured = await measureEndpoint(asked, {
      out: path.join(folder, QUESTIONS),
      credentials: credentials(process.env, options.header, address),
      maxRetries: options.maxRetries,
      timeoutMs: options.timeout * 1000,
      concurrency: options.concurrency,
      ...spending,
      limitsWholeFolder: true,
      note,
      signal: io.signal,
      onRow,
      onWait: (milliseconds, why) => waits.say(milliseconds, why),
      onNotice: (line) => io.say(line),
      onStart: (start) => {
        ({ api } = start);
        if (isTold) return;
        isTold = true;
        for (const line of describeCapabilities(start.capabilities)) io.say(line);
        io.say(`asking by ${api}`);
      },
      onProgress: (progress) => {
        waits.say(progress.state?.waitMs ?? 0, progress.state?.waitFor ?? null);
        if (isWorthALine(progress, Date.now())) io.progress(endpointLine(progress));
      },
    });
    ({ api } = measured.facts);
    return measured;
  };
  return {
    ...{ asker: askerOf(spec, measure), spec, folder },
    target: `${spec.model} at ${addressOf(address)}`,
    choosePrompt: async () => chosenIn(await measure(pilotSpec(spec), () => undefined), spec, io),
    api: () => api,
    close: () => undefined,
  };
}

export async function openTextAsker(target: string, options: MeasureOptions, io: Io): OpenAsker {
  await checkDevice(options.device);
  if (!existsSync(target)) throw new UserError(`there is no file ${target}`);
  const { openTextProcess } = await import('../../respond/local/text-process.node.ts');
  const { measureText } = await import('../../measure/targets/text-model.node.ts');
  const spec = await textSpec(options);
  const { adapter } = options;
  const name = modelLabel(target, adapter);
  const whom = {
    target: path.resolve(target),
    ...(adapter === undefined ? {} : { adapter: path.resolve(adapter) }),
    api: spec.api,
  };
  const folder = options.out ?? folderFor(name, spec, whom);
  const note = await textNote(target, options);
  // Loaded for the first question: what is wrong with the command, and what its preview says, takes no model.
  let model: ReturnType<typeof openTextProcess> | null = null;
  let api: PromptApi = spec.api ?? 'completions';
  const measure = async (asked: PromptedSpec, onRow: (row: StoredRow) => void): Promise<TextMeasured> => {
    const opening = { target, adapter, threads: availableParallelism(), device: options.device };
    model ??= openTextProcess(opening, io.signal);
    const [measured] = await measureText(asked, await model, {
      ...{
        target,
        adapter,
        decide: 'generation',
        out: path.join(folder, QUESTIONS),
        signal: io.signal,
        note,
      },
      onRow,
      onNotice: (line) => io.say(line),
      onStart: ({ most }) =>
        io.progress(
          `at most ${wholeText(most.requests)} questions, ${wholeText(most.tokens)} tokens (one per byte)`,
        ),
      onProgress: (progress) => {
        io.progress(modelLine(progress));
      },
    });
    ({ api } = measured.facts);
    return measured;
  };
  return {
    ...{ asker: askerOf(spec, measure), spec, folder },
    target: name,
    choosePrompt: async () => chosenIn(await measure(pilotSpec(spec), () => undefined), spec, io),
    api: () => api,
    close: async () => (await model?.catch(() => null))?.close(),
  };
}

/** The prompt that a pilot has chosen, which is said; null where it was not answered. */
async function chosenIn(
  measured: Parameters<typeof chosenBy>[0],
  spec: PromptedSpec,
  io: Io,
): Promise<PromptTemplate | null> {
  const { pilotLine } = await import('../../prompt/pilot.ts');
  const chosen = chosenBy(measured, spec);
  if (chosen === null) return null;
  io.say(pilotLine(chosen.choice));
  return chosen.prompt;
}

/** Named by what is asked of whom, so that the same command goes on. */
function folderFor(model: string, { tasks, seed, sources }: PromptedSpec, whom: unknown): string {
  const named = sha256(canonicalJson(JSON.parse(JSON.stringify([whom, seed, sources])))).slice(0, 8);
  const name = model.replace(/[^\w.-]+/g, '-').slice(0, 40) || 'model';
  return path.join('runs', 'fix', `${name}-${tasks[0].name}-${named}`);
}
