import { describe, expect, it } from 'vitest';
import { askableNamed } from '../prompt/askable.ts';
import type { Accuracy } from './fixtures/simulated-model.ts';
import { plainly, simulatedAsker } from './fixtures/simulated-model.ts';
import { usualPrompt } from '../prompt/files.node.ts';
import type { Asker } from './asking/asker.ts';
import { fix } from './fix.ts';
import { fewSamplesText } from './outcome/text.ts';
import type { FixSpec } from './spec.ts';

function specOf(task: string, length: number, more: Partial<FixSpec> = {}): FixSpec {
  return {
    target: 'simulated',
    plain: plainly(askableNamed(task)),
    ...{ length, threshold: 0.9, n: 100, seed: 1, only: null },
    ...more,
  };
}

/** Looks right and copies forward up to 30 symbols, never left, backward or beyond. */
const ONLY_RIGHT: Accuracy = ({ task, sample }) => {
  const isEasy = ['UR', 'NRFirst', 'UF', 'NF'].includes(task.operation) && sample.answer.length <= 30;
  return isEasy && !/place|recite|number|twice|padded/.test(task.name) ? 1 : 0.02;
};

describe('a model that looks right but not left, and copies 30 symbols and no more', () => {
  const asker = simulatedAsker({ accuracy: ONLY_RIGHT, seed: 1 });

  it('reverses in code to copy backward', async () => {
    const { result } = await fix(specOf('UB', 20), asker);
    expect(result.recommended).toBe('reverse');
    expect(result.plain).toMatchObject({ length: 20, n: 100, horizon: null, holds: false });
    const reverse = result.mitigations.find(({ name }) => name === 'reverse');
    expect(reverse).toMatchObject({ accuracy: 1, horizon: 20, helps: true, abstained: 0 });
    expect(reverse?.lengths.map(({ length }) => length)).toEqual([5, 10, 20]);
    expect(result.mitigations.find(({ name }) => name === 'twice')).toMatchObject({
      helps: false,
      horizon: null,
    });
  });

  it('cuts a long source, and reverses it as well, to copy it backward', async () => {
    const { result } = await fix(specOf('NB', 80), asker);
    expect(result.recommended).toBe('reverse+chunk');
    expect(result.chunk?.size).toBe(16);
    expect(result.chunk?.tried.at(-1)).toMatchObject({ length: 32, right: 0 });
    expect(result.mitigations.find(({ name }) => name === 'reverse')?.accuracy).toBeLessThan(0.1);
  });

  it('looks right of the query in the reversed source to look left', async () => {
    for (const task of ['UL', 'NLLast']) {
      const { result } = await fix(specOf(task, 20), asker);
      expect(result.recommended, task).toBe('reverse');
    }
  });

  it('has something to mend where the plain prompt fails at short lengths alone', async () => {
    const fails: Accuracy = ({ task, sample }) => (task.name === 'UB' && sample.length < 8 ? 0.7 : 1);
    const short = simulatedAsker({ accuracy: fails, seed: 1 });
    const { result } = await fix(specOf('UB', 20, { only: ['reverse'] }), short);
    expect(result.plain).toMatchObject({ right: 100, horizon: null, holds: false });
    expect(result.mitigations[0]).toMatchObject({ right: 100, holds: true, difference: 0, helpsAt: 5 });
    expect(result.recommended).toBe('reverse');
  });

  it('has nothing to mend where the plain prompt holds', async () => {
    const { result } = await fix(specOf('UR', 20), asker);
    expect(result.plain).toMatchObject({ holds: true, horizon: 20 });
    expect(result.recommended).toBeNull();
  });
});

it('a question that fails while parts are chosen says nothing of the model, and the result is incomplete', async () => {
  const asker = simulatedAsker({
    accuracy: ({ sample }) => (sample.answer.length <= 30 ? 1 : 0),
    seed: 1,
    fails: ({ sample, index }) => sample.length === 4 && index === 3,
  });
  const { result } = await fix(specOf('NF', 40, { only: ['chunk'], n: 40 }), asker);
  expect(result.chunk).toMatchObject({ size: 16, tried: [{ length: 4, n: 19, right: 19 }, {}, {}, {}, {}] });
  expect(result.incomplete).toBe('1 answer did not come');
  expect(result.recommended).toBeNull();
});

it('a usual prompt in place of one’s own is asked, and not taken for it', async () => {
  const task = askableNamed('NF');
  const own = { ...usualPrompt(task.shape, 'completions'), name: 'mine', head: 'Say it again.' };
  const prompts = new Set<string>();
  const asker = simulatedAsker({ accuracy: ({ task: asked }) => (asked.name === 'NF' ? 0.5 : 1), seed: 1 });
  const asking: Asker = {
    ask: (wanted, plan) => {
      for (const one of wanted) prompts.add(`${one.task.name}: ${one.promptFor('completions').name}`);
      return asker.ask(wanted, plan);
    },
  };
  const plain = { ...plainly(task), promptFor: () => own };
  const { result } = await fix({ ...specOf('NF', 6), plain, only: ['prompt', 'number'] }, asking);
  expect([...prompts].toSorted()).toEqual(['NF/number: mine', 'NF/prompt: input-output', 'NF: mine']);
  expect(result.mitigations.map(({ name, prompts: names }) => [name, names])).toEqual([
    ['prompt', ['input-output']],
    ['number', ['mine']],
  ]);
  expect(result.recommended).toBe('prompt');
});

describe('what 100 samples leave open is asked more of, and nothing else is:', () => {
  /** What is found, and how many samples of each length were asked in which way. */
  async function counted(accuracy: Accuracy, spec: FixSpec) {
    const asked = new Map<string, Set<number>>();
    const asker = simulatedAsker({ accuracy, seed: 5 });
    const counting: Asker = {
      ask: async (wanted, plan) => {
        const found = await asker.ask(wanted, plan);
        for (const { task, length, index } of found.rows) {
          const name = `${task} ${length}`;
          asked.set(name, (asked.get(name) ?? new Set()).add(index));
        }
        return found;
      },
    };
    const { result } = await fix(spec, counting);
    return { result, asked: Object.fromEntries([...asked].map(([name, { size }]) => [name, size])) };
  }
  const spec = specOf('UB', 16, { n: 300, only: ['reverse', 'twice'] });

  it('a mitigation', async () => {
    const { result, asked } = await counted(({ task }) => (task.operation === 'UF' ? 0.955 : 0), spec);
    expect(asked).toEqual({
      ...{ 'UB 16': 300, 'UB 4': 100, 'UB 8': 100, 'UB/twice 16': 100 },
      ...{ 'UB/reverse 16': 300, 'UB/reverse 4': 300, 'UB/reverse 8': 300 },
    });
    expect(result.recommended).toBe('reverse');
    expect(result.mitigations.map(({ n }) => n)).toEqual([300, 100]);
  });

  it('the plain prompt, which then holds', async () => {
    const { result, asked } = await counted(({ task }) => (task.name === 'UB' ? 0.955 : 0.5), spec);
    expect(asked).toEqual({
      ...{ 'UB 16': 300, 'UB 4': 300, 'UB 8': 300 },
      ...{ 'UB/reverse 16': 100, 'UB/twice 16': 100 },
    });
    expect(result.plain).toMatchObject({ n: 300, horizon: 16, holds: true });
    expect(result.recommended).toBeNull();
  });

  it('one that holds beside a plain prompt that is open, until it is shown to be better', async () => {
    const { result, asked } = await counted(({ task }) => (task.operation === 'UF' ? 1 : 0.94), spec);
    expect([asked['UB 16'], asked['UB/reverse 4'], asked['UB/reverse 16']]).toEqual([300, 300, 300]);
    expect(result.plain.holds).toBe(false);
    expect(result.recommended).toBe('reverse');
  });

  it('no mitigation where the plain prompt holds already', async () => {
    const { result, asked } = await counted(({ task }) => (task.name === 'UB' ? 1 : 0.955), spec);
    expect(new Set(Object.values(asked))).toEqual(new Set([100]));
    expect(result.plain).toMatchObject({ n: 100, holds: true });
  });
});

describe('few different samples: each draw counts, as in measure', () => {
  const asker = simulatedAsker({
    accuracy: ({ task }) => (/F$|text-copy$/.test(task.operation) ? 1 : 0),
    seed: 1,
  });

  it('of short lengths', async () => {
    const digits = plainly(askableNamed('UB', { options: { alphabet: [...'0123456789'] } }));
    const { result } = await fix(specOf('UB', 6, { plain: digits, only: ['reverse'] }), asker);
    expect(result.recommended).toBe('reverse');
    const [{ n, lengths }] = result.mitigations;
    expect([n, ...lengths.map((one) => one.right)]).toEqual([100, 100, 100, 100]);
    expect(result.samples.map(({ length, drawn }) => [length, drawn])).toEqual(
      [1, 3, 6].map((one) => [one, 100]),
    );
    expect(result.samples[0].different).toBe(10);
    expect(fewSamplesText(result)).toContain('few different samples: 10 of length 1 in 100 draws;');
    // At 0.95 it takes 73 right answers; there are 62 symbols.
    const letters = await fix(specOf('UB', 6, { threshold: 0.95, n: 300, only: ['reverse'] }), asker);
    expect(letters.result.recommended).toBe('reverse');
    expect(letters.result.samples[0].different).toBeLessThanOrEqual(62);
  });

  it('of few lines of one’s own', async () => {
    const text = Array.from({ length: 14 }, (_, i) => `line ${i}`);
    const plain = plainly(askableNamed('text-copy-backward', { material: { text } }));
    const { result } = await fix({ ...specOf('UB', 12), plain, only: ['reverse'] }, asker);
    expect(result.samples.at(-1)).toEqual({ length: 12, drawn: 100, different: 3 });
    expect(result.mitigations[0]).toMatchObject({ n: 100, right: 100, holds: true });
    expect(result.recommended).toBe('reverse');
    expect(fewSamplesText(result)).toContain('3 of length 12 in 100 draws');
  });

  it('are not told of where there are enough', async () => {
    const { result } = await fix(specOf('UB', 12, { only: ['reverse'] }), asker);
    expect(result.samples).toEqual([3, 6, 12].map((length) => ({ length, drawn: 100, different: 100 })));
    expect(fewSamplesText(result)).toBeNull();
  });
});

it('asks what is asked alike only once', async () => {
  const asked = new Map<string, number>();
  const asker = simulatedAsker({
    accuracy: () => 1,
    seed: 1,
    onQuestion: ({ task, sample }) => {
      const name = JSON.stringify([task.operation, sample.source, sample.query]);
      asked.set(name, (asked.get(name) ?? 0) + 1);
    },
  });
  const { result } = await fix(specOf('UL', 12, { only: ['reverse', 'both-ways'] }), asker);
  expect(Math.max(...asked.values())).toBe(1);
  expect(result.mitigations.map(({ n }) => n)).toEqual([100, 100]);
});

it('an answer that is kept back is not right, and accuracy of the answers stands beside it', async () => {
  const asker = simulatedAsker({ accuracy: () => 0.7, seed: 3 });
  const { result } = await fix(specOf('UL', 8, { only: ['both-ways'] }), asker);
  const [both] = result.mitigations;
  expect(both.accuracy).toBeCloseTo(0.49, 0);
  expect(both.abstained).toBeGreaterThan(20);
  expect(both.accuracyOfAnswers).toBeGreaterThan(0.8);
  expect(both.n).toBe(100);
  expect(Math.round((both.accuracyOfAnswers ?? 0) * (both.n - both.abstained))).toBe(both.right);
});

it('the price is that of all questions about a sample', async () => {
  const asker = simulatedAsker({ accuracy: () => 1, seed: 1 });
  const { result } = await fix(specOf('NB', 12, { only: ['reverse', 'reverse+chunk'] }), asker);
  const [reverse, chunks] = result.mitigations;
  expect(result.chunk?.size).toBe(6);
  expect(chunks.seconds).toBeCloseTo(0.2, 6);
  expect(reverse.seconds).toBeCloseTo(0.1, 6);
  expect([reverse.tokens, chunks.tokens]).toEqual([20 + 12 + 12, 2 * (20 + 6 + 6)]);
});

it('the same seed gives the same result, another one other samples', async () => {
  const run = (seed: number) =>
    fix(specOf('UL', 8, { seed, only: ['reverse'] }), simulatedAsker({ accuracy: () => 0.6, seed }));
  const first = await run(4);
  expect(first.result).toEqual((await run(4)).result);
  expect(first.result.plain.right).not.toBe((await run(5)).result.plain.right);
});
