/** Asking a test server of the table directly, as one who answers, without anything that scores or stores. */
import { textOutput } from '../../src/score/output.ts';
import type { Outcome, Output } from '../../src/score/output.ts';
import { askableNamed } from '../../src/prompt/askable.ts';
import { promptFor } from '../../src/prompt/files.node.ts';
import { renderPrompt } from '../../src/prompt/render.ts';
import { connect } from '../../src/respond/endpoint/connection.node.ts';
import { endpointRespondent } from '../../src/respond/endpoint/endpoint-respondent.node.ts';
import { describeCapabilities, describeNoticed } from '../../src/respond/endpoint/request/capabilities.ts';
import type { Thinking } from '../../src/respond/endpoint/request/capabilities.ts';
import { probe } from '../../src/respond/endpoint/probe/probe.node.ts';
import { describeLessRoom, describeUntried } from '../../src/respond/endpoint/request/room-lines.ts';
import type { LessRoom, Untried } from '../../src/respond/endpoint/request/room-lines.ts';
import { DEFAULT_THINK_TOKENS } from '../../src/respond/endpoint/request/shape.ts';
import { describeStreamed } from '../../src/respond/endpoint/streamed-answers.ts';
import type { Streamed } from '../../src/respond/endpoint/streamed-answers.ts';
import { checkExtra } from '../../src/respond/endpoint/request/extra.ts';
import { credentials } from '../../src/respond/endpoint/transport/secrets.ts';
import { endpointUrl } from '../../src/respond/endpoint/transport/address.ts';
import type { Ending, Prompted, Responded } from '../../src/respond/respondent.ts';
import { SAMPLES } from './case.ts';
import type { ServerCase } from './case.ts';

export interface AskedCase {
  readonly responded: readonly Responded<Prompted>[];
  readonly ending: Ending;
  /** Every line that somebody would read. */
  readonly lines: readonly string[];
  readonly spent: { readonly requests: number; readonly tokens: number };
}

/** Samples of UR in the prompt that the test server understands. */
export function samples(
  count = SAMPLES,
  { prompt: name = 'paper', lengths = [5] }: ServerCase['options'] = {},
): Prompted[] {
  const task = askableNamed('UR');
  const template = promptFor('retrieval', [name], true);
  return lengths.flatMap((length) =>
    Array.from({ length: count / lengths.length }, (_, index) => {
      const { prompt, instance } = renderPrompt(task, template, { length, seed: 1, index });
      return { task, sample: instance, prompt, repeat: 0 };
    }),
  );
}

/** Probes the server and asks it all samples. Throws what the probe throws. */
export async function ask(
  url: string,
  options: ServerCase['options'] = {},
  more: { readonly headers?: readonly string[]; readonly key?: string; readonly signal?: AbortSignal } = {},
): Promise<AskedCase> {
  const { temperature = 0, extra = {}, maxRetries = 6, tokens, thinkTokens, concurrency = 8 } = options;
  const address = endpointUrl(url);
  const secrets = credentials({ LENGTHWISE_API_KEY: more.key }, more.headers ?? [], address);
  checkExtra(extra, secrets);
  const connection = connect({
    url: address,
    credentials: secrets,
    timeoutMs: 5000,
    concurrency,
    maxRetries,
    limits: tokens === undefined ? {} : { tokens },
    prices: null,
  });
  const { signal = new AbortController().signal } = more;
  const lines: string[] = [];
  const asked = samples(SAMPLES, options);
  const wishes = {
    model: 'test',
    temperature,
    seed: 1,
    extra,
    ...(thinkTokens === undefined ? {} : { thinkTokens }),
  };
  try {
    const [{ prompt }] = asked;
    const runsOwn = () => ({
      system: prompt.system !== null,
      stop: prompt.stop,
      mostStops: prompt.stop.length,
    });
    const onWait = (_: number, why: string) => void lines.push(why);
    const capabilities = await probe(connection, { ...wishes, runsOwn, signal, onWait });
    lines.push(...describeCapabilities(capabilities));
    const api = capabilities.completions ? 'completions' : 'chat';
    const onThinking = (thinking: Thinking) => void lines.push(describeNoticed(thinking));
    const onUntried = (untried: Untried | null) => untried !== null && lines.push(describeUntried(untried));
    const onLessRoom = (less: LessRoom) =>
      void lines.push(describeLessRoom(less, thinkTokens ?? DEFAULT_THINK_TOKENS));
    const onStreamed = (streamed: Streamed) => void lines.push(describeStreamed(streamed));
    const told = { onThinking, onUntried, onLessRoom, onStreamed };
    const respondent = endpointRespondent({ ...wishes, ...told, connection, api, capabilities });
    const left = [...asked];
    const outputs = respondent.ask(
      { next: () => left.shift() ?? 'done' },
      { signal, onState: ({ waitFor }) => waitFor !== null && lines.push(waitFor) },
    );
    const responded: Responded<Prompted>[] = [];
    for (;;) {
      const batch = await outputs.next();
      if (!batch.done) responded.push(...batch.value);
      else {
        const ending = batch.value;
        if (ending.kind === 'stopped') lines.push(ending.reason);
        lines.push(...responded.flatMap(({ output }) => output.error ?? []));
        return { responded, ending, lines, spent: connection.budget.spent };
      }
    }
  } finally {
    connection.close();
  }
}

/** What became of the samples, by the definitions of the words, written again simply. */
export function outcomes(responded: readonly Responded<Prompted>[]): Partial<Record<Outcome, number>> {
  const counts: Partial<Record<Outcome, number>> = {};
  for (const { prompted, output } of responded) {
    const outcome = outcomeOf(prompted, output);
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}

const WITHHELD = ['content_filter', 'guardrail_intervened', 'sensitive', 'prohibited_content'];
const CUT = ['length', 'max_tokens', 'model_context_window_exceeded'];

function outcomeOf({ sample, prompt }: Prompted, output: Output): Outcome {
  const { error, refusal, tokenLimit, completionTokens } = { ...textOutput(''), ...output };
  const finish = output.finishReason?.toLowerCase() ?? '';
  if (error !== null) return 'failed';
  if (WITHHELD.includes(finish)) return 'withheld';
  if (refusal !== null) return 'refused';
  const answer = (output.text ?? '')
    .replace(/^<s>/, '')
    .replace(prompt.text, '')
    .replace(/^[\s\S]*<\|channel\|>final<\|message\|>/, '')
    .replace(/^analysis[\s\S]*assistantfinal/, '')
    .replace(/^[\s\S]*(<\/(longcat_)?think>|\[\/THINK\]|<\|inner_suffix\|>)/, '')
    .replace(/^[\s\S]*<answer>/, '')
    .replace(/<\/?answer>|<\|(begin|end)_of_box\|>/g, '')
    .trim()
    .split('\n', 1)[0];
  if (answer === sample.answer.join(' ')) return 'right';
  // Thoughts without anything after them.
  if (answer === '' && (output.thoughts ?? '') !== '') return 'truncated';
  const full = tokenLimit !== null && completionTokens !== null && completionTokens >= tokenLimit;
  return CUT.includes(finish) || full ? 'truncated' : 'wrong';
}
