/** A server behind an OpenAI-compatible address, as one who answers. */
import { UserError } from '../../common/errors.ts';
import type { Json } from '../../common/json.ts';
import type { Output } from '../../score/output.ts';
import { finishMeaning } from '../../score/reading/finish.ts';
import type { AskOptions, Prompted, Questions, Respondent } from '../respondent.ts';
import { AnswerRoom } from './answer-room.ts';
import { roomyShape } from './request/room-shapes.ts';
import { Asking } from './asking.node.ts';
import type { Connection } from './connection.node.ts';
import type { HowAsked, RequestPlan } from './due.ts';
import { sameModel } from './protocol/model-name.ts';
import { isFault } from './endpoint.node.ts';
import type { PromptLogprobs } from './likelihood.ts';
import type { SpeaksNow } from './empty-answers.ts';
import { isEmptyOutput } from './outputs.ts';
import { hasSpoken } from './request/capabilities.ts';
import type { Capabilities, Thinking } from './request/capabilities.ts';
import type { Api } from './protocol/protocol.ts';
import { mostTokens, tokenLimitOf } from './request/body.ts';
import type { RequestShape } from './request/body.ts';
import { limitsIn } from './request/limits.ts';
import type { LessRoom, Untried } from './request/room-lines.ts';
import { DEFAULT_THINK_TOKENS, shapeOf } from './request/shape.ts';
import type { Streamed } from './streamed-answers.ts';
import type { Wishes } from './request/shape.ts';

export interface EndpointRespondentOptions extends Wishes {
  readonly connection: Connection;
  /** Which of the server's two ways to ask is used. */
  readonly api: Api;
  /** What the probe found. */
  readonly capabilities: Capabilities;
  /**
   * The right answer as the prompt's demonstrations write it, where it is to be told by log-probabilities of the prompt
   * whether it would be said; null for a prompt for which that can't be told. Absent: all answers are generated.
   */
  readonly likelihoodOf?: (prompted: Prompted) => string | null;
  /** Whether empty answers were stored before any had said something, and are to be asked for again: it speaks now. */
  readonly asksEmptyAgain?: boolean;
  /** Absent: empty answers that are the last of a run are taken for answers. */
  readonly speaksNow?: SpeaksNow;
  /** Told once, when an answer shows that the model thinks and the probe has seen nothing of it. */
  readonly onThinking?: (thinking: Thinking) => void;
  /** Told when it can't be found out whether room for thoughts helps answers that were cut; null: it was found out since. */
  readonly onUntried?: (untried: Untried | null) => void;
  /** Told whenever there turns out to be less room for answers than was asked for. */
  readonly onLessRoom?: (less: LessRoom) => void;
  /** Told by task the characters of the shortest prompt for which there is no more room, so that what was cut stays so. */
  readonly onNoRoom?: (noRoom: Readonly<Record<string, number>>) => void;
  /** Told once, when longer answers turn out to be given as a stream only. */
  readonly onStreamed?: (streamed: Streamed) => void;
  /** Told what an answer says of the weights and the software behind it, where that is not what the one before said. */
  readonly onFingerprint?: (fingerprint: string) => void;
  /** Told the name of the model that answered, where that is not the one of the answer before. */
  readonly onModel?: (model: string) => void;
  /** Told the name of the model that was asked, when it answers for the first time after others did in its place. */
  readonly onAskedModel?: (model: string) => void;
}

/**
 * Asks in the one shape that the server was found to take. Whoever made the connection closes it.
 * @throws UserError for answers that are to be told by likelihood where that can't be
 */
export function endpointRespondent(options: EndpointRespondentOptions): Respondent {
  const { connection, capabilities, likelihoodOf } = options;
  const shape = shapeOf(options, options.api, capabilities);
  const means = likelihoodOf === undefined ? null : likelihoodMeans(options, shape);
  const room = answerRoom(options, shape);
  let [last, lastModel]: [string | null, string | null] = [null, null];
  const names = new AnswersNames(capabilities, shape.model);
  const noted = async (attempt: ReturnType<RequestPlan['send']>) => {
    const came = await attempt;
    const { result } = came;
    if (isFault(result) || 'undecided' in result) return came;
    const { fingerprint, model } = result;
    if (fingerprint !== null && fingerprint !== last) options.onFingerprint?.((last = fingerprint));
    if (model === null || model === lastModel) return came;
    const isTurningUp = names.came((lastModel = model));
    const told = connection.endpoint.redact(model).slice(0, LONGEST_NAME);
    options.onModel?.(told);
    if (isTurningUp) options.onAskedModel?.(told);
    return came;
  };
  const words = { speaks: hasSpoken(capabilities), speaksNow: options.speaksNow ?? null };
  const requests = (prompted: Prompted, how: HowAsked): RequestPlan | null => {
    const chosen = room.shapeFor(prompted, how);
    if (chosen === null) return null;
    const { roomy, smaller, mostTokens: most, limit } = chosen;
    const answer = means === null || how.generate ? null : (likelihoodOf?.(prompted) ?? null);
    const { prompt, repeat } = prompted;
    const { endpoint } = connection;
    const stream = room.isStreamed(tokenLimitOf(prompt, chosen.shape));
    const sent = stream ? { ...chosen.shape, stream } : chosen.shape;
    const models = () => names.allowed;
    return {
      ...{ roomy, smaller, mostTokens: most, thinkTokens: sent.thinkTokens, stream, limit },
      most: mostTokens(prompt, sent),
      tokenLimit: answer === null ? tokenLimitOf(prompt, sent) : null,
      send: (signal) =>
        noted(
          answer === null || means === null
            ? endpoint.ask(prompt, repeat, sent, models, signal)
            : endpoint.askByLikelihood(prompt, answer, means, sent, models, signal),
        ),
    };
  };
  return {
    identity: identityOf(connection.endpoint.address, shape, means !== null),
    ask: <P extends Prompted>(questions: Questions<P>, asked: AskOptions) =>
      new Asking(connection, { requests, room, ...words }, questions, asked).run(),
    asksAgain: (prompted, output) =>
      isBrokenOff(output) ||
      (options.asksEmptyAgain === true && isEmptyOutput(output)) ||
      room.asksAgain(prompted, output),
  };
}

/** Of a longer name the beginning is told and kept. */
const LONGEST_NAME = 200;

/**
 * The names that answers may carry. A server that has named the model that was asked for, and names another one, has answered
 * with the wrong one. One that never does has aliases of its own, or chooses among models: any name will do there.
 */
class AnswersNames {
  private readonly asked: string;
  private known: readonly string[];
  private isNamed: boolean;
  /** Whether others have answered. */
  private hasOthers: boolean;

  constructor({ answersAs, trouble, revision }: Capabilities, asked: string) {
    const others = answersAs.filter((name) => name !== asked);
    const isAsked = (name: string): boolean => sameModel(name, [asked]);
    this.asked = asked;
    this.known = [asked, ...others];
    this.isNamed = trouble === null && (others.length === 0 || others.some(isAsked));
    this.hasOthers = ![...others, ...(revision?.models ?? [])].every(isAsked);
  }

  /** None: any. */
  get allowed(): readonly string[] {
    return this.isNamed ? this.known : [];
  }

  /** An answer carried this name. Whether it is the first of the model that was asked, after others: these were never meant. */
  came(name: string): boolean {
    if (this.isNamed) return false;
    this.isNamed = sameModel(name, [this.asked]);
    if (this.isNamed) this.known = [this.asked];
    else this.hasOthers = true;
    return this.isNamed && this.hasOthers;
  }
}

/** An answer that the server broke off, as stores of a lengthwise have it that took it for one. */
function isBrokenOff({ error, finishReason }: Output): boolean {
  return error === null && finishMeaning(finishReason) === 'error';
}

/** What determines the answers: no key, no header, nothing secret; and nothing that can't change one. */
function identityOf(endpoint: string, shape: RequestShape, byLikelihood: boolean): Record<string, Json> {
  return {
    kind: 'endpoint',
    endpoint,
    model: shape.model,
    api: shape.api,
    temperature: shape.temperature,
    decide: byLikelihood ? 'likelihood' : 'generation',
    seed: shape.seed,
    stop: shape.stop,
    ...(shape.thinkTokens === 0 ? {} : { thinkTokens: shape.thinkTokens }),
    ...(shape.leastTokens === 1 ? {} : { leastTokens: shape.leastTokens }),
    extra: shape.extra,
  };
}

/** Of a model that the probe has seen think, nothing more is to be noticed. */
function answerRoom(options: EndpointRespondentOptions, shape: RequestShape): AnswerRoom {
  const { api, capabilities, extra, thinkTokens = DEFAULT_THINK_TOKENS, thinkTokensGiven = false } = options;
  const seen = (capabilities.shapes?.[api]?.thinking ?? null) !== null;
  const more = thinkTokensGiven ? shape.thinkTokens : thinkTokens;
  return new AnswerRoom({
    shape,
    roomy: seen ? null : roomyShape(shape, more, limitsIn(extra).own !== null),
    noticed: capabilities.noticed?.[api] ?? null,
    untried: capabilities.untried?.[api] ?? false,
    noRoom: capabilities.noRoom?.[api] ?? {},
    onThinking: (thinking) => options.onThinking?.(thinking),
    onUntried: (untried) => options.onUntried?.(untried),
    onLessRoom: (less) => options.onLessRoom?.(less),
    onNoRoom: (noRoom) => options.onNoRoom?.(noRoom),
    onStreamed: (streamed) => options.onStreamed?.(streamed),
  });
}

/** How the server tells what it would say. */
function likelihoodMeans(
  { capabilities: { promptLogprobs } }: EndpointRespondentOptions,
  { api, temperature }: RequestShape,
): PromptLogprobs {
  if ((temperature ?? 0) > 0) {
    throw new UserError('--decide likelihood tells what is said at temperature 0 only');
  }
  if (api !== 'completions' || promptLogprobs === 'none') {
    throw new UserError(
      '--decide likelihood needs completions with log-probabilities of the prompt, which this server does not give',
    );
  }
  return promptLogprobs;
}
