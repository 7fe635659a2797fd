import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFault } from '../endpoint.node.ts';
import { credentials } from '../transport/secrets.ts';
import { statusFault } from './faults.ts';
import { HOSTILE_KEY, hostileBodies, replies } from './hostile-fixture.ts';
import { jsonObject } from './json.ts';
import { readReply } from './read.ts';

const same = (text: string): string => text;
const read = (body: string) => readReply({ status: 200, headers: {}, body }, same, 0);

describe('a reply', () => {
  it.each<[string, unknown, object]>([
    ['of a completion', { text: ' a' }, { text: ' a', thoughts: null }],
    ['of chat', { message: { content: 'a' } }, { text: 'a' }],
    ['of chat, to a completion', { message: { content: 'a' }, text: undefined }, { text: 'a' }],
    [
      'in parts',
      {
        message: {
          content: [
            { type: 'text', text: 'a' },
            { type: 'text', text: 'b' },
          ],
        },
      },
      { text: 'ab' },
    ],
    ['in parts that are texts', { message: { content: ['a', 'b'] } }, { text: 'ab' }],
    ['in one part', { message: { content: { type: 'text', text: 'a' } } }, { text: 'a' }],
    [
      'with thoughts among the parts',
      {
        message: {
          content: [
            { type: 'thinking', thinking: 'why' },
            { type: 'text', text: 'a' },
          ],
        },
      },
      { text: 'a', thoughts: 'why' },
    ],
    [
      'of thoughts alone',
      { message: { content: null, reasoning_content: 'why' } },
      { text: null, thoughts: 'why' },
    ],
    [
      'with empty thoughts',
      { message: { content: 'a', reasoning_content: '' } },
      { text: 'a', thoughts: null },
    ],
    ['that refuses', { message: { content: null, refusal: 'No.' } }, { text: null, refusal: 'No.' }],
    [
      'that refuses in a part',
      { message: { content: [{ type: 'refusal', refusal: 'No.' }] } },
      { refusal: 'No.' },
    ],
    [
      'that calls a tool',
      { message: { content: '', tool_calls: [{ function: { name: 'f' } }] } },
      { refusal: 'f' },
    ],
    [
      'that calls a tool beside its answer',
      { message: { content: 'a', tool_calls: [{ function: { name: 'f' } }] } },
      { text: 'a', refusal: null },
    ],
    [
      'that ends in an object',
      { text: 'a', finish_reason: { type: 'length', length: 6 } },
      { finishReason: 'length' },
    ],
    ['that ends in nothing', { text: 'a', finish_reason: null }, { finishReason: null }],
  ])('%s', (_, choice, expected) => {
    expect(read(JSON.stringify({ choices: [choice] }))).toMatchObject(expected);
  });

  it.each([
    [{ choices: [{ message: { content: 7 } }] }, 'its content is of type number', false],
    [{ choices: [{ message: {} }] }, 'the reply is empty', true],
    [
      { choices: [{ message: { content: null }, finish_reason: 'stop' }], usage: { completion_tokens: 0 } },
      'is empty',
      true,
    ],
    [
      { choices: [{ message: { content: null }, finish_reason: 'stop' }], usage: { completion_tokens: 1 } },
      null,
      false,
    ],
    [{ choices: [{ message: { content: '' }, finish_reason: 'stop' }] }, null, false],
    [{ choices: [{ finish_reason: 'stop' }] }, 'the reply has no text', true],
    [{ choices: [] }, 'the reply has no choices', true],
    [{ hello: 1 }, 'the reply has no choices', false],
    [{}, 'the reply has no choices', true],
    [{ choices: null }, 'the reply has no choices', true],
    [{ choices: [null] }, 'the reply has no choices', true],
    [{ object: 'chat.completion', model: 'm' }, 'the reply has no choices', true],
    [{ choices: [{ message: null }] }, 'the reply has no text', true],
    [{ error: { message: 'Overloaded', code: 529 } }, 'the server says: Overloaded', true],
    [{ error: 'model is loading' }, 'the server says: model is loading', true],
    [{ choices: [{ error: { code: 400, message: 'x' }, text: '' }] }, 'the server says: x', false],
    [{ object: 'error', message: 'x', code: 400 }, 'the server says: x', false],
    [{ error: null, choices: [{ text: 'a' }] }, null, false],
  ])('%j is no answer, or one: %s', (body, reason, retry) => {
    const result = read(JSON.stringify(body));
    if (reason === null) expect(isFault(result)).toBe(false);
    else expect(result).toMatchObject({ reason: expect.stringContaining(reason) as string, retry });
  });

  const piece = (text: string): string => JSON.stringify({ choices: [{ text, finish_reason: null }] });
  const END = 'data: {"choices":[{"text":"","finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';

  it.each([
    ['an event over several lines of data', `data: ${piece('a').replace(',', ',\ndata: ')}\n\n${END}`, 'a'],
    ['CR as line ends', `data:${piece('a')}\r\r${END.replaceAll('\n', '\r')}`, 'a'],
    ['no empty lines between events', `data: ${piece('a')}\ndata: ${piece('b')}\ndata: [DONE]\n`, 'ab'],
    ['no empty line at its end', `data: ${piece('a')}\n\ndata: [DONE]`, 'a'],
    [
      'comments and signs of life',
      `: hi\n\nevent: ping\ndata: now\n\ndata: ${piece('a')}\n\n: x\n\n${END}`,
      'a',
    ],
    ['a sign of life without a name', `data: {}\n\ndata: ${piece('a')}\n\ndata:\n\n${END}`, 'a'],
    ['events with names and ids', `id: 1\nevent: completion\ndata: ${piece('a')}\nretry: 5\n\n${END}`, 'a'],
    ['data after its end', `data: ${piece('a')}\n\n${END}data: ${piece(' more')}\n\ndata: {"er`, 'a'],
    ['numbers of Python’s', `data: {"p":NaN,"choices":[{"text":"a"}]}\n\n${END}`, 'a'],
    [
      'signs that end lines in JavaScript and not in streams',
      `data: ${piece('a\u2028b\u2029c\u0085d')}\n\n${END}`,
      'a\u2028b\u2029c\u0085d',
    ],
    ['a byte order mark', `\ufeffdata: ${piece('a')}\n\n${END}`, 'a'],
  ])('a stream with %s is read whole', (_, body, text) => {
    expect(read(body)).toMatchObject({ text });
  });

  it.each([
    ['half an object', 'data: {"choices":[{"te\n\n', /is no JSON: a piece of it is missing/],
    [
      'an object that goes on in a line without a field',
      `data: {"choices":\n[{"text":"b"}]}\n\n`,
      /is no JSON/,
    ],
    ['half an object in an event with a name', 'event: chunk\ndata: {"choices":[{"te\n\n', /is no JSON/],
    ['words', 'data: upstream connect error\n\n', /is no JSON/],
    ['an error in words', 'event: error\ndata: upstream\ndata: gone\n\n', /the server says: upstream gone/],
    ['an error without words', 'event: error\n\n', /the server says: an event named error/],
    [
      'an error in fields',
      'event: error\ndata: {"message":"Broken","status":500}\n\n',
      /says: Broken \(500\)/,
    ],
    ['an error that an event is', 'data: {"object":"error","message":"Broken"}\n\n', /says: Broken/],
    [
      'an error’s event',
      'event: error\ndata: {"type":"error","error":{"message":"Overloaded"}}\n\n',
      /Overloaded/,
    ],
  ])('a stream with %s is no answer, whatever follows', (_, event, reason) => {
    for (const body of [
      `data: ${piece('a')}\n\n${event}${END}`,
      `data: ${piece('a')}\n\n${event}data: [DONE]\n\n`,
    ])
      expect(read(body)).toMatchObject({ reason: expect.stringMatching(reason) as string, retry: true });
  });

  it('numbers of Python’s are null, but in texts they stay', () => {
    const body = '{"a":NaN,"b":[-Infinity,Infinity,-1],"c":"NaN \\"-Infinity\\\\","d":{"NaN":1}}';
    expect(jsonObject(body)).toEqual({ a: null, b: [null, null, -1], c: 'NaN "-Infinity\\', d: { NaN: 1 } });
    expect(jsonObject('{"a":NaNa}')).toBe(null);
  });

  it('what servers write, with anything in any place, is read or said, in one line, and nothing is thrown', () => {
    fc.assert(
      fc.property(replies, (reply) => {
        for (const body of [JSON.stringify(reply), `data: ${JSON.stringify(reply)}\n\n`]) {
          const result = read(body);
          if (isFault(result)) expect(result.reason).not.toContain('\n');
          else expect(result.text === null || typeof result.text === 'string').toBe(true);
          const fault = statusFault({ status: 429, headers: {}, body }, same, 0);
          expect(fault.waitMs === null || fault.waitMs >= 0).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('text that is no JSON, cut anywhere, is said', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(60), (text, at) => {
        const whole = JSON.stringify({ choices: [{ text, finish_reason: 'stop' }] });
        expect(isFault(read(text))).toBe(true);
        expect(isFault(read(whole.slice(0, Math.min(at, whole.length - 1))))).toBe(true);
        expect(read(whole)).toMatchObject({ text });
      }),
      { numRuns: 500 },
    );
  });

  it.each(hostileBodies)('of 4 MB, %s, blocks nothing for a second', (_, make) => {
    const { redact } = credentials({ LENGTHWISE_API_KEY: HOSTILE_KEY }, []);
    const body = make();
    const began = process.cpuUsage();
    readReply({ status: 200, headers: {}, body }, redact, 0);
    statusFault({ status: 500, headers: {}, body }, redact, 0);
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1e6).toBeLessThan(2); // two readings
  });
});
