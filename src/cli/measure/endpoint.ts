/** `lengthwise measure ADDRESS`: the options, and the lines while it runs. */
import { UserError } from '../../common/errors.ts';
import type { Json } from '../../common/json.ts';
import type { Inquiry } from '../../measure/plan/inquiry.ts';
import type { EndpointSpec, Most, Start } from '../../measure/targets/endpoint.node.ts';
import type { MeasurementResult } from '../../measure/result.ts';
import type { GivenBack } from '../../measure/scoring/given-back.ts';
import type { CutCauses } from '../../measure/scoring/cut-answers.ts';
import type { Api } from '../../respond/endpoint/protocol/protocol.ts';
import type { Capabilities } from '../../respond/endpoint/request/capabilities.ts';
import type { Sources } from '../../prompt/askable.ts';
import type { Io } from '../shared/command.ts';
import { checkAtLeast } from './at-least.ts';
import { notedOptions } from './applies.ts';
import type { MeasureOptions } from './options.ts';
import { checkedSpec, promptedInquiryOf, sayNotAsked, tryShortest, wholeText } from './prompted.ts';
import {
  CellLines,
  emptyLine,
  endpointLine,
  isWorthALine,
  refusedLine,
  discardedLine,
  silentLine,
  unheardLine,
  Waits,
  wayLine,
} from './progress.ts';
import { oftenCut } from './cut-often.ts';
import { notGrowing } from './cut-prompts.ts';
import { finish, finishWays, sayBeyond, sayOthers } from './result.ts';
import { sayTooFew } from './too-few.ts';

export async function measureEndpointCommand(url: string, options: MeasureOptions, io: Io): Promise<void> {
  const started = new Date();
  const { measureWays, preview } = await import('../../measure/targets/endpoint.node.ts');
  const { describeCapabilities, describePrompts } =
    await import('../../respond/endpoint/request/capabilities.ts');
  const { credentials, endpointUrl } = await import('../../respond/endpoint/transport/secrets.ts');
  const { readSpending } = await import('../../respond/endpoint/pace/budget.ts');
  const { endYoungGrowth } = await import('../shared/young-generation.ts');
  const { promptNames, resultOf } = await import('../../measure/result.ts');
  const address = endpointUrl(url);
  const spending = readSpending(options);
  const spec = await endpointSpecFrom(url, options);
  checkAtLeast(options.atLeast ?? [], spec);
  const most = preview(spec); // draws a sample of each task: what can't be drawn is said before anything is asked
  tryShortest(spec);
  await sayTooFew(spec, io);
  if (options.preview) return showPreview(most, options, io);
  sayNotAsked(spec, io);
  const waits = new Waits(io);
  const lines = new CellLines(io);
  let way: string | null = null;
  io.keeps();
  const { pilotLine } = await import('../../prompt/pilot.ts');
  const measured = await measureWays(spec, {
    out: options.out ?? null,
    credentials: credentials(process.env, options.header, address),
    maxRetries: options.maxRetries,
    timeoutMs: options.timeout * 1000,
    concurrency: options.concurrency,
    ...spending,
    note: await noteOf(url, options),
    signal: io.signal,
    onStart: (start) => {
      const found = start.first ? describeCapabilities(start.capabilities) : [];
      for (const line of found) io.say(line);
      way = start.way;
      for (const line of [...describePrompts(start.prompts), ...start.pilot.map(pilotLine)])
        io.say(wayLine(way, line));
      lines.begin(way);
      sayStart(start, io);
    },
    onWait: (milliseconds, why) => waits.say(milliseconds, why),
    onNotice: (line) => io.say(line),
    onProgress: (progress) => {
      waits.say(progress.state?.waitMs ?? 0, progress.state?.waitFor ?? null);
      lines.show(progress);
      if (isWorthALine(progress, Date.now())) io.progress(wayLine(way, endpointLine(progress)));
      endYoungGrowth();
    },
  });
  for (const one of measured) lines.end(one);
  const results = measured.map((one) => resultOf(one, one.facts));
  for (const [i, result] of results.entries()) {
    const hints = [
      ...(await cutOff(result, measured[i].gathered.cuts.causes, options.thinkTokens)),
      ...notGrowing(result.rows),
      ...withPrompts(result, measured[i].gathered.givenBack),
      ...inSentences(result, measured[i].gathered.givenBack),
    ];
    const asked = results.length === 1 ? null : promptNames(Object.values(result.prompts));
    for (const line of hints) io.say(wayLine(asked, line));
  }
  const states = measured.flatMap(({ state }) => state ?? []);
  const answers = measured.reduce((sum, { answered }) => sum + answered, 0);
  for (const line of [
    refusedLine(states, answers),
    discardedLine(states),
    emptyLine(states, answers),
    unheardLine(states),
    silentLine(states),
  ]) {
    if (line !== null) io.say(line);
  }
  for (const one of measured) {
    sayBeyond(one, io);
    sayOthers(one, io);
  }
  if (results.length === 1) return finish(results[0], options, io, started);
  return finishWays(results, options, io, started);
}

/** What a result says of how its respondent was asked. */
interface Asked {
  readonly api: Api;
  readonly capabilities: Capabilities;
  readonly extra: Readonly<Record<string, Json>>;
}

/**
 * How many answers were cut off by what, where that is a notable share, and the way out: a line for each cause.
 * @param given tokens for thoughts; undefined: the standard
 */
export async function cutOff(
  { rows, respondent }: Pick<MeasurementResult, 'rows' | 'respondent'>,
  { limit, server, ended, prompt, noRoom }: CutCauses,
  given: number | undefined,
): Promise<string[]> {
  const { describeCutOff, describeEnded, describeNoRoom, describePromptsCut, describeServerCut } =
    await import('../../respond/endpoint/request/room-lines.ts');
  const { DEFAULT_THINK_TOKENS } = await import('../../respond/endpoint/request/shape.ts');
  const { limitsIn } = await import('../../respond/endpoint/request/limits.ts');
  const { api, capabilities, extra } = respondent as unknown as Asked;
  const often = oftenCut(rows);
  if (often === null) return [];
  const { n } = often;
  const { shapes, noticed, untried, lessRoom } = capabilities;
  const thinks = (shapes?.[api]?.thinking ?? noticed?.[api] ?? null) !== null;
  const room = given ?? DEFAULT_THINK_TOKENS;
  const isTried = api === 'chat' && given === undefined && untried?.[api] !== true;
  const known = {
    ...{ n, cut: limit, less: lessRoom?.[api] ?? null, own: limitsIn(extra).own?.completion ?? null },
    thinkTokens: thinks || given !== undefined ? room : null,
    tried: isTried ? room : null,
  };
  return [
    ...(limit === 0 ? [] : [describeCutOff(known, DEFAULT_THINK_TOKENS)]),
    ...(server === null ? [] : [describeServerCut(n, server)]),
    ...(ended === 0 ? [] : [describeEnded(n, ended)]),
    ...(prompt === 0 ? [] : [describePromptsCut(n, prompt)]),
    ...(noRoom === null ? [] : [describeNoRoom(n, noRoom)]),
  ];
}

/** From this share of outputs on that have the right answer within other text, the text is how the model answers. */
const USUALLY = 0.5;

/** From this share of outputs on that have their prompt in them, it is the server's way. */
const GIVES_BACK = 0.05;

/** The prompt, given back in another form than it was sent in, as a chat written by its template: no answer can be told from it. */
export function withPrompts(
  { rows }: Pick<MeasurementResult, 'rows'>,
  { count }: Pick<GivenBack, 'count'>,
): string[] {
  const n = rows.reduce((sum, row) => sum + row.n, 0);
  if (count === 0 || count < GIVES_BACK * n) return [];
  return [
    `WARNING: ${count} outputs that are not right have the prompt in them, otherwise than it was sent, so that it was not taken off: let the server give back what the model wrote alone (Hugging Face: return_full_text=False)`,
  ];
}

/** The way out where a chat model knows the answer and writes a sentence around it. */
export function inSentences(
  { rows, prompts, respondent }: Pick<MeasurementResult, 'rows' | 'prompts' | 'respondent'>,
  { retrieved }: Pick<GivenBack, 'retrieved'> = { retrieved: 0 },
): string[] {
  if (respondent.api !== 'chat') return [];
  const cells = rows.filter(({ task }) => prompts[task] !== TAGGED_PROMPT);
  const n = cells.reduce((sum, row) => sum + row.n, 0);
  const held = cells.reduce((sum, row) => sum + Math.max(0, (row.retrieved ?? 0) - row.correct), 0);
  const within = held - retrieved; // the prompt that came back may be what has the answer
  if (n === 0 || within < USUALLY * n) return [];
  return [
    `the right answer stands in ${Math.round(within)} of ${n} outputs with other text around it, which counts as wrong: --prompt ${TAGGED_PROMPT} asks for tags around the answer`,
  ];
}

/** Asks a chat model to put its answer between tags. */
const TAGGED_PROMPT = 'instruct';

/**
 * What is asked of the model, from the options.
 * @throws UserError for what can't be asked so
 */
export async function endpointSpecFrom(url: string, options: MeasureOptions): Promise<EndpointSpec> {
  const { model, thinkTokens } = options;
  if (model === undefined) throw new UserError('which model? Give its name: --model NAME');
  const { endpointSpecOf } = await import('../../measure/targets/inquiry.node.ts');
  return checkedSpec<EndpointSpec>(options, async (material) => ({
    ...endpointSpecOf(await inquiryOf(url, options, model, material), material),
    ...(thinkTokens === undefined ? {} : { thinkTokens }),
  }));
}

/** The options as given, for those who want to ask again; of headers the names only. */
export async function noteOf(url: string, { header, ...options }: MeasureOptions) {
  const { packageVersion } = await import('../../common/version.node.ts');
  const names = header.map((text) => text.split(':', 1)[0]);
  const given = notedOptions('endpoint', { ...options, endpoint: url, header: names });
  return { lengthwise: packageVersion(), options: given };
}

async function inquiryOf(
  url: string,
  options: MeasureOptions,
  model: string,
  material: NonNullable<Sources['material']>,
): Promise<Inquiry> {
  return {
    ...(await promptedInquiryOf(options, material)),
    endpoint: url,
    model,
    temperature: options.temperature,
    decide: decideOf(options),
    body: options.body === undefined ? {} : extraFields(options.body),
  };
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

async function showPreview(
  most: Most & { readonly tokensIfThinking: number },
  options: MeasureOptions,
  io: Io,
): Promise<void> {
  const thinking = `${wholeText(most.tokensIfThinking)} tokens if the model thinks (--think-tokens)`;
  await io.out(
    options.json
      ? `${JSON.stringify({ preview: most })}\n`
      : `${mostText(most)}, probe included; ${thinking}. Retries are extra. Nothing was asked.\n`,
  );
}

function mostText({ requests, tokens }: Most, addedTokens = 0): string {
  const added =
    addedTokens === 0 ? '' : `, and the ${wholeText(addedTokens)} that the server adds to a request`;
  return `at most ${wholeText(requests)} requests and ${wholeText(tokens)} tokens (one per byte${added})`;
}

function sayStart({ folder, api, most, addedTokens, way }: Start, io: Io): void {
  io.say(wayLine(way, `asking by ${api}: ${mostText(most, addedTokens)}; rows go to ${folder}`));
}

/** @throws UserError for a way of deciding that only a model in this process has */
function decideOf({ decide }: MeasureOptions): 'generation' | 'likelihood' {
  if (decide !== 'forced') return decide;
  throw new UserError(
    '--decide forced: an endpoint can be asked for log-probabilities of the prompt at most (--decide likelihood); forced answers are those of a text model that runs here',
  );
}
