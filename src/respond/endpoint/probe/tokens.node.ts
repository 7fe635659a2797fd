/**
 * What a server tells of tokens, and what that says about how a prompt begins: a mark for the beginning (BOS) that is
 * missing, doubled, or followed by somebody's template changes every answer, and no reply mentions it.
 */
import { isFault } from '../endpoint.node.ts';
import { pathOf } from '../protocol/protocol.ts';
import type { Api } from '../protocol/protocol.ts';
import { readReply } from '../reply/read.ts';
import type { Redact } from '../reply/read.ts';
import type { Wishes } from '../request/shape.ts';
import type { FoundShape, TokenFacts } from '../request/capabilities.ts';
import { good, TOKENIZE } from './probe-requests.node.ts';
import type { Ask } from './probe-requests.node.ts';
import { plainBody } from './shapes.node.ts';

/** One token in every tokenizer: what a server counts beyond it is not the prompt's. */
const ONE_TOKEN = 'a';

/** Prompts of thousands of symbols are cut into tokens at once; of a longer answer to that nothing is believed. */
const MAX_TOKENS = 1_000_000;

/** Three requests: two that cut one letter into tokens, one that has it continued. */
export async function findTokens(
  ask: Ask,
  api: Api,
  wishes: Wishes,
  shape: FoundShape,
  redact: Redact,
): Promise<TokenFacts> {
  const alone = await tokenize(ask, wishes.model, ONE_TOKEN);
  const plain = plainBody(wishes, api, ONE_TOKEN, shape, 1);
  const telling = { return_token_ids: true, ...(api === 'chat' ? {} : { logprobs: 1 }) };
  const wanted = await ask('POST', pathOf(api), { ...plain, ...telling });
  // What is refused with fields that a server doesn't know is asked without them.
  const reply = good(wanted) ? wanted : await ask('POST', pathOf(api), plain);
  const read = good(reply) ? readReply(reply, redact, Date.now(), shape.habits) : null;
  const answered = read === null || isFault(read) ? null : read;
  const ids = answered?.promptIds ?? null;
  const counted = answered?.usage.promptTokens ?? null;
  return {
    ids: ids !== null ? 'return_token_ids' : answered?.outputIds ? 'logprobs' : 'none',
    tokenizes: alone !== null,
    beginning: alone?.slice(0, -1) ?? null,
    before: api === 'chat' ? null : beyondOne(ids === null ? counted : ids.length),
    doubled: ids === null ? null : ids.length > 1 && ids[0] === ids[1],
  };
}

/** A count of none where there is one is an estimate, and tells nothing. */
function beyondOne(counted: number | null): number | null {
  return counted === null || counted < 1 ? null : counted - 1;
}

/**
 * The ids of a text's tokens with what its tokenizer adds, as the server's `/tokenize` gives them (llama.cpp's, vLLM's:
 * each ignores the other's fields); null where there is none.
 */
export async function tokenize(ask: Ask, model: string, text: string): Promise<readonly number[] | null> {
  const body = { model, content: text, prompt: text, add_special: true, add_special_tokens: true };
  const reply = await ask('POST', TOKENIZE, body, 'server');
  const ids = good(reply) ? reply.json.tokens : null;
  if (!Array.isArray(ids) || ids.length === 0 || ids.length > MAX_TOKENS) return null;
  return ids.every((id) => Number.isInteger(id)) ? (ids as number[]) : null;
}
