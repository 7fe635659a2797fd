import { parseHTML } from 'linkedom';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MeasureItem, ReportInput, StudyItem } from '../../study/rows.ts';
import {
  asked,
  changed,
  hostileStudy,
  studyRows,
  typical,
  unfinishedStudy,
} from '../../../test/report-fixture.ts';
import { measurements } from '../../../test/measurement-fixture.ts';
import { renderMeasureReport, renderReport } from '../index.ts';

const documentOf = (text: string): Document => parseHTML(text).document;
const texts = (within: ParentNode, selector: string): string[] =>
  [...within.querySelectorAll(selector)].map((element) => clean(element.textContent));
/** Elements without an end. */
const VOID = ['meta', 'link', 'br', 'hr'];
const clean = (text: string): string => text.replace(/\s+/g, ' ').trim();

const studies: Readonly<Record<string, ReportInput>> = {
  typical: studyRows(typical),
  'one task, one model, one seed': studyRows({
    tasks: ['UR'],
    models: [{ name: 'ape', positions: 'ape' }],
    seeds: [1],
  }),
  'eight models: more than there are colours': studyRows({
    tasks: ['UF'],
    models: Array.from({ length: 8 }, (_, i) => ({ name: `model ${i}`, positions: 'ape' })),
    seeds: [1],
  }),
  'asked within the training range only': studyRows({ ...typical, lengths: [5, 10] }),
  'not begun': changed(studyRows(typical), (item) => ({
    ...item,
    state: 'waiting',
    seconds: null,
    rows: [],
  })),
  'nothing planned': { ...studyRows(typical), items: [] },
  'interrupted, with a failure': unfinishedStudy(),
  'trained models beside respondents': studyRows(asked),
  'respondents only': studyRows({ ...asked, models: [] }),
  'respondents that never answered': changed(studyRows({ ...asked, models: [] }), (item) =>
    item.kind === 'ask'
      ? { ...item, state: 'failed', error: 'connect ECONNREFUSED 127.0.0.1:8000', rows: [], examples: [] }
      : item,
  ),
  'cells without an answer': studyRows({ ...typical, n: 0 }),
  hostile: hostileStudy(),
  'theory knows nothing': studyRows({ ...typical, verdict: () => 'unknown' }),
  'a task that this version has no words for': changed(studyRows({ ...typical, tasks: ['UR'] }), (item) => ({
    ...item,
    task: 'table-lookup',
  })),
};

const reports: Readonly<Record<string, () => string>> = {
  ...Object.fromEntries(
    Object.entries(studies).map(([name, input]) => [`of a study: ${name}`, () => renderReport(input)]),
  ),
  ...Object.fromEntries(
    Object.entries(measurements).map(([name, input]) => [
      `of a measurement: ${name}`,
      () => renderMeasureReport(input),
    ]),
  ),
};

describe.each(Object.entries(reports))('a report %s', (_, render) => {
  const text = render();
  const document = documentOf(text);

  it('is the same whenever it is rendered', () => {
    expect(render()).toBe(text);
  });

  it('loads nothing from anywhere', () => {
    const loading =
      'script, iframe, object, embed, img, video, audio, source, base, form, [style], [srcset], [background], [ping]';
    expect(texts(document, loading)).toEqual([]);
    expect(
      [...document.querySelectorAll('link')].map((link) => link.getAttribute('href')?.slice(0, 5)),
    ).toEqual(['data:']);
    for (const element of document.querySelectorAll('[src], [href], [action], [xlink\\:href]')) {
      const address = element.getAttribute('href') ?? element.getAttribute('src') ?? '';
      expect(address).toMatch(/^(#|data:image)/);
    }
    const style = texts(document, 'style').join('');
    expect(style).not.toMatch(/url\(|@import|http/);
    const policy = document.querySelector('meta[http-equiv]')?.getAttribute('content') ?? '';
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; img-src data:;/);
  });

  it('closes every element that it opens, in order', () => {
    const open: string[] = [];
    for (const [, slash, name, self] of text.matchAll(
      /<(\/?)([a-zA-Z0-9]+)(?:\s+[^\s<>"/=]+(?:="[^"]*")?)*\s*(\/?)>/g,
    )) {
      if (VOID.includes(name) || self === '/') continue;
      if (slash === '') open.push(name);
      else expect(open.pop()).toBe(name);
    }
    expect(open).toEqual([]);
    expect(text.match(/<(?![a-zA-Z/!])/)).toBeNull();
  });

  it('has no attribute that runs anything', () => {
    for (const element of document.querySelectorAll('*')) {
      for (const { name } of element.attributes) expect(name).not.toMatch(/^on/i);
    }
  });

  it('gives each id once, and every anchor leads somewhere', () => {
    const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const link of document.querySelectorAll('a[href^="#"]')) {
      expect(ids).toContain(link.getAttribute('href')?.slice(1));
    }
    for (const element of document.querySelectorAll('[aria-labelledby]')) {
      expect(ids).toContain(element.getAttribute('aria-labelledby'));
    }
  });

  it('has a table with a caption, a header and as many cells as columns in each row, under every figure', () => {
    for (const figure of document.querySelectorAll('figure:not(#horizons)')) {
      expect(figure.querySelectorAll('details table')).toHaveLength(1);
      expect(clean(figure.querySelector('figcaption')?.textContent ?? '')).not.toBe('');
      for (const svg of figure.querySelectorAll('.drawing > svg')) {
        expect(svg.getAttribute('role')).toBe('img');
        expect(svg.getAttribute('aria-label')).toBeTruthy();
      }
    }
    for (const table of document.querySelectorAll('.scroll table')) {
      expect(texts(table, 'caption')).toHaveLength(1);
      const columns = table.querySelectorAll('thead th').length;
      for (const row of table.querySelectorAll('tbody tr')) expect(row.children).toHaveLength(columns);
    }
  });

  it('draws no shade beyond the axes', () => {
    for (const shade of document.querySelectorAll('.drawing [fill="var(--shade)"] rect')) {
      const [, , width] = shade.closest('svg')?.getAttribute('viewBox')?.split(' ').map(Number) ?? [];
      const right = Number(shade.getAttribute('x')) + Number(shade.getAttribute('width'));
      expect(right).toBeLessThanOrEqual(width);
    }
  });

  it('draws no coordinate that is no number', () => {
    for (const element of document.querySelectorAll('svg *')) {
      for (const { name, value } of element.attributes)
        expect(`${name}=${value}`).not.toMatch(/NaN|undefined|Infinity/);
    }
  });

  it('has headings that go down one level at a time', () => {
    const levels = [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map((heading) =>
      Number(heading.tagName[1]),
    );
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    for (let i = 1; i < levels.length; i++) expect(levels[i]).toBeLessThanOrEqual(levels[i - 1] + 1);
  });
});

describe.each(Object.entries(studies))('a report of a study: %s', (_, input) => {
  it('names every planned item', () => {
    const hashes = texts(documentOf(renderReport(input)), '#repeat code');
    for (const { hash } of input.items) expect(hashes).toContain(hash);
  });
});

describe('the summary', () => {
  const document = documentOf(renderReport(studies.typical));
  const rows = texts(document, '.summary tbody tr');

  it('says in one row what was measured, what theory says, and whether they agree', () => {
    expect(rows).toMatchInlineSnapshot(`
      [
        "UR look right of a unique key",
        "ape trained on 1–20 ≥ 60 in ✓ agrees Holds to 3× the trained length: at every tested length, up to 60. As theory says. 3,600",
        "rope trained on 1–20 ≥ 60 in ✓ agrees Holds to 3× the trained length: at every tested length, up to 60. As theory says. 3,600",
        "UL look left of a unique key",
        "ape trained on 1–20 ≥ 60 in ✓ agrees Holds to 3× the trained length: at every tested length, up to 60. As theory says. 3,600",
        "rope trained on 1–20 ≥ 60 in ✓ agrees Holds to 3× the trained length: at every tested length, up to 60. As theory says. 3,600",
        "NRLast look right of the last occurrence",
        "ape trained on 1–20 20 out ✓ agrees Holds at the trained lengths, fails beyond them (45.5 % at length 30). As theory says. 3,600",
        "rope trained on 1–20 ≥ 60 out ✗ disagrees Holds to 3× the trained length: at every tested length, up to 60. Theory says that some longer length breaks it. 3,600",
        "UF copy, all symbols different",
        "ape trained on 1–20 20 in ✗ disagrees Holds at the trained lengths, fails beyond them (79.8 % at length 30). Theory says that it can hold. 3,600",
        "rope trained on 1–20 20 in ✗ disagrees Holds at the trained lengths, fails beyond them (4.7 % at length 30). Theory says that it can hold. 3,600",
      ]
    `);
  });

  it('tells how many answers each row rests on', () => {
    expect(texts(document, '.summary .number').slice(1)).toEqual(Array.from({ length: 8 }, () => '3,600'));
  });
});

describe('where theory and measurement disagree', () => {
  it('is said before any task, one group for each way, with what may explain it', () => {
    const document = documentOf(renderReport(studies.typical));
    const box = document.querySelector('#disagreements');
    expect(texts(box!, 'h3')).toEqual([
      'Theory says out, but it held at every tested length',
      'Theory says in, but it didn’t hold beyond the trained lengths',
    ]);
    expect(texts(box!, '.findings li')).toMatchInlineSnapshot(`
      [
        "NRLast, rope: Holds to 3× the trained length: at every tested length, up to 60.",
        "UF, ape: Holds at the trained lengths, fails beyond them (79.8 % at length 30).",
        "UF, rope: Holds at the trained lengths, fails beyond them (4.7 % at length 30).",
      ]
    `);
    expect(texts(box!, '.explanations b')).toMatchInlineSnapshot(`
      [
        "Length:",
        "Instances:",
        "Threshold:",
        "Idealised learner:",
        "Training length:",
        "Steps:",
        "Seeds:",
        "Size:",
        "Positions:",
        "Idealised learner:",
      ]
    `);
    const order = [...document.querySelectorAll('section')].map((section) => section.id);
    expect(order.slice(0, 3)).toEqual(['summary', 'disagreements', 'task-1']);
  });

  it('is not there when they agree', () => {
    expect(
      documentOf(renderReport(studies['theory knows nothing'])).querySelector('#disagreements'),
    ).toBeNull();
  });
});

describe('what is missing', () => {
  const document = documentOf(renderReport(studies['interrupted, with a failure']));

  it('is said first, failures with their cause', () => {
    expect(texts(document, '#state p, #state li')).toMatchInlineSnapshot(`
      [
        "19 of 52 items done, 32 still to do, 1 failed. What follows is what there is; rows without a result stay in the tables.",
        "train · UR · ape · seed 1: the loss became NaN at step 120 69fd711d2f76",
      ]
    `);
  });

  it('leaves its row in the summary', () => {
    const rows = texts(document, '.summary tbody tr');
    expect(rows.filter((row) => /^(ape|rope) /.test(row))).toHaveLength(8);
    expect(rows.filter((row) => row.includes('Not measured yet'))).not.toHaveLength(0);
  });
});

describe('real errors', () => {
  const document = documentOf(renderReport(studies.typical));

  it('are three for each model that erred, the query framed wherever it stands', () => {
    const lists = [...document.querySelectorAll('#task-3 .examples ol')];
    expect(lists.map((list) => list.children.length)).toEqual([3]);
    for (const item of lists[0].children) {
      const [source, query] = item.querySelectorAll('.symbols');
      const name = clean(query.textContent);
      expect(texts(source, 'mark').every((mark) => mark === name)).toBe(true);
      expect(texts(source, 'bdi')).not.toContain(name);
    }
  });

  it('of copies frame the first wrong place, and leave out what is far from it', () => {
    for (const item of document.querySelectorAll('#task-4 .examples li')) {
      const [, right, said] = item.querySelectorAll('.symbols');
      expect(texts(right, 'mark').length + texts(said ?? item, 'mark').length).toBeGreaterThan(0);
      expect(texts(item, '.symbols > *').length).toBeLessThan(120);
    }
  });
});

describe('escaping', () => {
  it('shows hostile names as they are, or by their code, and makes no element of them', () => {
    const document = documentOf(renderReport(studies.hostile));
    expect(texts(document, 'b').filter((text) => text === '')).toEqual([]);
    expect(document.querySelector('h1')?.textContent).toContain('</script><script>alert(1)</script>');
    expect(document.querySelector('h1')?.textContent).toContain('\\u202egnirts\\u0000\\u0007');
  });

  it('holds for any text: what comes out is what went in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
        const { document } = parseHTML(renderReport({ ...studies['nothing planned'], name }));
        const shown = document.querySelector('h1')?.textContent ?? '';
        expect(clean(shown)).toBe(
          clean(
            name.replace(
              /[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]|(?![\t\n\r])\p{Cc}/gu,
              (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
            ),
          ),
        );
      }),
    );
  });
});

describe('size', () => {
  it('a study of 60 models stays under 5 MB', () => {
    const tasks = ['UL', 'UR', 'NLFirst', 'NRFirst', 'NLLast', 'NRLast', 'UF', 'UB', 'NF', 'NB'];
    const models = (['ape', 'rope'] as const).map((name) => ({ name, positions: name }));
    const text = renderReport(studyRows({ tasks, models, seeds: [1, 2, 3], n: 50, decay: () => 1 }));
    expect(text.length).toBeLessThan(5e6);
  });

  it('does not grow with the length of symbols, sources and curves', () => {
    const long = 'x'.repeat(100_000);
    const input = changed(studies['one task, one model, one seed'], (item): StudyItem => {
      if (item.kind === 'measure')
        return {
          ...item,
          examples: item.examples.map((row) => ({
            ...row,
            output: [long],
            source: Array.from({ length: 5000 }, () => long),
          })),
        };
      if (item.kind !== 'train') return item;
      const [first] = item.rows;
      return {
        ...item,
        rows: Array.from({ length: 20_000 }, (_, i) => ({ ...first, step: i + 1 })) as typeof item.rows,
      };
    });
    expect((input.items[2] as MeasureItem).examples).not.toHaveLength(0);
    expect(renderReport(input).length).toBeLessThan(500_000);
  });
});
