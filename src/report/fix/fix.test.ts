import { parseHTML } from 'linkedom';
import { expect, it } from 'vitest';
import { HOSTILE } from '../../../test/report-fixture.ts';
import { askableNamed } from '../../prompt/askable.ts';
import { plainly, simulatedAsker } from '../../fix/fixtures/simulated-model.ts';
import { fix } from '../../fix/fix.ts';
import { renderFixReport } from './index.ts';

const { result } = await fix(
  {
    ...{
      target: HOSTILE.join(' '),
      plain: plainly(askableNamed('UB')),
      length: 12,
      threshold: 0.9,
      n: 50,
      seed: 1,
    },
    only: ['reverse', 'twice', 'padded'],
  },
  simulatedAsker({ accuracy: ({ task }) => (task.operation === 'UF' ? 1 : 0.1), seed: 2 }),
);
const { document } = parseHTML(renderFixReport(result));
const texts = (selector: string): string[] =>
  [...document.querySelectorAll(selector)].map((element) =>
    (element.textContent ?? '').replace(/\s+/g, ' ').trim(),
  );

it('says first what to do', () => {
  expect(texts('#found').join(' ')).toContain(
    'reverse: code reverses the source, the model copies it forward. Right: 50 of 50',
  );
});

it('draws every way, and has its numbers as a table', () => {
  expect(document.querySelectorAll('#ways .wide circle').length).toBe(4);
  const rows = texts('#ways tbody tr');
  expect(rows.map((row) => row.split(/\d/)[0])).toEqual([
    'plain',
    'plain',
    'plain',
    'reverse',
    'reverse',
    'reverse',
    'twice',
    'padded',
  ]);
  expect(rows.filter((row) => row.startsWith('reverse12'))[0]).toMatch(/^reverse125050100 %/);
});

it('names what others wrote without obeying it', () => {
  expect(document.querySelectorAll('script, main img, iframe').length).toBe(0);
  expect(texts('h1')[0]).not.toBe('');
});
