import { describe, expect, it } from 'vitest';
import { plantedChanges } from '../../../../test/finetune-fixture.ts';
import { changedFigures, changedHeadsTable, changedWords, circuitTable } from './changed.ts';
import type { ChangedHeads } from './changed.ts';

/** UL of a base that can only look right, and of a model that can only look left; UR of the base twice. */
const explained = await plantedChanges(['UR', 'UL']);
const change = (task: 'UR' | 'UL', seed: number | null = null): ChangedHeads => ({
  ...{ task, seed, before: explained[task][0], after: explained[task][1] },
});
/** Text of a cell that has no markup, or markup as text. */
const text = (cell: unknown): string =>
  (typeof cell === 'object' && cell !== null && 'markup' in cell ? String(cell.markup) : String(cell))
    .replace(/<[^>]+>/g, '')
    .replace(/\s+/g, ' ')
    .trim();

describe('a model that looked right and learned to look left', () => {
  const words = changedWords([change('UL')]);

  it('changes its preference and the circuit that makes it', () => {
    expect(words[0]).toMatch(
      /^Right at length 8: 0 % → 100 %; preference .* in logits: \+\d+\.\d\d → −\d+\.\d\d\.$/,
    );
    expect(words[1]).toMatch(
      /right circuit \(induction edges\) \+\d+\.\d\d → 0\.00; left circuit \(anti-induction edges\) 0\.00 → \+\d+\.\d\d\. The stronger: the right one before, the left one after\.$/,
    );
  });

  it('is said to be asked with other symbols than were trained, before its accuracy', () => {
    const asked = [...'abcdefghijklmnopqrstuvwxyz'];
    const otherSymbols = { asked, trained: asked.slice(0, 8) };
    expect(changedWords([{ ...change('UL'), otherSymbols }])).toEqual([
      'Asked with other symbols than were trained: samples here are drawn from 26 symbols (a b c d e f g h i j k l …), those of the fine-tuning from 8 symbols (a b c d e f g h). Accuracies here are therefore not those of the table of before and after.',
      ...words,
    ]);
  });

  it('needs other edges, and those that it had worked against the right answer', () => {
    expect(words[2]).toBe(
      'Before, none of these edges is shown to be needed, the induction edges work against the right answer; after, the anti-induction edges are needed.',
    );
    const rows = circuitTable([change('UL')])!.rows.map((row) => row.map(text));
    expect(rows.map((row) => [row[0], row.at(-1)])).toEqual([
      ['right circuit', 'no → no'],
      ['left circuit', 'no → yes'],
    ]);
    expect(rows[1][1]).toMatch(/^0\.00 → \+\d+\.\d\d others: −?0\.0\d → [+−]?0\.0\d$/);
  });

  it('has the same head looking elsewhere', () => {
    expect(words.at(-1)).toBe(
      'The marked head that looks most at the symbol after: L1H1 (1.00) → none; at the same symbol: none → L1H1 (1.00).',
    );
    const { columns, rows } = changedHeadsTable([change('UL')])!;
    expect(columns.map(({ label }) => label)).toEqual([
      'head',
      'the symbol after',
      'the same symbol',
      'missed',
    ]);
    expect(rows.map((row) => row[0]).toSorted()).toEqual(['L0H0', 'L1H1']);
    expect(rows[0].slice(0, 3)).toEqual(['L1H1', '1.000* → 0.000', '0.000 → 0.999*']);
  });

  it('is drawn before beside after', () => {
    const figures = changedFigures(change('UL'));
    expect(figures.map(({ name }) => name)).toEqual(['heads', 'lags', 'edges']);
    for (const { panels } of figures)
      expect(panels.map(({ title }) => title)).toEqual(['UL, before', 'UL, after']);
  });
});

describe('a model whose heads stay', () => {
  it('is said to depend on the same', () => {
    const words = changedWords([change('UR')]);
    expect(words[1]).toMatch(/The stronger: the right one before and after\.$/);
    expect(words[2]).toBe('Before, the induction edges are needed; after, the induction edges are needed.');
  });
});

describe('several seeds', () => {
  const right = change('UL', 1);
  const both = [right, { ...right, seed: 2, after: right.before }];

  it('are counted, with means and ranges, and heads by seed', () => {
    const words = changedWords(both);
    expect(words[0]).toMatch(
      /^Right at length 8: 0 % → 50 %; .*→ −?\+?\d*\.?\d+ \(−\d+\.\d\d to \+\d+\.\d\d\)\.$/,
    );
    expect(words[2]).toContain('after, the anti-induction edges (1 of 2 seeds) are needed');
    expect(words[3]).toMatch(
      /^The head that is missed most, by nats a token: none → L1H1 \(\+\S+\) in 1 of 2 seeds, none in 1 of 2 seeds\.$/,
    );
    const { columns, rows } = circuitTable(both)!;
    expect(columns[1].label).toBe('seed');
    expect(rows.map((row) => row[1])).toEqual([1, 1, 2, 2]);
  });
});

it('says what is known where edges were not cut and heads not ablated', () => {
  const { before, after } = change('UL');
  const bare = {
    task: 'UL',
    seed: null,
    before: { ...before, edges: null },
    after: { ...after, edges: null },
  };
  const words = changedWords([bare]);
  expect(words.map((sentence) => sentence.slice(0, 13))).toEqual([
    'Right at leng',
    'The head that',
    'The marked he',
  ]);
  expect(circuitTable([bare])).toBeNull();
});
