import { describe, expect, it } from 'vitest';
import type { FailureKind, Output } from '../../score/output.ts';
import { PromptLimits } from './prompt-limits.ts';

type Came = Pick<Output, 'failure' | 'error'>;

const taken: Came = { failure: null, error: null };
const tooLong: Came = { failure: 'too-long', error: 'status 400: too long' };
const failed = (failure: FailureKind, error: string): Came => ({ failure, error });
const refused = failed('form', 'status 400');

/** Outputs by length, in the order of their samples. */
function seen(lengths: Readonly<Record<number, readonly Came[]>>, most?: number): PromptLimits {
  const limits = new PromptLimits(() => most ?? Infinity);
  for (const [length, outputs] of Object.entries(lengths))
    outputs.forEach((output, index) => limits.record('UR', Number(length), index, output));
  return limits;
}

describe('the end of the context', () => {
  it.each([
    'Range of input length should be [1, 6144]',
    'Your request exceeded model token limit: 8192 (requested: 9001)',
    'Prompt 超长',
    'splited_prompt_len (2102) is above max_seq_len (2048)',
  ])('is told by a refusal that speaks of the size: %s', (words) => {
    const form = failed('form', `status 400: ${words}`);
    expect(seen({ 5: [taken], 10: [form, form, form] }).of('UR')).toEqual({ length: 10, why: 'context' });
    // Of the first length nobody knows whether it is the size.
    expect(seen({ 10: [form, form, form] }).of('UR')).toBeNull();
  });

  it.each([
    'An error occurred (ThrottlingException): Too many requests',
    'Rate limit: 6000 tokens per minute',
    'Bad request',
    'Model unloaded.',
    "(about 'stop'): Invalid 'stop': array too long. Expected maximum length 1",
  ])('is not told by any other: %s', (words) => {
    const form = failed('form', `status 400${words.startsWith('(') ? ' ' : ': '}${words}`);
    expect(seen({ 5: [taken], 10: [form, form, form] }).of('UR')).toBeNull();
  });

  it.each<[FailureKind, string]>([
    ['access', 'status 402: You requested up to 65 tokens, but can only afford 20.'],
    // As older stores have them.
    ['form', 'status 401: Token has expired'],
    ['form', 'status 402: You requested up to 65 tokens, but can only afford 20.'],
    ['form', 'status 400: API key expired. Please renew the API key.'],
  ])('is not told by a refused key: %s, %s', (failure, words) => {
    const five = Array.from({ length: 5 }, () => failed(failure, words));
    const limits = seen({ 5: [taken], 10: five });
    expect([limits.of('UR'), limits.ends('UR')]).toEqual([null, []]);
  });

  it.each([400, 404])('is told by a %i with an address in its words', (status) => {
    const words = `status ${status}: Prompt of 5000 tokens, only 4096 tokens allowed here, see https://docs.example.com`;
    const form = failed('form', words);
    expect(seen({ 5: [taken], 10: [form, form, form] }).of('UR')).toEqual({ length: 10, why: 'context' });
  });

  it('is not at a length where a longer prompt was taken, before or after', () => {
    expect(seen({ 5: [tooLong, tooLong, tooLong], 10: [taken] }).of('UR')).toBeNull();
    const form = failed('form', 'status 400: the context is too long');
    expect(seen({ 5: [taken], 10: [form, form, form], 20: [taken] }).ends('UR')).toEqual([]);
  });

  it('takes three samples of the length, or as many as are asked', () => {
    expect(seen({ 5: [tooLong, tooLong, tooLong] }).of('UR')).toEqual({ length: 5, why: 'context' });
    expect(seen({ 5: [tooLong, tooLong] }).of('UR')).toBeNull();
    expect(seen({ 5: [tooLong, tooLong] }, 2).of('UR')).toEqual({ length: 5, why: 'context' });
  });

  it('is the same in whatever order outputs come', () => {
    const limits = new PromptLimits();
    for (const index of [2, 1]) limits.record('UR', 5, index, tooLong);
    limits.record('UR', 5, 3, tooLong);
    expect(limits.ends('UR')).toEqual([]);
    limits.record('UR', 5, 0, taken);
    expect(limits.ends('UR')).toEqual([]);
  });

  it('is not told by samples that never came there', () => {
    const lost = failed('server', 'status 500');
    expect(seen({ 5: [lost, lost, lost, lost, lost] }).of('UR')).toBeNull();
    expect(seen({ 5: [tooLong, lost, tooLong, tooLong] }).of('UR')).toEqual({ length: 5, why: 'context' });
  });

  it('is no end where a later sample of the length was taken, for nobody', () => {
    const limits = seen({ 5: [tooLong, tooLong, tooLong, taken] });
    expect([limits.ends('UR'), limits.of('UR'), limits.isBeyond('UR', 5)]).toEqual([[], null, false]);
  });
});

describe('refusals without a reason', () => {
  it('of the first five samples of a length, alike, where shorter ones were taken, end it there', () => {
    const five = Array.from({ length: 5 }, () => refused);
    const limits = seen({ 5: [taken], 10: five });
    expect(limits.of('UR')).toEqual({ length: 10, why: 'refused' });
    expect([9, 10, 20].map((length) => limits.isBeyond('UR', length))).toEqual([false, true, true]);
    expect(seen({ 10: five }).of('UR')).toBeNull();
    expect(seen({ 5: [taken], 10: five.slice(1) }).of('UR')).toBeNull();
    expect(seen({ 5: [taken], 10: [...five.slice(1), taken] }).of('UR')).toBeNull();
    const other = failed('form', 'status 400: no');
    expect(seen({ 5: [taken], 10: [...five.slice(1), other] }).of('UR')).toBeNull();
  });

  it('are told apart from what is wrong with something else than the prompt', () => {
    const gone = Array.from({ length: 5 }, () => failed('form', 'status 404: no such model'));
    expect(seen({ 5: [taken], 10: gone }).of('UR')).toBeNull();
  });
});

it('a length is uncertain until a prompt of it or of a longer one is taken', () => {
  const uncertain = (lengths: Parameters<typeof seen>[0]) => seen(lengths).isUncertain('UR', 10);
  expect(uncertain({})).toBe(true);
  expect(uncertain({ 5: [taken], 10: [] })).toBe(true);
  expect(uncertain({ 5: [taken], 20: [tooLong] })).toBe(true);
  expect(uncertain({ 5: [taken], 10: [taken], 20: [tooLong] })).toBe(false);
  expect(uncertain({ 5: [tooLong], 20: [taken] })).toBe(false);
});

describe('what an earlier run has of a length', () => {
  const ends = (outputs: readonly (readonly Came[])[], before: Parameters<typeof seen>[0] = { 5: [taken] }) =>
    seen(before).wouldEndAt('UR', 10, outputs);
  const alike = Array.from({ length: 5 }, () => [refused]);
  const lost = failed('server', 'status 500');

  it('would end it there, whatever else was lost', () => {
    expect(ends(Array.from({ length: 3 }, () => [tooLong]))).toBe(true);
    expect(ends([[tooLong], [lost], [tooLong], [lost, tooLong]])).toBe(true);
    expect(ends(alike)).toBe(true);
  });

  it('would not: too few, one that was taken, no shorter length that was', () => {
    expect(ends(alike.slice(1))).toBe(false);
    expect(ends([[taken], ...alike])).toBe(false);
    expect(ends([])).toBe(false);
    expect(ends(alike, { 5: [lost] })).toBe(false);
  });

  it('is looked at only as far as it takes', () => {
    function* upTo(...outputs: Came[]): Generator<readonly Came[]> {
      for (const output of outputs) yield [output];
      throw new Error('more than it takes');
    }
    const limits = seen({ 5: [taken] });
    expect(limits.wouldEndAt('UR', 10, upTo(lost, ...alike.flat()))).toBe(true);
    expect(limits.wouldEndAt('UR', 10, upTo(refused, lost, taken))).toBe(false);
  });

  it('is not counted by being looked at', () => {
    const limits = seen({ 5: [taken] });
    limits.wouldEndAt('UR', 10, alike);
    expect([limits.of('UR'), limits.isBeyond('UR', 10), limits.outputsAt('UR', 10)]).toEqual([
      null,
      false,
      0,
    ]);
  });
});
