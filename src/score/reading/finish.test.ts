import { describe, expect, it } from 'vitest';
import { finishMeaning, finishReasonOf, finishReasons } from './finish.ts';

describe('finish reasons of real servers', () => {
  it.each([
    // OpenAI, Azure, vLLM, llama.cpp's and Ollama's OpenAI routes
    ['stop', 'ended'],
    ['length', 'limit'],
    ['content_filter', 'filter'],
    ['tool_calls', 'tool'],
    ['function_call', 'tool'],
    // OpenAI's responses
    ['max_output_tokens', 'limit'],
    ['incomplete', 'limit'],
    ['completed', 'ended'],
    // Anthropic, Bedrock
    ['end_turn', 'ended'],
    ['stop_sequence', 'ended'],
    ['max_tokens', 'limit'],
    ['tool_use', 'tool'],
    ['refusal', 'refusal'],
    ['model_context_window_exceeded', 'limit'],
    ['guardrail_intervened', 'filter'],
    ['content_filtered', 'filter'],
    ['FINISH', 'ended'],
    ['LENGTH', 'limit'],
    // Google
    ['STOP', 'ended'],
    ['MAX_TOKENS', 'limit'],
    ['FINISH_REASON_MAX_TOKENS', 'limit'],
    ['FinishReason.MAX_TOKENS', 'limit'],
    ['SAFETY', 'filter'],
    ['RECITATION', 'filter'],
    ['PROHIBITED_CONTENT', 'filter'],
    ['BLOCKLIST', 'filter'],
    ['SPII', 'filter'],
    ['MODEL_ARMOR', 'filter'],
    ['MALFORMED_FUNCTION_CALL', 'tool'],
    ['blocked: OTHER', 'filter'],
    // Anthropic's batches
    ['errored', 'error'],
    ['expired', 'error'],
    ['canceled', 'error'],
    // Cohere
    ['COMPLETE', 'ended'],
    ['ERROR_TOXIC', 'filter'],
    ['ERROR_LIMIT', 'limit'],
    ['ERROR', 'error'],
    ['USER_CANCEL', 'error'],
    // Mistral, watsonx, Zhipu, DeepSeek, GigaChat, Yandex
    ['model_length', 'limit'],
    ['token_limit', 'limit'],
    ['not_finished', 'limit'],
    ['sensitive', 'filter'],
    ['network_error', 'error'],
    ['insufficient_system_resource', 'error'],
    ['blacklist', 'filter'],
    ['ALTERNATIVE_STATUS_TRUNCATED_FINAL', 'limit'],
    // TGI, llama.cpp, LM Studio, Aleph Alpha, SGLang, vLLM
    ['eos_token', 'ended'],
    ['limit', 'limit'],
    ['eosFound', 'ended'],
    ['maxPredictedTokensReached', 'limit'],
    ['contextLengthReached', 'limit'],
    ['maximum_tokens', 'limit'],
    ['abort', 'error'],
    ['repetition', 'ended'],
    // Vercel's and other gateways' own words, and what isn't known
    ['content-filter', 'filter'],
    ['max-tokens', 'limit'],
    ['the output was truncated', 'limit'],
    ['whatever', null],
    ['', null],
    [null, null],
  ])('%s: %s', (reason, meaning) => {
    expect(finishMeaning(reason)).toBe(meaning);
  });

  it('each word has one meaning, in any letters', () => {
    const words = Object.values(finishReasons).flat();
    expect(new Set(words).size).toBe(words.length);
    for (const [meaning, known] of Object.entries(finishReasons)) {
      for (const word of known) {
        expect(finishMeaning(word)).toBe(meaning);
        expect(finishMeaning(word.toUpperCase())).toBe(meaning);
      }
    }
  });

  it.each([
    ['length', 'length'],
    [{ type: 'length', length: 32 }, 'length'],
    [{ reason: 'max_output_tokens' }, 'max_output_tokens'],
    [['stop', 'length'], 'length'],
    ['', null],
    [null, null],
    [undefined, null],
    [7, null],
    [{}, null],
  ])('the word in %j is %j', (value, word) => {
    expect(finishReasonOf(value)).toBe(word);
  });
});
