/** The shape of a run's requests: what was wished for, as far as the server was found to take it. */
import type { Json } from '../../../common/json.ts';
import type { Capabilities, FoundShape } from './capabilities.ts';
import type { Api } from '../protocol/protocol.ts';
import type { RequestShape } from './body.ts';

/** How the server is to be asked. */
export interface Wishes {
  readonly model: string;
  readonly temperature: number;
  /** Of the first of several times that a prompt is asked; the others follow. */
  readonly seed: number;
  /** Fields of the user's own, checked by `checkExtra`. */
  readonly extra: Readonly<Record<string, Json>>;
  /** Tokens for the thoughts of a model that thinks, besides those of its answer. */
  readonly thinkTokens?: number;
  /** Whether that is the user's own number: room is given then, whatever the probe saw. */
  readonly thinkTokensGiven?: boolean;
}

/** Room for the thoughts of a model that thinks a little: most of what is asked here is seen at a glance. */
export const DEFAULT_THINK_TOKENS = 4096;

/**
 * What is sent of what is wished. No stop mark to a model that thinks: it would end the thought, on servers that look for
 * stop marks in thoughts, too.
 */
export function shapeOf(wishes: Wishes, api: Api, capabilities: Capabilities): RequestShape {
  const { model, seed, extra, thinkTokens = DEFAULT_THINK_TOKENS, thinkTokensGiven = false } = wishes;
  const found = capabilities.shapes?.[api] ?? assumedShape(wishes, capabilities);
  const thinks = (found.thinking ?? null) !== null;
  return {
    api,
    model,
    temperature: found.temperature,
    seed: found.seed ? seed : null,
    stop: found.stop && !thinks,
    limitField: found.limitField,
    leastTokens: found.leastTokens,
    thinkTokens: thinks || thinkTokensGiven ? thinkTokens : 0,
    tokenIds: capabilities.tokens?.ids ?? 'none',
    ...(found.system === false ? { system: false } : {}),
    ...(found.mostStops === undefined ? {} : { mostStops: found.mostStops }),
    ...(found.refusedStops === undefined ? {} : { refusedStops: found.refusedStops }),
    ...(found.stream === true ? { stream: true } : {}),
    extra,
  };
}

/** The shape before the server was asked: for what a run can take at most, were the model one that doesn't think. */
export function shapeWished(
  { model, temperature, seed, extra, thinkTokens = 0, thinkTokensGiven = false }: Wishes,
  api: Api,
): RequestShape {
  return {
    api,
    model,
    temperature,
    seed,
    stop: true,
    limitField: 'max_tokens',
    leastTokens: 1,
    thinkTokens: thinkTokensGiven ? thinkTokens : 0,
    tokenIds: 'none',
    extra,
  };
}

/** What was found by a lengthwise that looked for less. */
function assumedShape({ temperature }: Wishes, { seed, limitField }: Capabilities): FoundShape {
  return { limitField, temperature, seed, stop: true, leastTokens: 1, thinking: null, dropped: [] };
}
