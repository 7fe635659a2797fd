import { parseHTML } from 'linkedom';
import { expect, it } from 'vitest';
import { plantedChanges, tunedResult, typicalTuning } from '../../../test/finetune-fixture.ts';
import { HOSTILE } from '../../../test/report-fixture.ts';
import { renderFinetuneReport } from './index.ts';

const explained = await plantedChanges(['UL']);
const result = tunedResult({ ...typicalTuning, target: HOSTILE.join(' ') });
const heads = [{ task: 'UL', seed: 1, before: explained.UL[0], after: explained.UL[1] }];
const { document } = parseHTML(renderFinetuneReport(result, heads));
const texts = (selector: string): string[] =>
  [...document.querySelectorAll(selector)].map((element) => element.textContent.replace(/\s+/g, ' ').trim());

it('says first what the base preferred, what was learned, and which gaps remain', () => {
  expect(texts('header .findings li > b')).toEqual(['Before.', 'Learned.', 'Change.', 'Gaps.']);
});

it('has before beside after at every length beyond the trained ones', () => {
  const rows = texts('#accuracy > .scroll tbody tr');
  expect(rows).toHaveLength(10);
  expect(rows.find((row) => row.startsWith('NRLast as trained'))).toMatch(
    /^NRLast as trained ?3 of 3 ?1\d\S* → 100 /,
  );
  expect(document.querySelectorAll('#tuned-accuracy .panel').length).toBe(6);
});

it('has the heads before and after where they were explained, and no such part where not', () => {
  expect(texts('#heads h3')[0]).toBe('UL');
  expect(texts('#heads li').join(' ')).toContain('The stronger: the right one before, the left one after.');
  const without = parseHTML(renderFinetuneReport(result)).document;
  expect(without.querySelector('#heads')).toBeNull();
  expect(without.querySelectorAll('nav a').length).toBe(document.querySelectorAll('nav a').length - 1);
});

it('names what others wrote without obeying it', () => {
  expect(document.querySelectorAll('script, main img, iframe').length).toBe(0);
  expect(texts('h1')[0]).not.toBe('');
});
