import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import {
  explainInput,
  explanationOf,
  explanations,
  onlyBehaviour,
} from '../../../test/explanation-fixture.ts';
import { HOSTILE } from '../../../test/report-fixture.ts';
import { groupsOf } from './groups.ts';
import { renderExplainReport } from './index.ts';

const shape = { layers: 2, heads: 4 };
const documentOf = (text: string) => parseHTML(text).document;
const texts = (document: Document, selector: string): string[] =>
  [...document.querySelectorAll(selector)].map((element) =>
    (element.textContent ?? '').replace(/\s+/g, ' ').trim(),
  );

describe('the page of an explanation', () => {
  const document = documentOf(renderExplainReport(explanations['a pair of tasks, and one alone']));

  it('says in words what was found, before anything else', () => {
    const said = texts(document, '#found p');
    expect(said.slice(0, 2)).toEqual([
      'On UR the model is right in 80 % of 40 samples.',
      'Of single heads one matters most.',
    ]);
    expect(texts(document, 'h1')).toEqual(['made-up']);
    const main = document.querySelector('main')!.textContent ?? '';
    expect(main.indexOf('right in 80 %')).toBeLessThan(main.indexOf('Where heads look'));
  });

  it('has tasks that differ in one thing beside each other, in one section', () => {
    expect(
      texts(document, 'details.task h2').map((text) => text.split(' look')[0].split(' copy')[0]),
    ).toEqual(['UR and UL', 'NF']);
    const pair = document.querySelector('#group-1')!;
    expect(texts(document, '#group-1 figure h3')).toEqual([
      'Where heads look, and what depends on them',
      'The same heads on random tokens',
      'One sample, and where heads look in it',
      'How far heads look to either side',
      'Without several heads at once',
      'Which edges of attention carry the answer',
      'In which layers edges carry the answer',
      'How few heads are enough',
      'What one head writes for another to read',
    ]);
    expect(texts(document, '#group-1-edges .panel-title')).toEqual(['UR', 'UL']);
    expect(pair.querySelectorAll('figure').length).toBe(9);
  });

  it('has every figure as a table too, of the same numbers', () => {
    for (const figure of document.querySelectorAll('figure')) {
      expect(figure.querySelectorAll('svg').length, figure.id).toBeGreaterThan(0);
      expect(figure.querySelectorAll('details.numbers tbody tr').length, figure.id).toBeGreaterThan(0);
    }
    const induction = texts(document, '#group-2-edges tbody tr').find((row) => row.startsWith('induction'));
    expect(induction).toBe('induction edges cut4080 %90 %1.900+1.5003.000');
    const [, both] = texts(document, '#group-2-ablations tbody tr');
    expect(both).toContain('L0H030 %0.5001.0000.500370100 %');
  });

  it('draws every control set, and every head of a map', () => {
    expect(document.querySelectorAll('#group-2-ablations .wide circle').length).toBe(3 * 3 + 4);
    const { heads } = explanations['a pair of tasks, and one alone'].explanations[1];
    const tinted = heads.filter(({ scores }) => scores.sameSymbol!.value >= 1 / 12).length; // half of a seventh tint
    const map = [...document.querySelectorAll('#group-2-heads .wide svg > g')][1];
    const cells = [...map.querySelectorAll('path[stroke^="var(--heat"]')]
      .flatMap((path) => [...(path.getAttribute('d') ?? '').matchAll(/h(\d+)/g)])
      .reduce((sum, [, count]) => sum + Number(count), 0);
    expect(cells).toBe(tinted);
    const marked = heads.filter(({ scores }) => scores.sameSymbol!.marked).length;
    expect((map.querySelector('path[fill="none"]')?.getAttribute('d') ?? '').match(/M/g)?.length ?? 0).toBe(
      marked,
    );
  });

  it('draws retrieval, copying and the scores on random tokens as maps, each with its table', () => {
    const maps = (figure: string) => texts(document, `${figure} .wide svg > g > text[font-weight]`);
    expect(maps('#group-2-heads')).toEqual([
      'the symbol after',
      'the same symbol',
      'the symbol before',
      'the token before',
      'retrieval',
      'copying',
      'effect',
    ]);
    const pairs = ['after', 'same', 'before', 'token before'].flatMap((of) => [
      `${of}: task`,
      `${of}: random`,
    ]);
    expect(maps('#group-2-repeated')).toEqual(pairs);
    expect(texts(document, '#group-2-repeated thead th')).toEqual(['head', ...pairs]);
    const { heads } = explanations['a pair of tasks, and one alone'].explanations[1];
    const text = ({ value, marked }: { value: number; marked: boolean }) =>
      `${value.toFixed(3)}${marked ? '*' : ''}`;
    const [{ scores, repeated }] = heads;
    expect(texts(document, '#group-2-repeated tbody tr:first-child > *').slice(0, 3)).toEqual([
      'L0H0',
      text(scores.inductionWithinSource!),
      text(repeated.induction!),
    ]);
  });

  it('draws edges cut in one layer, and nothing where a window does not reach', () => {
    const one = (layers: number) =>
      documentOf(renderExplainReport(explainInput([explanationOf('UF', { layers, heads: 2 })])));
    const [row] = texts(one(2), '#group-1-layers tbody tr');
    expect(row).toBe('1+1.25070 %+0.10070 %−0.05070 %0.00070 %');
    expect(texts(one(2), '#group-1-layers .wide svg text')).toContain('layer 1: induction edges cut');
    const deep = one(5); // layers 1 to 4, of which the third reaches no induction edge
    expect(texts(deep, '#group-1-layers tbody tr')[2]).toBe('3––+0.10070 %−0.05070 %0.00070 %');
    expect(deep.querySelectorAll('#group-1-layers .wide circle').length).toBe(4 * 4 - 1);
    const [induction] = deep.querySelectorAll('#group-1-layers .wide g[stroke="var(--model-2)"] > path');
    expect((induction.getAttribute('d') ?? '').match(/M/g)).toHaveLength(2); // the line is broken there
    expect(texts(deep, '#group-1-layers .legend li')).toEqual([
      'induction edges cut',
      'control: other keys',
      'anti-induction edges cut',
      'control: other values',
    ]);
  });

  it('counts places, and not tokens, for models that say sets of next symbols', () => {
    const plain = onlyBehaviour('D2');
    const sets = { ...plain, behaviour: { ...plain.behaviour, ofSets: true as const } };
    const drawn = documentOf(renderExplainReport(explainInput([sets])));
    expect(texts(drawn, '#found thead th')).toEqual([
      'task',
      'length',
      'n',
      'accuracy',
      'by place',
      'cross-entropy',
    ]);
    expect(texts(drawn, '#found tbody tr')).toEqual(['D284080 %90 %0.400']);
    const others = documentOf(renderExplainReport(explainInput([plain])));
    expect(texts(others, '#found thead th')).toContain('by token');
    expect(texts(others, '#found tbody tr')).toHaveLength(2);
  });

  it('names the commands, the options and the model’s hash', () => {
    const said = texts(document, '#repeat').join(' ');
    for (const text of [
      'lengthwise explain made-up --task UR,UL --out runs/why',
      'lengthwise report runs/why',
      'abc123',
      'seed',
    ])
      expect(said).toContain(text);
  });

  it('stays small for a large model: cells of one tint are one path', () => {
    const text = renderExplainReport(explanations['a large model']);
    expect(text.length).toBeLessThan(2_500_000);
    expect(text).toContain('explanation.json has all');
  });

  it('shows what there is where `--only` left things out', () => {
    const only = documentOf(renderExplainReport(explainInput([onlyBehaviour('UR')])));
    expect(only.querySelectorAll('figure').length).toBe(0);
    expect(texts(only, '#found td')).toContain('80 %');
    const { heads, nullMaximum, example } = onlyBehaviour('UR');
    const edges = {
      ...explanationOf('UR', shape),
      heads,
      nullMaximum,
      example,
      ablations: null,
      ranking: null,
      circuit: null,
      faithfulness: null,
      paths: null,
      repeated: null,
      edgesByLayer: null,
    };
    const drawn = documentOf(renderExplainReport(explainInput([edges])));
    expect(texts(drawn, 'figure h3')).toEqual(['Which edges of attention carry the answer']);
  });

  it('lets nothing hostile out of its place', () => {
    const text = renderExplainReport(explanations.hostile);
    const parsed = documentOf(text);
    expect(parsed.querySelectorAll('script, img').length).toBe(0);
    expect(texts(parsed, '#found p').slice(0, 2)).toEqual(HOSTILE.slice(0, 2));
    for (const element of parsed.querySelectorAll('*'))
      for (const { name } of element.attributes) expect(name).not.toMatch(/^(on|style$)/);
  });
});

describe('groups of explanations', () => {
  const tasks = (...names: string[]) =>
    groupsOf(
      names.map((name) => ({
        ...onlyBehaviour(name.split('@')[0]),
        length: Number(name.split('@')[1] ?? 8),
      })),
    ).map((group) => group.map(({ task, length }) => `${task}@${length}`).join(' '));

  it.each([
    [
      ['UL', 'UF', 'UR'],
      ['UL@8 UR@8', 'UF@8'],
    ],
    [
      ['NRFirst', 'NRLast', 'NLFirst', 'NLLast'],
      ['NRFirst@8 NRLast@8', 'NLFirst@8 NLLast@8'],
    ],
    [['NRFirst', 'NLFirst'], ['NRFirst@8 NLFirst@8']],
    [
      ['UR@5', 'UL@7', 'UL@5'],
      ['UR@5 UL@5', 'UL@7'],
    ],
    [
      ['UF', 'NF'],
      ['UF@8', 'NF@8'],
    ],
  ])('of %j are %j', (names, groups) => {
    expect(tasks(...names)).toEqual(groups);
  });
});
