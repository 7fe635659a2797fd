/** A server behind an OpenAI-compatible address, as one who answers. */
import { UserError } from '../../common/errors.ts';
import type { Json } from '../../common/json.ts';
import type { AskOptions, Prompted, Questions, Respondent } from '../respondent.ts';
import { Asking } from './asking.node.ts';
import type { HowAsked, RequestPlan } from './asking.node.ts';
import type { Connection } from './connection.node.ts';
import type { PromptLogprobs } from './likelihood.ts';
import type { Capabilities } from './request/capabilities.ts';
import type { Api } from './protocol/protocol.ts';
import { mostTokens, tokenLimitOf } from './request/body.ts';
import type { RequestShape } from './request/body.ts';
import { shapeOf } from './request/shape.ts';
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
}

/** The room for thoughts is divided by this where the context has no room for it. */
const SMALLER = 4;

/** Less room than this is no room for thoughts. */
const LEAST_THINK_TOKENS = 128;

/**
 * Asks in the one shape that the server was found to take. Whoever made the connection closes it.
 * @throws UserError for answers that are to be told by likelihood where that can't be
 */
export function endpointRespondent(options: EndpointRespondentOptions): Respondent {
  const { connection, capabilities, likelihoodOf } = options;
  const shape = shapeOf(options, options.api, capabilities);
  const means = likelihoodOf === undefined ? null : likelihoodMeans(options, shape);
  const requests = (prompted: Prompted, how: HowAsked): RequestPlan | null => {
    const sent = how.smaller === 0 ? shape : smallerShape(shape, how.smaller);
    if (sent === null) return null;
    const answer = means === null || how.generate ? null : (likelihoodOf?.(prompted) ?? null);
    const { prompt, repeat } = prompted;
    const { endpoint } = connection;
    const models = capabilities.answersAs;
    return {
      most: mostTokens(prompt, sent),
      tokenLimit: answer === null ? tokenLimitOf(prompt, sent) : null,
      send: (signal) =>
        answer === null || means === null
          ? endpoint.ask(prompt, repeat, sent, models, signal)
          : endpoint.askByLikelihood(prompt, answer, means, sent, models, signal),
    };
  };
  return {
    identity: identityOf(connection.endpoint.address, shape, means !== null),
    ask: <P extends Prompted>(questions: Questions<P>, asked: AskOptions) =>
      new Asking(connection, requests, questions, asked).run(),
  };
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

/** With less room for thoughts, for a prompt that leaves no more of the context; null where there is none to take. */
function smallerShape(shape: RequestShape, times: number): RequestShape | null {
  const thinkTokens = Math.floor(shape.thinkTokens / SMALLER ** times);
  return thinkTokens < LEAST_THINK_TOKENS ? null : { ...shape, thinkTokens };
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
