/** `lengthwise measure --endpoint`: the options, the lines while it runs, and the tables at its end. */
import type { Command } from 'commander';
import { UserError } from '../../common/errors.ts';
import type { Json } from '../../common/json.ts';
import type { Sources } from '../../prompt/askable.ts';
import type { Measured, Progress, Start } from '../../measure/measure.node.ts';
import type { Api } from '../../respond/endpoint/protocol.ts';
import { settings } from '../../measure/plan/settings.ts';
import type { Inquiry } from '../../measure/plan/inquiry.ts';
import type { SittingNote } from '../../measure/store/runs.ts';
import type { Io } from '../shared/command.ts';
import { taskOptionsOf } from './measure.ts';
import type { MeasureOptions } from './measure.ts';
import { oneOf, realNumber, wholeNumber } from '../shared/options.ts';

export interface EndpointCliOptions extends MeasureOptions {
  readonly endpoint: string;
  readonly model?: string;
  readonly api?: Api;
  readonly prompt?: string;
  readonly shots?: number;
  readonly demonstrationLength?: string;
  readonly separator: boolean;
  readonly maxLength?: number;
  readonly repeat: number;
  readonly temperature: number;
  readonly decide: 'generation' | 'likelihood';
  readonly out?: string;
  readonly concurrency: number;
  readonly timeout: number;
  readonly maxRetries: number;
  readonly budget?: string;
  readonly price?: string;
  readonly header: string[];
  readonly body?: string;
  readonly git?: string;
  readonly text?: string;
  readonly csv?: string;
  readonly preview?: true;
}

const DEFAULT_N = 100;

export function addEndpointOptions(command: Command): void {
  command
    .option('--endpoint <url>', 'ask an OpenAI-compatible server instead: http://127.0.0.1:8000/v1')
    .option('--model <name>', 'the model’s name there')
    .option(
      '--api <which>',
      'completions or chat (default: what the server can do)',
      oneOf('api', ['completions', 'chat']),
    )
    .option('--prompt <names>', 'input-output, pair, …, or a file of your own (docs/prompts.md)')
    .option(
      '--shots <count>',
      'demonstrations in a prompt',
      wholeNumber('--shots', { min: 0, max: settings.shots.most }),
    )
    .option('--demonstration-length <L>', 'their length, or same')
    .option('--no-separator', 'nothing between source and query')
    .option('--max-length <L>', 'without --lengths: none longer', wholeNumber('--max-length', { min: 1 }))
    .option(
      '--repeat <k>',
      'ask everything k times',
      wholeNumber('--repeat', { min: 1, max: settings.repeats.most }),
      settings.repeats.usual,
    )
    .option(
      '--temperature <t>',
      'of the answers',
      realNumber('--temperature', { min: 0, max: settings.temperature.most }),
      settings.temperature.usual,
    )
    .option(
      '--decide <how>',
      'generation, or likelihood: right answers told by log-probabilities of the prompt',
      oneOf('value of --decide', ['generation', 'likelihood']),
      'generation',
    )
    .option('--out <folder>', 'where every row is kept, and where an interrupted run goes on')
    .option(
      '--concurrency <c>',
      'never more at once',
      wholeNumber('--concurrency', { min: 1, max: settings.concurrency.most }),
      settings.concurrency.usual,
    )
    .option(
      '--timeout <s>',
      'for one request',
      realNumber('--timeout', { min: settings.seconds.least, max: settings.seconds.most }),
      settings.seconds.usual,
    )
    .option(
      '--max-retries <r>',
      'for one question',
      wholeNumber('--max-retries', { min: 0, max: settings.retries.most }),
      settings.retries.usual,
    )
    .option('--budget <b>', 'stop cleanly after 500requests, 2e6tokens, 5usd')
    .option('--price <p,c>', 'of a million prompt and completion tokens')
    .option('--header <h>', "'Name: value' or 'Name: env:VARIABLE' (repeatable)", collect, [])
    .option('--body <json>', 'further fields of every request')
    .option('--git <repository>', 'git-revert and git-cherrypick over its log')
    .option('--text <file>', 'text-copy over its lines')
    .option('--csv <file>', 'table-lookup over its rows')
    .option('--preview', 'say how much would be asked at most, and ask nothing');
}

export async function measureEndpointCommand(options: EndpointCliOptions, io: Io): Promise<void> {
  if (options.model === undefined) throw new UserError('which model? Give its name: --model NAME');
  const { measureEndpoint, preview } = await import('../../measure/measure.node.ts');
  const { describeCapabilities, describePrompts } =
    await import('../../respond/endpoint/probe/capabilities.ts');
  const { credentials } = await import('../../respond/endpoint/transport/secrets.ts');
  const { readBudget, readPrices } = await import('../../respond/endpoint/pace/budget.ts');
  const { endYoungGrowth } = await import('../shared/young-generation.ts');
  const { endpointSpecOf, materialOf } = await import('../../measure/plan/inquiry.node.ts');
  const material = materialOf(options);
  const spec = endpointSpecOf(await inquiryOf(options, options.model, material), material);
  const most = preview(spec);
  if (options.preview) return showPreview(most, options, io);
  const said = new Set<string>();
  const waits = new Waits(io);
  io.keeps();
  const measured = await measureEndpoint(spec, {
    out: options.out ?? null,
    credentials: credentials(process.env, options.header),
    maxRetries: options.maxRetries,
    timeoutMs: options.timeout * 1000,
    concurrency: options.concurrency,
    limits: options.budget === undefined ? {} : readBudget(options.budget),
    prices: options.price === undefined ? null : readPrices(options.price),
    note: await noteOf(options),
    signal: io.signal,
    onStart: (start) => {
      const found = [...describeCapabilities(start.capabilities), ...describePrompts(start.prompts)];
      sayStart(start, found, most, io);
    },
    onWait: (milliseconds, why) => waits.say(milliseconds, why),
    onProgress: (progress) => {
      waits.say(progress.waitMs);
      for (const line of newLines(progress, said)) io.say(line);
      io.progress(progressLine(progress));
      endYoungGrowth();
    },
  });
  await io.out(options.json ? `${JSON.stringify(resultJson(measured))}\n` : await resultText(measured));
  sayEnding(measured, io);
  if (measured.ending.kind === 'interrupted') throw io.signal.reason;
  if (measured.ending.kind === 'stopped')
    throw new Error(`${measured.ending.reason}; the same command goes on from here`);
  const { answered, reused, failed } = measured.state;
  if (failed > 0 && answered + reused === 0)
    throw new Error(`none of ${failed} questions was answered; the same command asks them again`);
}

/** Shorter waits than this are not worth a line. */
const LONG_WAIT_MS = 3000;

/** Says once of each long wait that the server asks for it. */
class Waits {
  private readonly io: Io;
  private until = 0;

  constructor(io: Io) {
    this.io = io;
  }

  say(milliseconds: number, why = 'the server asks for it'): void {
    const until = Date.now() + milliseconds;
    if (milliseconds < LONG_WAIT_MS || until < this.until + LONG_WAIT_MS) return;
    this.until = until;
    this.io.say(`waiting for ${Math.ceil(milliseconds / 1000)} s: ${why}`);
  }
}

/** The options as given, for those who want to ask again; of headers the names only. */
async function noteOf({ header, ...options }: EndpointCliOptions): Promise<SittingNote> {
  const { packageVersion } = await import('../shared/version.ts');
  const names = header.map((text) => text.split(':', 1)[0]);
  const given = JSON.parse(JSON.stringify({ ...options, header: names })) as SittingNote['options'];
  return { lengthwise: packageVersion(), options: given };
}

async function inquiryOf(
  options: EndpointCliOptions,
  model: string,
  material: NonNullable<Sources['material']>,
): Promise<Inquiry> {
  const { askableNames, groupMembers } = await import('../../prompt/askable.ts');
  const { DEFAULT_MAX_LENGTH, DEFAULT_MOST, inquiryTask, isTaskFile } =
    await import('../../measure/plan/inquiry.node.ts');
  const names = options.task?.split(',').flatMap((name) => groupMembers(name.trim()));
  const wishes = {
    options: await taskOptionsOf(options),
    material,
    prompts: options.prompt?.split(',').map((name) => name.trim()) ?? null,
    lenient: names === undefined || options.prompt === undefined,
  };
  return {
    endpoint: options.endpoint,
    model,
    api: options.api ?? null,
    tasks: [...new Set(names ?? askableNames(material))]
      .sort((a, b) => Number(isTaskFile(a)) - Number(isTaskFile(b)))
      .map((name) => inquiryTask(name, wishes)),
    rendering: {
      separator: options.separator,
      ...(options.shots === undefined ? {} : { shots: options.shots }),
      ...(options.demonstrationLength === undefined
        ? {}
        : { demonstrationLength: demonstrationLength(options.demonstrationLength) }),
    },
    strict: names !== undefined,
    lengths: options.lengths ?? null,
    n: options.n ?? (options.lengths === undefined ? DEFAULT_MOST : DEFAULT_N),
    maxLength: options.lengths === undefined ? (options.maxLength ?? DEFAULT_MAX_LENGTH) : null,
    repeats: options.repeat,
    seed: options.seed,
    threshold: options.threshold,
    temperature: options.temperature,
    decide: options.decide,
    body: options.body === undefined ? {} : extraFields(options.body),
  };
}

function demonstrationLength(text: string): number | 'same' {
  return text === 'same' ? text : wholeNumber('--demonstration-length', { min: 1 })(text);
}

function extraFields(text: string): Record<string, Json> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = null;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UserError(`--body takes a JSON object, such as '{"top_k":1}'`);
  }
  return value as Record<string, Json>;
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

interface Most {
  readonly requests: number;
  readonly tokens: number;
}

async function showPreview(most: Most, options: EndpointCliOptions, io: Io): Promise<void> {
  await io.out(
    options.json ? `${JSON.stringify({ preview: most })}\n` : `${mostText(most)}; nothing was asked\n`,
  );
}

function mostText({ requests, tokens }: Most): string {
  return `at most ${requests} requests and ${tokens} tokens (counting a token for every byte)`;
}

function sayStart({ folder, api, stored }: Start, found: readonly string[], most: Most, io: Io): void {
  for (const line of found) io.say(line);
  const kept = stored === 0 ? '' : `, of which ${stored} rows are there already`;
  io.say(`asking by ${api}: ${mostText(most)}${kept}; rows go to ${folder}`);
}

/** The table as it fills: a line for every cell that is followed by another of its task, once. */
function newLines({ tally }: Progress, said: Set<string>): string[] {
  const cells = tally.all();
  return cells.flatMap((cell, i) => {
    const name = `${cell.task} ${cell.length}`;
    if (said.has(name) || !cells.slice(i + 1).some(({ task }) => task === cell.task)) return [];
    said.add(name);
    const { n, correct, failed } = cell.counts;
    return [`${name}: ${correct} of ${n} right${failed === 0 ? '' : `, ${failed} failed`}`];
  });
}

function progressLine(progress: Progress): string {
  const { answered, failed, reused, retries, inFlight, most, tokens, startedAt } = progress;
  const seconds = Math.max(0.001, (Date.now() - startedAt) / 1000);
  const rate = (answered + failed) / seconds;
  const left = rate === 0 ? '?' : `${Math.ceil((most - reused - answered - failed) / rate)} s`;
  const cells = progress.tally.all();
  const latest = cells.at(-1);
  const shown =
    latest === undefined
      ? ''
      : `; ${latest.task} ${latest.length}: ${latest.counts.correct}/${latest.counts.n}`;
  return (
    `${answered + reused} of at most ${most} done, ${failed} failed, ${retries} retried, ${inFlight} under way, ` +
    `${rate.toFixed(0)} requests/s, ${(tokens / seconds).toFixed(0)} tokens/s, at most ${left} left${shown}`
  );
}

function resultJson(measured: Measured): object {
  const { respondent, summary, ending, state, spent, folder, failures } = measured;
  const { reused, answered, failed, retries } = state;
  return {
    respondent,
    ...summary,
    ending,
    run: { folder, reused, answered, failed, retries, spent },
    failures,
  };
}

async function resultText({ summary }: Measured): Promise<string> {
  const { asymmetryTable, cellTable, horizonTable } = await import('./tables.ts');
  if (summary.rows.length === 0) return 'nothing was asked\n';
  const parts = [horizonTable(summary), cellTable(summary.rows)];
  if (summary.asymmetries.length > 0) parts.push(asymmetryTable(summary.asymmetries));
  return `${parts.join('\n\n')}\n`;
}

function sayEnding({ ending, state, spent, failures, folder }: Measured, io: Io): void {
  const money = spent.money === null ? '' : `, ${spent.money.toFixed(4)} in money`;
  io.say(
    `${state.answered} answered, ${state.reused} from before, ${state.failed} failed; ` +
      `${spent.requests} requests, ${spent.tokens} tokens${money}; rows in ${folder}`,
  );
  for (const { reason, count } of failures.slice(0, 10)) io.say(`failed ${count} times: ${reason}`);
  if (ending.kind === 'budget')
    io.say('the budget is spent; the same command with more of it goes on from here');
}
