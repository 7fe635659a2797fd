import { describe, expect, it } from 'vitest';
import type { Output } from '../../score/output.ts';
import { askableNamed } from '../../prompt/askable.ts';
import type { FieldNames, Fields } from './fields.ts';
import { OutputSurvey } from './output-field.ts';
import { recordedOutputs } from './output.ts';

const TEXT = [{ type: 'text', text: 'c' }];

/** The field `output` of a record in every form that tools and servers have for an answer, and what it says. */
const FORMS: readonly [name: string, output: unknown, said: Partial<Output>][] = [
  ['a text', 'c', { text: 'c' }],
  ['a number', 7, { text: '7' }],
  ['an empty text', '', { text: '' }],
  ['symbols', ['a', 'b', 1], { text: 'a b 1' }],
  ['no symbols', [], { text: '' }],
  ['parts', TEXT, { text: 'c' }],
  ['several parts', [{ type: 'text', text: 'a ' }, ...TEXT], { text: 'a c' }],
  ['parts of an unknown kind beside', [{ type: 'image', url: 'x' }, ...TEXT], { text: 'c' }],
  [
    'Anthropic’s thinking',
    [{ type: 'thinking', thinking: 'hm', signature: 'x' }, ...TEXT],
    { text: 'c', thoughts: 'hm' },
  ],
  [
    'Mistral’s thinking',
    [{ type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }, ...TEXT],
    { text: 'c', thoughts: 'hm' },
  ],
  ['thoughts only', [{ type: 'thinking', thinking: 'hm' }], { text: '', thoughts: 'hm' }],
  ['a part that refuses', [{ type: 'refusal', refusal: 'no' }], { text: null, refusal: 'no' }],
  [
    'a part that calls a tool',
    [{ type: 'tool_use', name: 'search', input: {} }],
    { text: null, refusal: 'search' },
  ],
  ['a message', { role: 'assistant', content: 'c' }, { text: 'c' }],
  ['a message of parts', { role: 'assistant', content: TEXT }, { text: 'c' }],
  [
    'a message with its reasoning',
    { role: 'assistant', content: 'c', reasoning_content: 'hm' },
    { text: 'c', thoughts: 'hm' },
  ],
  ['OpenRouter’s reasoning', { content: 'c', reasoning: 'hm' }, { text: 'c', thoughts: 'hm' }],
  ['a message that refuses', { content: null, refusal: 'no' }, { text: null, refusal: 'no' }],
  [
    'a message that calls a tool',
    { content: '', tool_calls: [{ function: { name: 'search', arguments: '{}' } }] },
    { text: null, refusal: 'search' },
  ],
  [
    'a text beside a call of a tool',
    { content: 'c', tool_calls: [{ function: { name: 'search' } }] },
    { text: 'c', refusal: null },
  ],
  [
    'a chat',
    [
      { role: 'user', content: 'x' },
      { role: 'assistant', content: 'wrong' },
      { role: 'user', content: 'again' },
      { role: 'assistant', content: TEXT },
    ],
    { text: 'c' },
  ],
  [
    'ShareGPT’s chat',
    [
      { from: 'human', value: 'x' },
      { from: 'gpt', value: 'c' },
    ],
    { text: 'c' },
  ],
  [
    'a chat without an answer',
    [{ role: 'user', content: 'x' }],
    { text: null, error: 'no output is recorded' },
  ],
  [
    'a chat that ends with the user, demonstrations before',
    [
      { role: 'user', content: 'x' },
      { role: 'assistant', content: 'wrong' },
      { role: 'user', content: 'again' },
    ],
    { text: null, error: 'no output is recorded' },
  ],
  [
    'a chat that ends with what a tool gave back',
    [
      { role: 'user', content: 'x' },
      { role: 'assistant', content: null, tool_calls: [{ function: { name: 'search' } }] },
      { role: 'tool', content: 'c' },
    ],
    { text: null, refusal: 'search', error: null },
  ],
  ['lm-evaluation-harness’s list in a list', [['c']], { text: 'c' }],
  ['a pipeline’s list', [{ generated_text: 'c' }], { text: 'c' }],
  [
    'a chat completion',
    {
      choices: [{ index: 0, message: { role: 'assistant', content: 'c' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 40, completion_tokens: 2 },
    },
    { text: 'c', finishReason: 'stop', promptTokens: 40, completionTokens: 2 },
  ],
  [
    'a completion',
    { choices: [{ text: 'c', finish_reason: 'length', stop_reason: null }] },
    { text: 'c', finishReason: 'length' },
  ],
  [
    'no choices',
    { choices: [], error: { message: 'overloaded', code: 529 } },
    { text: null, error: 'overloaded' },
  ],
  [
    'an error in the choice',
    { choices: [{ message: { content: '' }, finish_reason: 'error', error: { message: 'broken\n pipe' } }] },
    { text: null, error: 'broken pipe', finishReason: 'error' },
  ],
  [
    'withheld',
    { choices: [{ message: { content: null }, finish_reason: 'content_filter' }] },
    { text: null, finishReason: 'content_filter', error: null },
  ],
  [
    'a line of a batch',
    { status_code: 200, body: { choices: [{ message: { content: 'c' }, finish_reason: 'stop' }] } },
    { text: 'c', finishReason: 'stop' },
  ],
  [
    'OpenAI’s Responses',
    {
      output: [
        { type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm' }] },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'c' }] },
      ],
      incomplete_details: { reason: 'max_output_tokens' },
      usage: { input_tokens: 9, output_tokens: 3 },
    },
    { text: 'c', thoughts: 'hm', finishReason: 'max_output_tokens', promptTokens: 9, completionTokens: 3 },
  ],
  [
    'Anthropic’s message',
    { type: 'message', content: TEXT, stop_reason: 'end_turn', usage: { input_tokens: 9, output_tokens: 3 } },
    { text: 'c', finishReason: 'end_turn', promptTokens: 9, completionTokens: 3 },
  ],
  [
    'Gemini',
    {
      candidates: [
        { content: { parts: [{ text: 'hm', thought: true }, { text: 'c' }] }, finishReason: 'MAX_TOKENS' },
      ],
      usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 1, thoughtsTokenCount: 4 },
    },
    { text: 'c', thoughts: 'hm', finishReason: 'MAX_TOKENS', promptTokens: 9, completionTokens: 5 },
  ],
  [
    'Gemini, cut off in its thoughts',
    {
      candidates: [{ content: { role: 'model' }, finishReason: 'MAX_TOKENS' }],
      usageMetadata: { thoughtsTokenCount: 60 },
    },
    { text: null, finishReason: 'MAX_TOKENS', error: null, completionTokens: 60 },
  ],
  [
    'Gemini, the prompt blocked',
    { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata: { promptTokenCount: 9 } },
    { text: null, finishReason: 'PROHIBITED_CONTENT', error: null, promptTokens: 9 },
  ],
  [
    'Gemini, the prompt blocked for another reason',
    { promptFeedback: { blockReason: 'OTHER' } },
    { text: null, finishReason: 'blocked: OTHER', error: null },
  ],
  ['a reply that is empty', {}, { text: null, error: 'no output is recorded' }],
  ['Anthropic’s batch, expired', { type: 'expired' }, { text: null, error: 'expired' }],
  ['Anthropic’s batch, canceled', { type: 'canceled' }, { text: null, error: 'canceled' }],
  [
    'Anthropic’s batch, errored',
    { type: 'errored', error: { type: 'error', error: { type: 'x', message: 'bad' } } },
    { text: null, error: 'bad' },
  ],
  [
    'a line of a batch that a proxy refused',
    { status_code: 429, body: { detail: 'slow down' } },
    { text: null, error: 'slow down' },
  ],
  ['one without a word', { status_code: 502, body: null }, { text: null, error: 'HTTP status 502' }],
  ['one in HTML', { status_code: 502, body: '<html>bad</html>' }, { text: null, error: '<html>bad</html>' }],
  [
    'SGLang',
    {
      text: 'c',
      output_ids: [1],
      meta_info: { finish_reason: { type: 'length', length: 16 }, prompt_tokens: 80, completion_tokens: 16 },
    },
    { text: 'c', finishReason: 'length', promptTokens: 80, completionTokens: 16 },
  ],
  [
    'llama.cpp',
    { content: 'c', stop: true, stop_type: 'limit', tokens_predicted: 8, tokens_evaluated: 60 },
    { text: 'c', finishReason: 'limit', promptTokens: 60, completionTokens: 8 },
  ],
  [
    'an older llama.cpp',
    { content: 'c', stop: true, stopped_limit: true },
    { text: 'c', finishReason: 'stopped_limit' },
  ],
  [
    'HELM',
    { success: true, completions: [{ text: ' c', tokens: [], finish_reason: { reason: 'length' } }] },
    { text: ' c', finishReason: 'length' },
  ],
  ['HELM, failed', { success: false, error: 'boom', completions: [] }, { text: null, error: 'boom' }],
  [
    'Bedrock’s Converse',
    {
      output: {
        message: { content: [{ reasoningContent: { reasoningText: { text: 'hm' } } }, { text: 'c' }] },
      },
      stopReason: 'end_turn',
      usage: { inputTokens: 9, outputTokens: 3 },
    },
    { text: 'c', thoughts: 'hm', finishReason: 'end_turn', promptTokens: 9, completionTokens: 3 },
  ],
  [
    'Ollama',
    { message: { content: 'c', thinking: 'hm' }, done_reason: 'stop', prompt_eval_count: 9, eval_count: 3 },
    { text: 'c', thoughts: 'hm', finishReason: 'stop', promptTokens: 9, completionTokens: 3 },
  ],
  [
    'Inspect',
    {
      choices: [
        { message: { content: [{ type: 'reasoning', reasoning: 'hm' }, ...TEXT] }, stop_reason: 'stop' },
      ],
      completion: 'c',
    },
    { text: 'c', thoughts: 'hm', finishReason: 'stop' },
  ],
];

/** The one output of a record, the only one of its file. */
function recordedOutput(fields: Fields, names: FieldNames = {}, joiner = ''): Output | null {
  const survey = new OutputSurvey(askableNamed('UR'), names);
  survey.take(1, fields);
  const from = survey.decided();
  const written = { joiner, lead: '', trail: '' };
  const outputs = 'field' in from ? recordedOutputs(fields, from, { source: [], written }) : null;
  if (outputs !== null) expect(outputs).toHaveLength(1);
  return outputs?.[0] ?? null;
}

describe('the output of a record', () => {
  it.each(FORMS)('%s', (_, output, said) => {
    expect(recordedOutput({ input: 'ab', output }, {}, ' ')).toMatchObject({
      thoughts: null,
      refusal: null,
      attempts: 1,
      ...said,
    });
  });

  it('is found in a whole reply that was recorded beside the source', () => {
    const reply = { choices: [{ message: { content: 'c' }, finish_reason: 'length' }] };
    expect(recordedOutput({ input: 'ab', ...reply })).toMatchObject({ text: 'c', finishReason: 'length' });
    expect(recordedOutput({ input: 'ab', response: reply })).toMatchObject({
      text: 'c',
      finishReason: 'length',
    });
  });

  it('are in the order of their choices’ index, as an endpoint’s are', () => {
    const choices = ['b', 'c', 'a'].map((text, i) => ({ index: (i + 1) % 3, text }));
    const output = { choices, usage: { prompt_tokens: 9, completion_tokens: 6 } };
    const outputs = recordedOutputs({ output }, { field: 'output' });
    expect(outputs?.map(({ text }) => text)).toEqual(['a', 'b', 'c']);
    // What all choices took together is told of none.
    expect(outputs?.[0]).toMatchObject({ promptTokens: 9, completionTokens: null });
  });

  it('that is named keeps what stands around it', () => {
    const message = { content: 'c', reasoning_content: 'hm' };
    const response = { choices: [{ message, finish_reason: 'length' }], usage: { completion_tokens: 8 } };
    const fields = { input: 'ab', response, max_tokens: 8 };
    expect(recordedOutput(fields, { output: 'response.choices.0.message.content' })).toMatchObject({
      text: 'c',
      thoughts: 'hm',
      finishReason: 'length',
      completionTokens: 8,
      tokenLimit: 8,
    });
  });

  it('that did not come has its error', () => {
    expect(recordedOutput({ input: 'ab', error: 'timeout' })).toMatchObject({
      text: null,
      error: 'timeout',
      failure: 'server',
    });
    expect(recordedOutput({ input: 'ab', output: '', error: { message: 'timeout' } })).toMatchObject({
      text: null,
      error: 'timeout',
    });
    expect(recordedOutput({ input: 'ab', output: null })).toMatchObject({
      text: null,
      error: 'no output is recorded',
    });
    expect(recordedOutput({ input: 'ab', response: {}, status: 'Internal error' })).toMatchObject({
      text: null,
      error: 'Internal error',
    });
    // What a test says of an answer is no failure.
    expect(recordedOutput({ output: 'x', status: 'failed' })).toMatchObject({ text: 'x', error: null });
    // Our own rows of trained models: the kind of a wrong answer, which came.
    expect(recordedOutput({ output: 'x', error: 'foreign' })).toMatchObject({ text: 'x', error: null });
  });

  it.each([...[0, '0', '', ' ', 'None', 'null', 'nan', 'false', false, null], { code: 0, message: '' }])(
    'has no error where a tool writes into every record that there was none: %j',
    (error) => {
      expect(recordedOutput({ input: 'ab', output: 'c', error })).toMatchObject({ text: 'c', error: null });
      expect(recordedOutput({ input: 'ab', output: '', error })).toMatchObject({ text: '', error: null });
      const choices = [{ message: { content: 'c' } }];
      expect(recordedOutput({ input: 'ab', output: { choices, error } })).toMatchObject({
        text: 'c',
        error: null,
      });
    },
  );

  it.each([true, 1, 429, '429', 'no', 'None of the servers answered', { code: 500 }])(
    'has an error where one is recorded: %j',
    (error) => {
      expect(recordedOutput({ input: 'ab', output: '', error })?.error).not.toBeNull();
    },
  );

  it.each([[{ a: 1 }], [[{ a: 1 }]], [true], [[true, false]], [[{ type: {} }, { type: {} }]]])(
    '%j is in no form that is known',
    (output) => {
      expect(recordedOutput({ input: 'ab', output })).toBeNull();
    },
  );

  it('that is nested without end is none', () => {
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) as unknown;
    expect(recordedOutput({ output: deep })).toBeNull();
    const objects = JSON.parse(`${'{"message":'.repeat(50_000)}1${'}'.repeat(50_000)}`) as unknown;
    expect(recordedOutput({ output: objects })).toBeNull();
  });
});
