import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { measurements } from '../../../test/measurement-fixture.ts';
import { renderMeasureReport } from './index.ts';
import { signed } from './differences.ts';

const documentOf = (name: string): Document => parseHTML(renderMeasureReport(measurements[name])).document;
const clean = (text: string): string => text.replace(/\s+/g, ' ').trim();
const texts = (within: ParentNode, selector: string): string[] =>
  [...within.querySelectorAll(selector)].map((element) => clean(element.textContent));

describe('the horizon table', () => {
  it('is the first figure: a line an operation, with interval, n, truncated and failed', () => {
    const document = documentOf('eleven operations');
    const [first] = document.querySelectorAll('figure');
    expect(first.id).toBe('horizons');
    expect(texts(first, 'thead th')).toEqual([
      'Operation',
      'Horizon',
      'Interval',
      'Beyond it, mostly',
      'n',
      'Truncated',
      'Failed',
    ]);
    const rows = texts(first, 'tbody tr');
    expect(rows).toHaveLength(11);
    expect(rows[0]).toBe('UR look right of a unique key ≥ 60 60 or more – 156 0 4');
    expect(rows[1]).toMatch(/^UL look left of a unique key < 10 0–10 not in the source .* 156 \d+ 4$/);
  });

  it('has a line for each respondent below its operation, also where one was not asked', () => {
    const document = documentOf('three respondents, another prompt, another seed');
    const [body] = document.querySelectorAll('#horizons tbody');
    expect(texts(body, 'th')).toEqual([
      'UR look right of a unique key',
      'some/model-7b · fixture',
      'other-70b',
      'some/model-7b · again',
    ]);
    expect(texts(document, '#horizons .none')).toContain('not asked');
  });

  it('tells nothing of what was not answered', () => {
    const document = documentOf('no answer at all');
    expect(texts(document, '#horizons .value')).toEqual(['no answers', 'no answers']);
    expect(texts(document, '#state li')).toEqual([
      'some/model-7b: 80 questions got no answer, and are in no average: 80 × status 500: out of order.',
    ]);
  });
});

describe('pairs of operations that differ in one thing only', () => {
  const document = documentOf('eleven operations');

  it('stand in one figure, a panel a pair', () => {
    expect(texts(document, '#contrasts .panel-title')).toEqual([
      'right or left: UR, UL',
      'right or left: NRFirst, NLFirst',
      'right or left: NRLast, NLLast',
      'first or last: NLFirst, NLLast',
      'first or last: NRFirst, NRLast',
      'forward or backward: UF, UB',
      'forward or backward: NF, NB',
      'unique or repeated: UF, NF',
      'unique or repeated: UB, NB',
    ]);
    expect(texts(document, '#alone .panel-title')).toEqual(['flip-flop']);
  });

  it('have their differences with intervals, paired where the sources are the same, with corrected p', () => {
    const rows = [...document.querySelectorAll('#asymmetries tbody tr')].map((row) => texts(row, 'th, td'));
    const of = (operations: string): string[][] => rows.filter(([first]) => first === operations);
    expect(of('UR − UL').map((row) => row.at(2))).toEqual(['10', '20', '40', '60', 'all']);
    expect(of('UR − UL').map((row) => row.at(-1))).toEqual(Array.from({ length: 5 }, () => 'paired'));
    const unpaired = Array.from({ length: 5 }, () => ['–', '–', 'unpaired']);
    expect(of('UF − NF').map((row) => row.slice(-3))).toEqual(unpaired);
    const input = measurements['eleven operations'].respondents[0].asymmetries;
    const row = input.find(({ first, second, length }) => first === 'UR' && second === 'UL' && length === 40);
    expect(row?.p).toBeLessThan(row?.pAdjusted ?? 0);
  });
});

describe('examples of errors', () => {
  it('align a copy with its source: what is missing in brackets, what came instead struck through', () => {
    const document = documentOf('eleven operations');
    const section = document.querySelector('#task-8'); // UB
    const [first] = section?.querySelectorAll('.aligned') ?? [];
    expect(texts(first, '.rows span')).toEqual(['source ←', 'right', 'came']);
    const [missing] = first.querySelectorAll('.differs');
    expect(texts(missing, '.due')[0]).toMatch(/^\[.\]$/);
    expect(texts(missing, '.quiet')).toEqual(['∅']);
    expect(texts(first, 'del')).toEqual(['?']);
  });

  it('mark in the source of a look-up which is the query and which the right answer', () => {
    const document = documentOf('eleven operations');
    const [first] = document.querySelectorAll('#task-2 .aligned');
    expect(texts(first, '.role').filter((role) => role !== '')).toEqual(['right', 'query']);
  });

  it('show everything that came where more than the answer did, and what was cut off', () => {
    const document = documentOf('lines, and a task in no contrast');
    expect(texts(document, '.examples .kind').join()).toMatch(/cut off by a limit/);
    expect(document.querySelector('.aligned.lines')).not.toBeNull();
  });
});

describe('a comparison', () => {
  const input = measurements['three respondents, another prompt, another seed'];
  const document = documentOf('three respondents, another prompt, another seed');

  it('says what is not the same on both sides', () => {
    const notes = texts(document, '#notes li');
    expect(notes).toEqual(input.notes);
    expect(notes.join('\n')).toMatch(/not asked in the same words: UR \(bare and simple-rule\)/);
    expect(notes.join('\n')).toMatch(
      /UR was asked at different lengths: only .* at 20, 60; only other-70b at 62/,
    );
    expect(notes.join('\n')).toMatch(/different instances of UR, UF/);
    expect(notes.join('\n')).toMatch(/for a horizon at 50 %; shown is the one at 90 %/);
    expect(notes.join('\n')).toMatch(/Lengths were chosen by the answers/);
  });

  it('states n: pairs where the instances are the same, all answers where they are not', () => {
    const rows = input.comparisons.filter(({ task, length }) => task === 'UR' && length === 10);
    expect(rows.map(({ n, paired, answers }) => ({ n, paired, answers }))).toEqual([
      { n: 29, paired: true, answers: [39, 29] },
      { n: 39, paired: false, answers: [39, 39] },
    ]);
    expect(texts(document, '#comparison tbody tr')).toHaveLength(input.comparisons.length);
  });
});

describe('to repeat it', () => {
  it('there are the command, the endpoint, the prompts, versions and costs', () => {
    const repeat = clean(documentOf('eleven operations').querySelector('#repeat')?.textContent ?? '');
    expect(repeat).toMatch(
      /lengthwise measure --endpoint http:\/\/127.0.0.1:8000\/v1 --model some\/model-7b --task UR,UL,.* --header 'X-Team: …' --api completions/,
    );
    expect(repeat).toMatch(/counts tokens: yes.*requests 1,760.*bare, for UR, UL.*"stop"/);
    expect(repeat).toMatch(/0\.1\.0/);
  });

  it('says when the measurement was killed', () => {
    const document = documentOf('lengths that were searched, and killed meanwhile');
    expect(texts(document, '#state li')[0]).toMatch(/runs still, or was killed/);
    expect(texts(document, '#horizons dt')).toContain('searched');
  });
});

it.each([
  [0.125, '+12.5 %'],
  [-0.03, '−3 %'],
  [0, '0 %'],
  [-0.0001, '0 %'],
])('the difference %d is written %s', (difference, text) => {
  expect(signed(difference)).toBe(text.replace(' ', '\u202f'));
});
