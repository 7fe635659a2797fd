import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compile } from '../compile.ts';
import { lint } from '../explore/lint.ts';
import { messageBitsAt, metrics } from './metrics.ts';
import { processorTime } from '../../../test/processor-time.ts';

const of = (accept: string) => metrics(compile(`alphabet { a b '<bos>' } accept ${accept}`));
const example = (name: string) =>
  compile(readFileSync(new URL(`../../../examples/crasp/${name}.crasp`, import.meta.url), 'utf8'));

describe('measures', () => {
  it('name the fragment by what is used', () => {
    expect(of("# 'a' > 1")).toMatchObject({ fragment: 'plain', fragmentName: 'C-RASP' });
    expect(of("prev 'a'")).toMatchObject({ fragment: 'local', fragmentName: 'C-RASP[local]' });
    expect(of('mod(2, 1)')).toMatchObject({ fragment: 'periodic', fragmentName: 'C-RASP[periodic]' });
    expect(of("prev 'a' and mod(2, 1)")).toMatchObject({
      fragment: 'pos',
      fragmentName: 'C-RASP[periodic, local]',
    });
    expect(of("exists[j<i] 'a'")).toMatchObject({ fragment: 'plain', locality: 0 });
  });

  it('count nested global counts as depth, and nothing else', () => {
    expect(of("'a'").depth).toBe(0);
    expect(of("prev prev 'a'").depth).toBe(0);
    expect(of("exists (prev 'a')").depth).toBe(1);
    expect(of("exists ('b' and exists[j<i] ('a' and # 'b' > 2))").depth).toBe(3);
  });

  it('count each counter once, however it is written', () => {
    expect(of("# 'a' > 1 and exists[j<i] 'a' and #[j<=i] 'a' < 7").counters).toBe(1);
  });

  it('add up look-backs and take the least common multiple of moduli', () => {
    const measured = of("prev 'a' and #[i-5<=j<i] 'b' > 1 and mod(4, 1) and mod(6, 0) and # 'a' > 3 * # 'b'");
    expect(measured).toMatchObject({
      locality: 5,
      windowBits: 6,
      period: 12,
      counters: 2,
      coefficientBound: 3,
    });
    expect(measured.messageBits).toEqual({ formula: '2·⌈log2(n+1)⌉ + 10', counters: 2, constant: 10 });
    expect(messageBitsAt(measured.messageBits, 100)).toBe(24);
  });

  it('see counts of both signs', () => {
    expect(of("# 'a' > 2 and # 'a' + 2 * # 'b' <= 5").mixedSigns).toBe(false);
    expect(of("# 'a' > # 'b'").mixedSigns).toBe(true);
    expect(of("exists[j<i] 'a'").mixedSigns).toBe(true);
  });

  // Heads of programs compiled to transformers elsewhere, less the one that computes 1/position.
  it.each([
    ['majority', 2],
    ['dyck1', 3],
    ['anbncn', 4],
    ['ur', 12],
    ['uf', 31],
    ['sort', 6],
  ])('predict the heads of %s', (name, heads) => {
    expect(metrics(example(name)).heads).toBe(heads);
  });

  it('predict as many layers as counts and comparisons follow each other', () => {
    expect(of("# 'a' > # 'b'").layers).toBe(1);
    expect(of("exists (# 'a' < # 'b')").layers).toBe(2);
    expect(of("prev 'a'").layers).toBe(1);
  });
});

describe('remarks', () => {
  const about = (name: string): string[] => lint(example(name)).map((remark) => remark.about);

  it('are made on residues that are not anchored at <bos>', () => {
    expect(about('evenA')).toContain('periodic');
    expect(about('interleave2')).toContain('periodic');
    const anchored = compile("alphabet { a '<bos>' } accept exists ('<bos>' and mod(2, 1))");
    expect(lint(anchored).map((remark) => remark.about)).not.toContain('periodic');
  });

  it('are made on verdicts that depend on the read-out, with a string on which they do', () => {
    const [remark] = lint(example('ends_b_local'));
    expect(remark.message).toContain(
      "'b' is accepted at <eos> and rejected at the last symbol (here: read at eos)",
    );
    expect(about('ends_b_last')).toEqual(['read-out']);
    for (const name of ['majority', 'dyck1', 'contains_ab', 'tomita4', 'a_star_shape'])
      expect(about(name)).toEqual([]);
  });

  it('are made on prompts after which several rules hold', () => {
    const [remark] = lint(example('ur'));
    expect(remark.message).toContain("several next rules hold after '<bos> a a b <sep> a': a b;");
    for (const name of ['sort', 'binmaj', 'majority_k', 'interleave2', 'unary_copy']) {
      expect(about(name)).not.toContain('several');
    }
  });

  it('are made in no time, however large the program', async () => {
    const symbols = Array.from({ length: 3_000 }, (_, n) => `s${n}`).join(' ');
    const taken = await processorTime(() =>
      lint(compile(`alphabet { ${symbols} } next[t] := # Q[t] > 1 and prev Q[t]`)),
    );
    expect(taken).toBeLessThan(5_000);
  });

  it('are made on outputs that never change', () => {
    expect(lint(compile("alphabet { a } accept 'a' and not 'a'"))[0].message).toBe(
      'accept is always false, whatever the input',
    );
  });
});
