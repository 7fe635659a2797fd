import { expect, it } from 'vitest';
import { commandText, plainText } from './command-text.ts';

it.each([
  [{ min: 2, max: 3 }, '2-3'],
  [{ max: 3, min: 2 }, '2-3'], // as stores give it back
  [{ max: 10, min: 9 }, '9-10'],
  [{ max: 3, min: 3 }, '3'],
  [{ from: 0.25, to: 0.5 }, '0.25-0.5'],
  [[5, 10], '5,10'],
])('%j is written as the command line takes it: %s', (value, text) => {
  expect(plainText(value)).toBe(text);
});

it('the command that asks the same again has ranges the right way round', () => {
  const options = { target: 'runs/m', task: ['NRFirst'], occurrences: { max: 3, min: 2 } };
  expect(commandText({ options, api: null })).toBe(
    'lengthwise measure runs/m --task NRFirst --occurrences 2-3',
  );
});
