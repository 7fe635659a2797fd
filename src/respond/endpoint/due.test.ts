import { expect, it } from 'vitest';
import { textOutput } from '../../score/output.ts';
import type { FailureKind } from '../../score/output.ts';
import { firstDue, leftOf, unsettled } from './due.ts';

const failed = (failure: FailureKind) =>
  textOutput('', { text: null, error: 'status 400: Invalid request', failure });

it.each<[FailureKind, FailureKind]>([
  ['form', 'server'],
  ['too-long', 'server'],
  ['server', 'server'],
  ['connection', 'connection'],
])(
  'what a run leaves that was to be asked again with less room says nothing of the prompt: %s',
  (was, is) => {
    expect(unsettled(failed(was)).failure).toBe(is);
  },
);

it('a prompt that was answered with fewer tokens is not what was refused', () => {
  const due = firstDue('a question');
  expect(leftOf(due, failed('form'))).toMatchObject({ failure: 'form' });
  expect(leftOf({ ...due, answeredWith: 6 }, failed('form'))).toMatchObject({
    failure: 'server',
    error: 'an answer of 6 tokens was taken, and more room for it was refused: status 400: Invalid request',
  });
  const cut = textOutput('', { finishReason: 'length', tokenLimit: 65 });
  expect(leftOf({ ...due, cut }, failed('form'))).toMatchObject({ failure: 'server' });
  expect(leftOf({ ...due, cut }, failed('too-long'))).toBe(cut);
});
