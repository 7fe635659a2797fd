import { parseHTML } from 'linkedom';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MeasureItem, ReportInput, StudyItem } from '../../study/rows.ts';
import {
  asked,
  changed,
  HOSTILE,
  hostileStudy,
  studyRows,
  typical,
  unfinishedStudy,
} from '../../../test/report-fixture.ts';
import { plantedChanges, tunedResult, tunedStudy, typicalTuning } from '../../../test/finetune-fixture.ts';
import { measurements } from '../../../test/measurement-fixture.ts';
import { legible } from '../../common/legible.ts';
import { renderFinetuneReport } from '../finetune/index.ts';
import { renderExplainReport, renderMeasureReport, renderReport } from '../index.ts';
import { explanations } from '../../../test/explanation-fixture.ts';

const documentOf = (text: string): Document => parseHTML(text).document;
const texts = (within: ParentNode, selector: string): string[] =>
  [...within.querySelectorAll(selector)].map((element) => clean(element.textContent));
/** Elements without an end. */
const VOID = ['meta', 'link', 'br', 'hr'];
const clean = (text: string): string => text.replace(/\s+/g, ' ').trim();

const explained = await plantedChanges(['UR', 'UL']);
const ofFile = { ...typicalTuning, target: HOSTILE.join(' '), ownBases: false, text: true, seeds: [1] };
const changedHeads = (['UR', 'UL'] as const).map((task) => ({
  ...{ task, seed: 1, before: explained[task][0], after: explained[task][1] },
}));

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
  'pretrained and fine-tuned': tunedStudy({ plan: typicalTuning, explained }),
  'fine-tuned from a file, of a hostile name': tunedStudy({ plan: ofFile, explained }),
  'fine-tuned, not begun': {
    ...changed(tunedStudy({ plan: typicalTuning, explained }), (item): StudyItem => ({
      ...item,
      ...{ state: 'waiting', seconds: null, rows: [] },
    })),
    tuned: [],
  },
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
  ...Object.fromEntries(
    Object.entries(explanations).map(([name, input]) => [
      `of an explanation: ${name}`,
      () => renderExplainReport(input),
    ]),
  ),
  'of a fine-tuning': () => renderFinetuneReport(tunedResult(typicalTuning), changedHeads),
  'of a fine-tuning of text, hostile': () => renderFinetuneReport(tunedResult(ofFile)),
  'of a fine-tuning that was not measured': () => {
    const { models, ...result } = tunedResult(ofFile);
    const unmeasured = models.map((model) => ({ ...model, cells: [], perplexity: null }));
    return renderFinetuneReport({ ...result, models: unmeasured, before: [], perplexity: null, gaps: [] });
  },
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
      else if (open.pop() !== name) expect.fail(`</${name}> closes what is not open`);
    }
    expect(open).toEqual([]);
    expect(text.match(/<(?![a-zA-Z/!])/)).toBeNull();
  });

  it('has no attribute that runs anything', () => {
    const names = [...document.querySelectorAll('*')].flatMap((element) =>
      [...element.attributes].map(({ name }) => name),
    );
    expect([...new Set(names)].filter((name) => /^on/i.test(name))).toEqual([]);
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
    for (const figure of document.querySelectorAll('figure')) {
      expect(figure.querySelectorAll('details table').length).toBe(1);
      expect(clean(figure.querySelector('figcaption')?.textContent ?? '')).not.toBe('');
      for (const svg of figure.querySelectorAll('.drawing > svg')) {
        expect(svg.getAttribute('role')).toBe('img');
        expect(svg.getAttribute('aria-label')).toBeTruthy();
      }
    }
    for (const table of document.querySelectorAll('.scroll table')) {
      expect(texts(table, 'caption')).toHaveLength(1);
      const columns = table.querySelectorAll('thead th').length;
      for (const body of table.querySelectorAll('tbody')) {
        // A task's name stands beside all of its models.
        const spanning = Number(body.querySelector('[rowspan]')?.getAttribute('rowspan') ?? 0);
        for (const [i, row] of [...body.querySelectorAll('tr')].entries())
          expect(row.children.length).toBe(columns - (i > 0 && i < spanning ? 1 : 0));
      }
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
    const drawings = [...document.querySelectorAll('svg')].map((svg) => svg.outerHTML);
    const faults = drawings.flatMap((text) => text.match(/="[^"]*(NaN|undefined|Infinity)[^"]*"/g) ?? []);
    expect(faults).toEqual([]);
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

describe('the first screen', () => {
  const document = documentOf(renderReport(studies.typical));

  it('states the finding in one sentence made from the numbers, and how far the theorem reaches', () => {
    expect(texts(document, 'header .lead')).toEqual([
      'Theory was right for 5 of 8 cases (a task and a model): what it calls in (UR by ape, UR by rope, UL by ape and UL by rope) held to 3× the trained length, the longest asked; what it calls out (NRLast by ape) failed at some length beyond the trained ones. Exceptions: NRLast by rope (out) held at every length asked; UF by ape (in) failed beyond the trained lengths; UF by rope (in) failed beyond the trained lengths.',
    ]);
    expect(texts(document, 'header .byline')).toEqual([
      'The theorem that in can be learned for every length (by an idealised learner) covers learned absolute positions (ape). For rotary positions (rope) there is no theorem, only evidence. That out fails in training is evidence, not a theorem.',
    ]);
  });

  it('has one table after it: tasks by lengths, with the horizon marked', () => {
    expect(texts(document, '.horizons thead th')).toEqual(
      'task model theory horizon @5 @10 @20 @30 @40 @60'.split(' '),
    );
    expect(texts(document, '.horizons tbody tr').slice(4, 6)).toEqual([
      'NRLast look right of the last occurrence ape out ✓ agrees 20 100 100 100 45.5 19.8 5.5',
      'rope out ✗ disagrees ≥ 60 100 100 100 100 100 100',
    ]);
    const marked = [...document.querySelectorAll('.horizons tbody tr')].map((row) => [
      row.querySelectorAll('.holds').length,
      clean(row.querySelector('.ends')?.textContent ?? ''),
    ]);
    expect(marked.slice(4)).toEqual([
      [3, '100'],
      [6, '100'],
      [3, '100'],
      [3, '100'],
    ]);
  });

  it('says with one model a row a task, and n of a cell', () => {
    const one = documentOf(
      renderReport(studyRows({ ...typical, models: typical.models.slice(0, 1), seeds: [1] })),
    );
    expect(texts(one, '.horizons thead th').slice(0, 3)).toEqual(['task', 'theory', 'horizon']);
    expect(one.querySelectorAll('.horizons tbody tr').length).toBe(4);
    expect(texts(one, '.horizons caption')[0]).toMatch(
      /ape, trained on lengths 1–20.*at least 90 %\. Up to it, 3 to 6 lengths were asked, depending on the row\. .*n = 200 a cell/,
    );
  });

  it('is followed by nothing that is not folded, but for what is missing', () => {
    const main = [...(document.querySelector('main')?.children ?? [])];
    expect(main.map(({ tagName, id }) => `${tagName}${id && ` ${id}`}`).slice(0, 2)).toEqual([
      'HEADER',
      'SECTION summary',
    ]);
    expect(new Set(main.slice(2).map(({ tagName }) => tagName))).toEqual(new Set(['DETAILS']));
    expect(main.slice(2).some((element) => element.hasAttribute('open'))).toBe(false);
  });

  it('leaves theory out where nobody asked it, and says how far each model holds', () => {
    const input = studies['respondents only'];
    const silent = { ...input, items: input.items.filter(({ kind }) => kind !== 'predict') };
    const alone = documentOf(renderReport(silent));
    expect(texts(alone, '.horizons thead th')).not.toContain('theory');
    expect(texts(alone, 'header .lead')[0]).toMatch(
      /^meta-llama\/Llama-3.1-8B-Instruct: shown to reach 90 % up to 40, the longest asked, on UR; up to 10 on UL, NF, git-revert and table-lookup-first\./,
    );
    expect(texts(alone, 'header .byline')).toEqual([]);
  });
});

describe('models behind an endpoint', () => {
  it('count neither for nor against theory, and nothing is said of training', () => {
    const document = documentOf(renderReport(studies['respondents only']));
    expect(texts(document, 'header .lead')[0]).toMatch(/^meta-llama\/Llama-3.1-8B-Instruct: shown to reach/);
    expect(texts(document, 'header .byline')).toEqual([
      'The positions of models behind an endpoint are unknown: no theorem covers them, and they count neither for nor against theory.',
    ]);
    const said = [...new Set(texts(document, '.horizons .agreement'))];
    expect(said).toEqual(['not covered']);
    expect(document.querySelector('#disagreements')).toBeNull();
  });

  it('are left out of what theory is right about beside trained ones, and counted apart', () => {
    const document = documentOf(renderReport(studies['trained models beside respondents']));
    const [lead] = texts(document, 'header .lead');
    const counted = /right for \d+ of (\d+) cases/.exec(lead)?.[1];
    const tested = texts(document, '.horizons .agreement').filter((text) => /agrees$/.test(text));
    expect(Number(counted)).toBe(tested.length);
    const others = texts(document, '.horizons .agreement').filter((text) => text === 'not covered').length;
    expect(others).toBeGreaterThan(0);
    expect(lead).toContain(`Not counted: ${others} cases of models behind an endpoint`);
  });
});

describe('several seeds', () => {
  const document = documentOf(renderReport(studies.typical));

  it('are shown one by one, with an interval over seeds and no p', () => {
    const [table] = document.querySelectorAll('#task-4-accuracy table');
    expect(texts(table, 'thead th')).toEqual([
      'model',
      'length',
      'n',
      'right',
      'accuracy',
      '95 % interval',
      'each seed',
    ]);
    for (const row of table.querySelectorAll('tbody tr')) {
      const cells = texts(row, 'th, td');
      expect(cells.at(-1)?.split(' · ')).toHaveLength(3);
    }
  });

  it('have no p for the differences of trained models below six of them', () => {
    const rows = [
      ...documentOf(renderReport(studies['trained models beside respondents'])).querySelectorAll(
        '#asymmetries tbody tr',
      ),
    ].map((row) => texts(row, 'th, td'));
    const p = (model: string) =>
      new Set(rows.filter((row) => row[1] === model && !/both /.test(row.at(-1) ?? '')).map((row) => row[6]));
    expect(p('ape')).toEqual(new Set(['–']));
    expect(p('troubled')).not.toContain('–');
  });
});

describe('one seed', () => {
  it('has no p, and no word about tests', () => {
    const one = studyRows({ ...typical, seeds: [1], respondents: [] });
    const figure = documentOf(renderReport(one)).querySelector('#asymmetries');
    expect(texts(figure!, 'thead th')).not.toContain('p');
    expect(texts(figure!, 'figcaption')[0]).not.toMatch(/McNemar|Holm|\bp\b/);
  });
});

describe('where theory and measurement disagree', () => {
  it('is said before any task, one group for each way, with what may explain it', () => {
    const document = documentOf(renderReport(studies.typical));
    const box = document.querySelector('#disagreements');
    expect(texts(box!, 'h3')).toEqual([
      'Theory says out, but it held at every length asked',
      'Theory says in, but it failed at some length beyond the trained ones',
    ]);
    expect(texts(box!, '.findings li')).toMatchInlineSnapshot(`
      [
        "NRLast, rope: Holds to 3× the trained length: at every length asked, up to 60.",
        "UF, ape: Holds at the trained lengths, fails beyond them (38.3 % at length 60).",
        "UF, rope: Holds at the trained lengths, fails beyond them (4.7 % at length 30).",
      ]
    `);
    expect(texts(box!, '.explanations b')).toMatchInlineSnapshot(`
      [
        "Length:",
        "Samples:",
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
    expect(box!.querySelectorAll('details:not([open]) .explanations').length).toBe(2);
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
        "19 of 52 items done, 32 still to do, 1 failed. The page shows what there is; rows without a result stay in the tables.",
        "train · UR · ape · seed 1: the loss became NaN at step 120 69fd711d2f76",
      ]
    `);
  });

  it('stands before the finding', () => {
    expect(texts(document, '.lead')[0]).toMatch(/^Incomplete, 19 of 52 items done\. \S/);
    expect(texts(documentOf(renderReport(studies['theory knows nothing'])), '.lead')[0]).not.toMatch(
      /ncomplete/,
    );
  });

  it('leaves its row in the table', () => {
    const rows = texts(document, '.horizons tbody tr');
    expect(rows.filter((row) => /(ape|rope) /.test(row))).toHaveLength(8);
    expect(rows.filter((row) => row.includes('not measured'))).not.toHaveLength(0);
  });
});

describe('real errors', () => {
  const document = documentOf(renderReport(studies.typical));

  it('are three for each model that erred, with the query and the right answer named below the source', () => {
    const lists = [...document.querySelectorAll('#task-3 .examples ol')];
    expect(lists.map((list) => list.children.length)).toEqual([3]);
    for (const item of lists[0].children) {
      const roles = texts(item, '.role').filter((role) => role !== '');
      expect(roles.filter((role) => role.includes('query')).length).toBeGreaterThan(1); // NRLast repeats it
      expect(roles.join()).toContain('right');
    }
  });

  it('of copies stand beside the right answer, and leave out what is far from what differs', () => {
    for (const item of document.querySelectorAll('#task-4 .examples li')) {
      expect(texts(item, '.differs').length).toBeGreaterThan(0);
      expect(texts(item, '.column').length).toBeLessThan(120);
    }
  });

  it('come before how the model was trained', () => {
    const task = document.querySelector('#task-4');
    const [examples, learning] = ['.examples', '[id$="learning"]'].map((of) => task?.querySelector(of));
    expect(examples?.compareDocumentPosition(learning!)).toBe(4); // it follows
  });
});

describe('escaping', () => {
  it('shows hostile names as they are, or by their code, and makes no element of them', () => {
    const document = documentOf(renderReport(studies.hostile));
    expect(texts(document, 'b').filter((text) => text === '')).toEqual([]);
    expect(document.querySelector('h1')?.textContent).toContain('</script><script>alert(1)</script>');
    expect(document.querySelector('h1')?.textContent).toContain('⟨U+202E⟩gnirts⟨U+0000⟩⟨U+0007⟩');
  });

  it('holds for any text: what comes out is what went in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
        const { document } = parseHTML(renderReport({ ...studies['nothing planned'], name }));
        const shown = document.querySelector('h1')?.textContent ?? '';
        expect(clean(shown)).toBe(clean(legible(name)));
      }),
    );
  });
});

describe('invisible characters', () => {
  it('are named where outputs are shown, so that what was wrong can be seen', () => {
    const unseen = ['\u200b', '\u00ad', '\u2060', '\u3164', '\u{e0041}', '\u00a0', '\ufeff', '\u202e'];
    const input = changed(studies['one task, one model, one seed'], (item): StudyItem =>
      item.kind === 'measure'
        ? {
            ...item,
            examples: item.examples.slice(0, 1).map((row) => ({ ...row, output: [`b${unseen.join('')}`] })),
          }
        : item,
    );
    const said = texts(documentOf(renderReport(input)), '.examples del').join(' ');
    for (const name of ['U+200B', 'U+00AD', 'U+2060', 'U+3164', 'U+E0041', 'NBSP', 'U+FEFF', 'U+202E'])
      expect(said).toContain(`⟨${name}⟩`);
  });
});

describe('times', () => {
  it('stand in the zone of the machine that writes the report, with its name', () => {
    const [shown] = texts(documentOf(renderReport(studies.typical)), 'header time');
    const zone = new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' })
      .formatToParts(new Date('2026-03-14T09:26:53Z'))
      .find(({ type }) => type === 'timeZoneName')?.value;
    expect(shown).toMatch(/^2026-03-1[345] \d\d:\d\d /);
    expect(shown.endsWith(zone ?? '?')).toBe(true);
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
