import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { plantedChanges, tunedStudy, typicalTuning } from '../../../../test/finetune-fixture.ts';
import { changed } from '../../../../test/report-fixture.ts';
import type { ReportInput, StudyItem } from '../../../study/rows.ts';
import { renderReport } from '../index.ts';

const documentOf = (input: ReportInput): Document => parseHTML(renderReport(input)).document;
const clean = (text: string): string => text.replace(/\s+/g, ' ').trim();
const texts = (within: ParentNode, selector: string): string[] =>
  [...within.querySelectorAll(selector)].map((element) => clean(element.textContent));
/** How far to the right a mark stands. */
const placeOf = (mark: Element): number =>
  Math.round(Number(mark.getAttribute('cx') ?? /\(([\d.]+)/.exec(mark.getAttribute('transform') ?? '')?.[1]));
const cellsOf = (row: Element): string[] => texts(row, 'th, td');

const explained = await plantedChanges(['UL']);
const study = tunedStudy({ plan: typicalTuning, explained });
const document = documentOf(study);

describe('a model that the study pretrains', () => {
  it('is measured on every task beside the others, and training on text is no task', () => {
    expect(texts(document, '.horizons th.task a')).toEqual(typicalTuning.tasks);
    expect(texts(document, 'nav a')).toEqual([
      'Horizons',
      'Fine-tuning',
      ...typicalTuning.tasks,
      'To repeat this',
    ]);
    expect(texts(document, 'header .kicker')[0]).toContain(
      '6 tasks × 1 model, 3 training runs, 18 fine-tunings',
    );
  });

  it('counts neither for nor against theory, since it was not trained on the tasks', () => {
    expect(new Set(texts(document, '.horizons .agreement'))).toEqual(new Set(['not covered']));
    expect(texts(document, 'header .byline')).toEqual([
      'Models pretrained on text were not trained on these tasks: they count neither for nor against theory.',
    ]);
    expect(document.querySelector('#disagreements')).toBeNull();
  });

  it('has its axis in symbols, not in the words of its texts', () => {
    const labels = texts(document, '#task-1-accuracy .wide svg text').filter((text) => /^\d+$/.test(text));
    expect(Math.max(...labels.map(Number))).toBe(60);
  });
});

describe('the section of a base', () => {
  const section = document.querySelector('#tuned-1')!;

  it('has the headline first: bias, what was learned, what changed, and which gaps remain', () => {
    expect(texts(section, 'h2')).toEqual(['Fine-tuning reader']);
    expect(texts(section, 'p')[0]).toBe(
      'Pretrained here, and fine-tuned on each task by itself (all of the model), on lengths 5 to 20, from 3 seeds.',
    );
    const [findings] = section.querySelectorAll('.findings');
    expect(texts(findings, 'li > b')).toEqual(['Before.', 'Learned.', 'Change.', 'Gaps.']);
    expect(texts(document, 'header .lead')[0]).toContain(
      'Gaps after fine-tuning reader: removed: UR − UL; remains: NRFirst − NRLast, UR − NRLast; not compared: UF − UB.',
    );
  });

  it('has tasks × lengths, before → after, with theory’s verdict beside, and what was learned', () => {
    const [table] = section.querySelectorAll('table');
    expect(texts(table, 'thead th')).toEqual([
      'task, theory',
      'learned',
      ...['@20 (1×)', '@30 (1.5×)', '@40 (2×)', '@60 (3×)', '@100 (5×)'],
    ]);
    const rows = [...table.querySelectorAll('tbody tr')].map(cellsOf);
    expect(rows.map((row) => row.slice(0, 2))).toEqual([
      ['UR in as trained', '3 of 3'],
      ['UR in as trained, first half', ''],
      ['UL in as trained', '3 of 3'],
      ['UL in as trained, first half', ''],
      ['NRFirst in as trained', '3 of 3'],
      ['NRFirst in as trained, first half', ''],
      ['NRLast out as trained', '3 of 3'],
      ['NRLast out as trained, first half', ''],
      ['UF in as trained', '3 of 3'],
      ['UB in as trained', '2 of 3'],
    ]);
    expect(rows[6][4]).toMatch(/^2\d\S* → 4\d\S* \d+–\d+ → \d+–\d+$/);
    for (const link of table.querySelectorAll('th a'))
      expect(document.getElementById(link.getAttribute('href')!.slice(1))).not.toBeNull();
  });

  it('draws every task before and after, seeds as thin lines', () => {
    const panels = [...section.querySelectorAll('#tuned-1-accuracy .panel')];
    expect(panels.map((panel) => texts(panel, '.panel-title')[0])).toEqual([
      ...['UR in', 'UL in', 'NRFirst in', 'NRLast out', 'UF in', 'UB in'],
    ]);
    for (const panel of panels) expect(panel.querySelectorAll('[stroke-opacity="0.6"] path').length).toBe(6);
  });

  it('draws points before and after at their length, which the shade of the trained lengths holds', () => {
    const [panel] = section.querySelectorAll('#tuned-1-accuracy .panel');
    const marks = ['before', 'after'].map((when) =>
      [...panel.querySelectorAll('title')]
        .filter((title) => title.textContent.startsWith(`${when}, length`))
        .map((title) => title.parentElement!),
    );
    const places = marks.map((own) => own.map(placeOf));
    expect(places[0].length).toBeGreaterThan(5);
    expect(places[0]).toEqual(places[1]);
    // Shifts to the side stand at groups of marks.
    for (const mark of marks.flat()) expect(mark.parentElement!.getAttribute('transform')).toBeNull();
    expect(places[0][0]).toBe(Math.round(Number(panel.querySelector('svg rect')!.getAttribute('x'))));
  });

  it('has the trained lengths of tasks that have none so short as the others', () => {
    const shortest = { NRFirst: 6, NRLast: 7 };
    const own = documentOf(tunedStudy({ plan: { ...typicalTuning, shortest } })).querySelector('#tuned-1')!;
    expect(texts(own, 'p')[0]).toContain(', on lengths 5 to 20 (NRFirst 6 to 20, NRLast 7 to 20), from');
    expect(texts(own, 'caption')[0]).toContain(' at lengths 5–20 (NRFirst 6–20, NRLast 7–20), by how many');
    const shades = [...own.querySelectorAll('#tuned-1-accuracy .panel')].map((panel) =>
      texts(panel, 'text').find((text) => text.startsWith('trained on'))!,
    );
    expect(shades).toEqual(['5', '5', '6', '7', '5', '5'].map((min) => `trained on ${min}–20`));
  });

  it('has a row for every gap, with no number where a task was not learned', () => {
    const gaps = [...section.querySelectorAll('table')].find((table) =>
      texts(table, 'caption')[0].startsWith('The first task less'),
    )!;
    const rows = new Map(
      [...gaps.querySelectorAll('tbody tr')].map((row) => [cellsOf(row)[0], cellsOf(row).slice(1)]),
    );
    expect(rows.get('UR − UL')![0]).toBe('removed');
    expect(rows.get('UR − UL')![1]).toMatch(/^\+5\d?\S* % \+4\S+ % to \+5\S+ %$/);
    expect(texts(section, '.quiet').join(' ')).toContain(
      'Intervals, before and after fine-tuning, are the wider of Student’s t over seeds',
    );
    expect(rows.get('UF − UB')!.filter((text) => text === '–')).toHaveLength(5);
    expect(texts(section, 'li')).toContainEqual(
      expect.stringMatching(
        /^UF − UB: not learned in range, so nothing is compared \(UB, seed 2: \d+ of 2000 right\)\.$/,
      ),
    );
  });

  it('has learning curves of the pretraining, and of every task', () => {
    const lines = (figure: string) => section.querySelectorAll(`${figure} .panel:first-child title`).length;
    expect(texts(section, '#tuned-1-pretraining .legend li')).toEqual(['reader']);
    expect(texts(section, '#tuned-1-learning .legend li')).toEqual(typicalTuning.tasks);
    expect([lines('#tuned-1-pretraining'), lines('#tuned-1-learning')]).toEqual([3, 18]);
  });

  it('has the heads before and after, of each seed, linked with how the task is done', () => {
    const said = texts(section, 'li').join(' ');
    expect(said).toContain('The stronger: the right one before, the left one after.');
    expect(said).toContain('after, the anti-induction edges are needed');
    expect(section.querySelectorAll('#tuned-1-heads-1-heads, #tuned-1-heads-1-edges').length).toBe(2);
    expect(texts(document, '#task-2-how h4')).toEqual([
      ...['reader, seed 1', 'reader, fine-tuned, seed 1', 'reader, seed 2', 'reader, fine-tuned, seed 2'],
      ...['reader, seed 3', 'reader, fine-tuned, seed 3'],
    ]);
    expect(document.querySelector('#task-2-how a[href="#tuned-1"]')).not.toBeNull();
    expect(document.querySelector('#task-2 .quiet a[href="#tuned-1"]')).not.toBeNull();
  });
});

describe('explanations that drew from all symbols of a model that was fine-tuned on some', () => {
  const alphabet = [...'abcdefgh'];
  const trainedOnFew = (named: readonly string[] | undefined) =>
    changed(study, (item): StudyItem => {
      if (item.kind === 'train')
        return { ...item, spec: { ...item.spec, taskOptions: { alphabet: [...alphabet, ...'ijkl'] } } };
      if (item.kind === 'explain' && named !== undefined)
        return { ...item, spec: { ...item.spec, alphabet: named } };
      if (item.kind !== 'finetune') return item;
      const { spec } = item;
      return { ...item, spec: { ...spec, finetune: { ...spec.finetune, taskOptions: { alphabet } } } };
    });
  const saidOf = (input: ReportInput) =>
    texts(documentOf(input).querySelector('#tuned-1')!, 'li').filter((text) =>
      text.startsWith('Asked with other symbols'),
    );

  it('say so, and those that drew from the same do not', () => {
    expect(saidOf(trainedOnFew(undefined))).toEqual([
      expect.stringContaining(
        'samples here are drawn from 12 symbols (a b c d e f g h i j k l), those of the fine-tuning from 8 symbols (a b c d e f g h).',
      ),
    ]);
    expect(saidOf(trainedOnFew(alphabet.toReversed()))).toEqual([]);
    expect(saidOf(study)).toEqual([]);
  });
});

describe('a fine-tuning that has not ended, and one that failed', () => {
  it('are named, and the rest is shown', () => {
    const { tuned, ...rest } = changed(study, (item): StudyItem => {
      if (item.kind !== 'finetune' || item.task !== 'UL') return item;
      if (item.seed === 1) return { ...item, state: 'failed', error: 'the loss became NaN', rows: [] };
      return { ...item, state: 'waiting', rows: [] };
    });
    const without = tuned!.map((result) => ({
      ...result,
      models: result.models.filter(({ task }) => task !== 'UL'),
    }));
    const section = documentOf({ ...rest, tuned: without }).querySelector('#tuned-1')!;
    expect(texts(section, '.warning')).toEqual([
      'Not fine-tuned yet: UL seed 2, UL seed 3. Fine-tuning failed: UL seed 1 (the loss became NaN).',
    ]);
    expect(section.querySelectorAll('table').length).toBeGreaterThan(0);
  });
});

describe('a study that fine-tunes a model in a file and measures nothing besides', () => {
  const file = documentOf(
    tunedStudy({
      plan: {
        ...typicalTuning,
        target: 'SmolLM2.gguf',
        ownBases: false,
        text: true,
        seeds: [1],
        tasks: ['UR', 'UL'],
      },
    }),
  );

  it('says so first, and leads to its section', () => {
    expect(texts(file, 'header .kicker')[0]).toContain('2 tasks × 1 fine-tuned model');
    expect(texts(file, 'header .lead')[0]).toMatch(
      /^What fine-tuning brings: measured before and after, .* Gaps after fine-tuning SmolLM2\.gguf: not compared: UR − UL\.$/,
    );
    expect(texts(file, '#summary li')).toEqual(['Fine-tuning, SmolLM2.gguf: UR, UL.']);
  });

  it('has both ways of asking, intervals of one model, and the perplexity', () => {
    const section = file.querySelector('#tuned-1')!;
    const ways = texts(section, 'table:first-of-type tbody th .small').slice(0, 4);
    expect(ways).toEqual([
      'as trained',
      'as trained, first half',
      'usual prompt',
      'usual prompt, first half',
    ]);
    expect(texts(section, '.findings li').at(4)).toMatch(
      /^Cost\. Perplexity of English text, per token: 24\.0 before; after/,
    );
    expect(texts(section, 'td')).toContain('24.00 → 29.00');
  });
});
