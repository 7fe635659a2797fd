import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { measurements } from '../../../test/measurement-fixture.ts';
import type { AsymmetryRow, CellRow } from '../../score/tables/rows.ts';
import { readingOf } from '../shared/figures/asymmetries.ts';
import { renderMeasureReport } from './index.ts';
import { gist } from './task.ts';

const documentOf = (name: string): Document => parseHTML(renderMeasureReport(measurements[name])).document;
const clean = (text: string): string => text.replace(/\s+/g, ' ').trim();
const texts = (within: ParentNode, selector: string): string[] =>
  [...within.querySelectorAll(selector)].map((element) => clean(element.textContent));

const ASYMMETRY: AsymmetryRow = {
  kind: 'asymmetry',
  contrast: 'right - left',
  first: 'UR',
  second: 'UL',
  length: 10,
  n: 100,
  paired: true,
  difference: 0,
  low: -0.1,
  high: 0.1,
  p: 1,
  pAdjusted: 1,
};
const CELL: CellRow = {
  kind: 'cell',
  task: '',
  length: 10,
  n: 100,
  correct: 50,
  accuracy: 0.5,
  low: 0.4,
  high: 0.6,
  errors: {},
};

describe('lines in the charts', () => {
  const ends = (document: Document, figure: string, one: RegExp): string[] =>
    [...new Set(texts(document, `#${figure} svg text`).filter((text) => one.test(text)))].toSorted();

  it('end in the task, and of several respondents in what tells these apart', () => {
    expect(ends(documentOf('eleven tasks'), 'contrasts', /^U[RL]\b/)).toEqual(['UL', 'UR']);
    const several = documentOf('three respondents, one that was asked less');
    expect(ends(several, 'contrasts', /^U[RL]\b/)).toEqual([
      ...['UL monday', 'UL other-70b', 'UR again', 'UR monday', 'UR other-70b'],
    ]);
    expect(ends(several, 'alone', /monday|70b|again|flip/)).toEqual(['monday']); // the others were not asked about flip-flop
  });
});

describe('the first screen', () => {
  it('states the finding in one sentence made from the horizons', () => {
    expect(texts(documentOf('eleven tasks'), '.lead')).toEqual([
      'some/model-7b (incomplete: 44 questions failed): shown to reach 90 % up to 60, the longest asked, on UR and UF; up to 10, undecided beyond, on NRFirst, NLFirst, NRLast, NLLast and 3 more; undecided on UL (50 of 60 at 10) and UB (57 of 60 at 10).',
    ]);
    expect(texts(documentOf('one length, and nothing wrong'), '.lead')).toEqual([
      'one: shown to reach 90 % up to 8, the longest asked, on UR.',
    ]);
    expect(texts(documentOf('everything failed'), '.lead')).toEqual([
      'nothing (incomplete: 80 questions failed): nothing was answered: all 80 samples failed.',
    ]);
    expect(texts(documentOf('nothing was asked'), '.lead')).toEqual(['nothing: nothing was asked.']);
  });

  it('has one table, tasks by lengths: n of each cell, not of the row', () => {
    const document = documentOf('eleven tasks');
    expect(texts(document, '.horizons thead th')).toEqual(['task', 'horizon', '@10', '@20', '@40', '@60']);
    const rows = texts(document, '.horizons tbody tr');
    expect(rows).toHaveLength(11);
    expect(rows[0]).toBe('UR look right of a unique key ≥ 60 98.3 98.3 98.3 98.3');
    expect(texts(document, '.horizons caption')[0]).toMatch(
      /at least 90 %\. Up to it, 1 to 4 lengths were asked, depending on the row\. .*n = 60 a cell/,
    );
  });

  it('of one model asked with every prompt says how many, what they decide, and has no row for one that is not for a task', () => {
    const document = documentOf('a model asked with every prompt');
    expect(texts(document, '.lead')[0]).toMatch(
      /^some\/model-7b \(incomplete: pair: 4 questions failed; json: 4 questions failed; and 11 more prompts\), each task asked with 6 to 9 prompts: the prompt decides most on U. at length \d+, from [\d.]+ % right \(.*\) to 9\d.* % \(.* of \d prompts\)\.$/,
    );
    const rows = [...document.querySelectorAll('.horizons tbody')].map(
      (body) => body.querySelectorAll('tr').length,
    );
    expect(rows).toEqual([9, 9, 6, 6]);
    expect(texts(document, '.findings').join()).not.toContain('was not asked');
    expect(texts(document, '.panel-title').filter((title) => title.startsWith('right or left'))).toHaveLength(
      3,
    );
  });

  it('has a row for each respondent, also where one was not asked', () => {
    const document = documentOf('three respondents, one that was asked less');
    const [body] = document.querySelectorAll('.horizons tbody');
    expect(texts(body, 'th')).toEqual([
      'UR look right of a unique key',
      'some/model-7b · monday',
      'other-70b',
      'some/model-7b · again',
    ]);
    expect(texts(document, '.horizons .none')).toContain('not asked');
  });

  it('counts what failed in n, as not right', () => {
    const document = documentOf('everything failed');
    expect(texts(document, '.horizons .value')).toEqual(['< 10', '< 10']);
    expect(texts(document, '#state li')).toEqual([
      'nothing, incomplete: 80 questions failed. The page shows what there is. 80 samples failed and count as not right: 80 × status 500: out of order.',
    ]);
  });

  it('qualifies the horizon: promise, tokens, without unanswered, end of the context, weak places', () => {
    const rows = texts(documentOf('everything that can happen'), '.horizons td.horizon');
    expect(rows[0]).toBe('≥ 60 412 tokens for 90 % of the lengths up to it, at 97.5 % confidence');
    expect(rows[1]).toContain('40 if only answers count');
    expect(rows[3]).toContain('no answer, right or wrong');
    expect(rows[2]).toContain(
      'the context ends there weak at 40–60 % of the source: 24 of 40 right at length 20',
    );
  });
});

describe('the columns of a task', () => {
  it('are there for what happened, and no others', () => {
    const of = (name: string, task = 1): string[] =>
      texts(documentOf(name), `#task-${task} > .scroll thead th`);
    expect(of('one length, and nothing wrong')).toEqual([
      'length',
      'n',
      'right',
      'accuracy',
      '95 % interval',
      'tokens of the prompt',
    ]);
    expect(of('everything that can happen', 2)).toEqual([
      'length',
      'n',
      'right',
      'wrong',
      'truncated',
      'withheld',
      'refused',
      'failed',
      'accuracy',
      '95 % interval',
      'of those answered',
      'exact',
      'retrieved',
      'extra text',
      'chance',
      'tokens of the prompt',
    ]);
  });

  it('add up: right, wrong and what is no answer make n', () => {
    const input = measurements['everything that can happen'];
    const document = documentOf('everything that can happen');
    const head = texts(document, '#task-2 > .scroll thead th');
    const parts = ['right', 'wrong', 'truncated', 'withheld', 'refused', 'failed'].map((name) =>
      head.indexOf(name),
    );
    for (const row of document.querySelectorAll('#task-2 > .scroll tbody tr')) {
      const cells = texts(row, 'th, td').map((text) => Number(text.replace(',', '')));
      const sum = parts.filter((place) => place !== -1).reduce((total, place) => total + cells[place], 0);
      expect(sum).toBe(cells[head.indexOf('n')]);
    }
    expect(input.respondents[0].rows.some(({ withheld = 0 }) => withheld > 0)).toBe(true);
  });

  it('head the interval by its own level', () => {
    const document = documentOf('lengths that were searched, and killed meanwhile');
    expect(texts(document, '#task-1 > .scroll thead th')).toContain('97.5 % interval');
    const mixed = documentOf('three respondents, one that was asked less');
    expect(texts(mixed, '#task-1 > .scroll thead th')).toContain('interval (at its level)');
    expect(texts(mixed, '#task-1 > .scroll td').join(' ')).toMatch(/\(97\.5 %\)/);
  });
});

describe('where in the source', () => {
  const document = documentOf('everything that can happen');
  const [table] = document.querySelectorAll('#task-3 .places');

  it('is a table of length by place, with accuracy, interval and n in each cell', () => {
    expect(texts(table, 'thead th')).toEqual([
      'length',
      '0–20 %',
      '20–40 %',
      '40–60 %',
      '60–80 %',
      '80–100 %',
    ]);
    expect(table.querySelectorAll('tbody tr').length).toBe(4);
    const cells = texts(table, 'tbody td');
    for (const cell of cells) expect(cell).toMatch(/^[\d.]+ % (weak )?[\d.]+–[\d.]+ % 40$/);
    expect(cells.flatMap((cell, at) => (cell.includes('weak') ? [at] : []))).toEqual([5 + 2]);
  });

  it('names the weak place in words', () => {
    expect(texts(document, '#task-3 .warning')).toEqual([
      'Weak places: below 90 % at 40–60 % of the source at length 20 (60 % right, 45–74 %, n = 40).',
    ]);
  });

  it('is not there where no places are known', () => {
    expect(texts(documentOf('eleven tasks'), '.places')).toEqual([]);
  });
});

describe('pairs of tasks that differ in one thing only', () => {
  const document = documentOf('eleven tasks');

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

  it('say what a difference shows, and that two cells that guess or are both right show none', () => {
    const of = (row: Partial<AsymmetryRow>, first: Partial<CellRow>, second: Partial<CellRow>): string =>
      readingOf(
        { ...ASYMMETRY, ...row },
        { cellsOf: (task) => [{ ...CELL, ...(task === 'UR' ? first : second) }] },
      );
    expect(of({ low: 0.1, high: 0.3 }, {}, {})).toBe('UR is better');
    expect(of({ low: -0.3, high: -0.1 }, {}, {})).toBe('UL is better');
    expect(of({}, { low: 0.05, chance: 0.1 }, { low: 0.08, chance: 0.1 })).toBe('neither above chance');
    expect(of({}, { low: 0.05, chance: 0.1 }, { low: 0.2, chance: 0.1 })).toBe('not told apart');
    const high = { accuracy: 0.97, high: 0.995 };
    expect(of({}, { low: 0.95, ...high }, { low: 0.94, ...high })).toBe('both at the ceiling');
    const below = { low: 0, high: 0.01, chance: 0.5 };
    expect(of({}, below, below)).toBe('neither above chance');
    expect(of({}, {}, {})).toBe('not told apart');
    const seeds = [0.9, -0.7, 0.3].map((difference, i) => ({ seed: i + 1, difference, n: 100 }));
    expect(of({ low: -0.79, high: 0.89, seeds }, {}, {})).toBe(
      '3 seeds say too little about others; seeds: +90 %, −70 %, +30 %',
    );
    expect(of({ low: -0.4, high: 0.6, seeds: [...seeds, ...seeds] }, {}, {})).toMatch(/^not told apart; /);
  });

  it('fit their axis to the data', () => {
    const wide = document.querySelector('#asymmetries .drawing.wide svg');
    const ticks = texts(wide!, 'text').filter((text) => /^[+−\d.]+ %$/.test(text));
    expect(ticks).toContain('0 %');
    expect(ticks).not.toContain('+100 %');
  });

  it('have their differences with intervals, paired where the sources are the same, with corrected p', () => {
    const rows = [...document.querySelectorAll('#asymmetries tbody tr')].map((row) => texts(row, 'th, td'));
    const of = (operations: string): string[][] => rows.filter(([first]) => first === operations);
    expect(of('UR − UL').map((row) => row.at(2))).toEqual(['10', '20', '40', '60', 'all']);
    expect(of('UR − UL').map((row) => row.at(-2))).toEqual(Array.from({ length: 5 }, () => 'paired'));
    const unpaired = Array.from({ length: 5 }, () => ['–', '–', 'unpaired']);
    expect(of('UF − NF').map((row) => row.slice(-4, -1))).toEqual(unpaired);
    const tested = of('UR − UL').map((row) => [Number(row[6]), Number(row[7])]);
    const comparable = tested.filter(([p, corrected]) => p > 0 && p < 1 && corrected < 1);
    expect(comparable).not.toEqual([]);
    for (const [p, corrected] of comparable) expect(corrected).toBeGreaterThan(p);
  });
});

describe('examples of errors', () => {
  it('align a copy with its source: what is missing in brackets, what came instead struck through', () => {
    const document = documentOf('eleven tasks');
    const section = document.querySelector('#task-8'); // UB
    const [first] = section?.querySelectorAll('.aligned') ?? [];
    expect(texts(first, '.rows span')).toEqual(['source ←', 'right', 'came']);
    const [missing] = first.querySelectorAll('.differs');
    expect(texts(missing, '.due')[0]).toMatch(/^\[.\]$/);
    expect(texts(missing, '.quiet')).toEqual(['∅']);
    expect(texts(first, 'del')).toEqual(['?']);
  });

  it('mark in the source of a look-up which is the query and which the right answer', () => {
    const document = documentOf('eleven tasks');
    const [first] = document.querySelectorAll('#task-2 .aligned');
    expect(texts(first, '.role').filter((role) => role !== '')).toEqual(['right', 'query']);
  });

  it('show everything that came where more than the answer did, and what was cut off', () => {
    const document = documentOf('lines, and a task in no contrast');
    expect(texts(document, '.examples .kind').join()).toMatch(/cut off by a limit/);
    expect(document.querySelector('.aligned.lines')).not.toBeNull();
  });
});

describe('a prompt that a pilot chose', () => {
  const document = documentOf('a prompt that a pilot chose');

  it('is named, and so is what the others reached', () => {
    expect(texts(document, '#pilot-heading + .gist')).toEqual([
      'UR, UL: asked by “pair”, the best of 2 prompts in a pilot.',
    ]);
    expect([...document.querySelectorAll('#pilot tbody tr')].map((row) => texts(row, 'th, td'))).toEqual([
      ['UR, UL', 'pair', 'UR', '16', '12', '75 %', 'yes'],
      ['UR, UL', 'pair', 'UL', '16', '4', '25 %', 'yes'],
      ['UR, UL', 'json', 'UR', '8', '1', '12.5 %', ''],
      ['UR, UL', 'json', 'UL', '8', '0', '0 %', ''],
    ]);
  });

  it('is in no n', () => {
    expect(texts(document, '.horizons caption')[0]).toMatch(/n = 40 a cell/);
    expect(texts(document, '#pilot caption')[0]).toMatch(/in no n of this page/);
  });

  it('is not spoken of where prompts were named', () => {
    expect(documentOf('eleven tasks').querySelector('#pilot')).toBeNull();
  });
});

describe('a comparison', () => {
  const input = measurements['three respondents, one that was asked less'];
  const document = documentOf('three respondents, one that was asked less');

  it('says what differs between the two sides', () => {
    expect(texts(document, '#notes li')).toEqual(input.notes);
  });

  it('states n, and which tests hold after a search', () => {
    expect(texts(document, '#comparison tbody tr')).toHaveLength(input.comparisons.length);
    expect(texts(document, '#comparison figcaption')[0]).toMatch(
      /are those that hold whenever a search stops\.$/,
    );
  });
});

describe('an output without an end', () => {
  it('makes no large page, and is named where it is shown', () => {
    const text = renderMeasureReport(measurements['outputs without an end']);
    expect(text.length).toBeLessThan(200_000);
    expect(text).toContain('x⟨U+200B⟩x⟨U+200B⟩');
  });
});

describe('chance', () => {
  it('is explained for copies, too', () => {
    const said = texts(documentOf('everything that can happen'), '#horizons dl div');
    expect(said.find((text) => text.startsWith('chance'))).toMatch(/for a copy, the symbols .* in any order/);
  });
});

describe('to repeat it', () => {
  it('there are the command, the endpoint, the prompts, versions and costs', () => {
    const repeat = clean(documentOf('eleven tasks').querySelector('#repeat')?.textContent ?? '');
    expect(repeat).toMatch(
      /lengthwise measure --endpoint http:\/\/127.0.0.1:8000\/v1 --model some\/model-7b --task UR,UL,.* --header 'X-Team: …' --api completions/,
    );
    expect(repeat).toMatch(/counts tokens: yes.*requests 2,640.*paper, for UR, UL.*"stop"/);
    expect(repeat).toMatch(/0\.1\.0/);
  });

  it('says when the measurement was killed', () => {
    const document = documentOf('lengths that were searched, and killed meanwhile');
    expect(texts(document, '#state li')[0]).toMatch(/^searched, incomplete: still running, or killed\./);
    expect(texts(document, '.lead')[0]).toMatch(/^searched \(incomplete: still running, or killed\): /);
    expect(texts(document, '#horizons dt')).toContain('searched');
  });
});

describe('what went wrong beyond the horizon, in a few words', () => {
  const horizon = {
    kind: 'horizon',
    task: 'UR',
    threshold: 0.9,
    length: 5,
    censored: false,
    high: 5,
  } as const;

  it.each([
    [{ 'other-side': 22, elsewhere: 21 }, 'Horizon 5. Beyond it mostly: other side (22 of 43 not right).'],
    [{ elsewhere: 20, 'other-side': 15, 'not-in-source': 8 }, 'most often: elsewhere (20 of 43 not right).'],
    [
      { elsewhere: 21, 'not-in-source': 21, 'other-side': 1 },
      'most often: elsewhere and not in the source (21 each of 43 not right).',
    ],
  ])('%j', (errors, says) => {
    const cells = [{ ...CELL, correct: 57, errors }];
    expect(gist({ horizon, cells })).toContain(says);
  });

  it.each([
    ['truncated', 'mostly: truncated (38 of 40 not right).'],
    ['withheld', 'mostly: withheld (38 of 40 not right).'],
    ['refused', 'mostly: refused (38 of 40 not right).'],
    ['failed', 'mostly: failed (38 of 40 not right).'],
  ])('counts answers that are %s beside kinds of errors', (outcome, says) => {
    const cells = [{ ...CELL, n: 60, correct: 20, errors: { 'other-side': 2 }, [outcome]: 38 }];
    expect(gist({ horizon, cells })).toContain(says);
  });

  it('adds up shares of samples that were asked several times', () => {
    const cells = [{ ...CELL, correct: 96, errors: { elsewhere: 1.5 }, truncated: 2.5 }];
    expect(gist({ horizon, cells })).toContain('mostly: truncated (2.5 of 4 not right).');
  });

  it('says nothing of wrong answers without a kind, as forced ones are', () => {
    const cells = [{ ...CELL, correct: 60, errors: {}, forced: true, failed: 2 } as const];
    expect(gist({ horizon, cells })).toBe('Horizon 5.');
  });
});
