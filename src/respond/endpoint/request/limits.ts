/** What fields of the user's own say about how long answers get: a budget counts it, whatever its name. */
import type { Json } from '../../../common/json.ts';

type Extra = Readonly<Record<string, Json>>;

export interface ExtraLimits {
  /** A limit on the answer that stands in the place of ours: the largest of those given; null without. */
  readonly own: { readonly completion: number } | null;
  /** Tokens that come on top: for thoughts that have a budget of their own. */
  readonly added: number;
  /** As many tokens are generated in any case. */
  readonly least: number;
  /** Bytes of what may become part of the prompt. */
  readonly extraBytes: number;
}

/** Names for a limit on the answer: OpenAI's two, llama.cpp's, Ollama's, TGI's, Google's. */
export const LIMIT_FIELDS = [
  'max_tokens',
  'max_completion_tokens',
  'max_output_tokens',
  'max_new_tokens',
  'max_gen_len',
  'max_length',
  'n_predict',
  'num_predict',
] as const;

/** The fields that a limit of ours may stand in: those that the user's fields do not leave out. */
export function limitFields(extra: Extra): ('max_tokens' | 'max_completion_tokens')[] {
  return (['max_tokens', 'max_completion_tokens'] as const).filter((name) => extra[name] !== null);
}

const LEAST_FIELDS = ['min_tokens', 'min_new_tokens', 'min_length'] as const;

/** Fields that hold others: Ollama's, TGI's, Google's, and what clients in Python pass on. */
const INSIDE = ['options', 'parameters', 'generation_config', 'extra_body', 'sampling_params'];

/** Budgets of thoughts: OpenRouter's `reasoning.max_tokens`, Anthropic's `thinking.budget_tokens`, Qwen's, … */
const THOUGHTS = /budget|thinking_tokens|reasoning_tokens/;

const known = new WeakMap<Extra, ExtraLimits>();

/** Found once for the fields of a run. */
export function limitsIn(extra: Extra): ExtraLimits {
  const found = known.get(extra) ?? findLimits(extra);
  known.set(extra, found);
  return found;
}

function findLimits(extra: Extra): ExtraLimits {
  const places = [extra, ...INSIDE.map((name) => objectIn(extra[name]))];
  const all = (names: readonly string[]): number[] =>
    places.flatMap((place) => names.map((name) => place[name]).filter((value) => typeof value === 'number'));
  const own = all(LIMIT_FIELDS);
  return {
    own: own.length === 0 ? null : { completion: Math.max(...own) },
    added: thoughtBudgets(extra),
    least: Math.max(0, ...all(LEAST_FIELDS)),
    extraBytes: Object.keys(extra).length === 0 ? 0 : Buffer.byteLength(JSON.stringify(extra)),
  };
}

/** All numbers in fields whose names speak of a budget, and `max_tokens` of `reasoning` and `thinking`. */
function thoughtBudgets(fields: Extra, depth = 4): number {
  let sum = 0;
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'number' && THOUGHTS.test(name)) sum += Math.max(0, value);
    else if (depth > 0) sum += thoughtBudgets(objectIn(value), depth - 1);
    if (/^(reasoning|thinking)$/.test(name)) {
      const limit = objectIn(value).max_tokens;
      if (typeof limit === 'number') sum += Math.max(0, limit);
    }
  }
  return sum;
}

function objectIn(value: Json | undefined): Extra {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Extra) : {};
}
