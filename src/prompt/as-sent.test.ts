import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tellingOptions, whatIsSent } from './as-sent.ts';
import type { RenderOptions } from './as-sent.ts';
import { askableNamed } from './askable.ts';
import { promptFor, promptNames } from './files.node.ts';
import { renderPrompt } from './render.ts';
import type { PromptTemplate } from './template.ts';

const cases = ['UR', 'NLLast', 'UF', 'flip-flop'].flatMap((name) => {
  const task = askableNamed(name);
  return promptNames(task.shape).map((prompt) => ({
    task,
    template: promptFor(task.shape, [prompt], false),
  }));
});

const options = fc.record<RenderOptions>(
  {
    shots: fc.constantFrom(0, 1, 3, 5, 10),
    demonstrationLength: fc.constantFrom<number | 'same'>(6, 8, 'same'),
    separator: fc.boolean(),
  },
  { requiredKeys: [] },
);

/** Everything of some prompts that reaches a server. */
function sent({ task, template }: (typeof cases)[number], changed: RenderOptions): unknown[] {
  return [8, 12].flatMap((length) =>
    [0, 1, 2].map((index) => renderPrompt(task, template, { length, seed: 1, index }, changed).prompt),
  );
}

describe('what is sent', () => {
  it('is the same by its name exactly where all prompts are the same', () => {
    fc.assert(
      fc.property(fc.constantFrom(...cases), options, options, (one, first, second) => {
        const isSame =
          whatIsSent(one.template, first, one.task.operation) ===
          whatIsSent(one.template, second, one.task.operation);
        if (isSame) expect(sent(one, first)).toEqual(sent(one, second));
        else expect(sent(one, first)).not.toEqual(sent(one, second));
      }),
      { numRuns: 500 },
    );
  });

  it('does not depend on what a prompt says of other tasks, nor on a rule that it does not write', () => {
    const prompt = promptFor('retrieval', ['instruct'], false);
    const other = { ...prompt, rules: { ...prompt.rules, UL: 'another rule' } };
    expect(whatIsSent(other, {}, 'UR')).toBe(whatIsSent(prompt, {}, 'UR'));
    expect(whatIsSent(other, {}, 'UL')).not.toBe(whatIsSent(prompt, {}, 'UL'));
    const pair = promptFor('retrieval', ['pair'], false);
    expect(whatIsSent({ ...pair, rules: { default: 'not written' } }, {}, 'UR')).toBe(
      whatIsSent(pair, {}, 'UR'),
    );
  });
});

describe('options that change what is sent', () => {
  const pair = promptFor('retrieval', ['pair'], false); // 10 shots of length 5, without a separator
  it.each<[RenderOptions, RenderOptions, Partial<PromptTemplate>?]>([
    [{ separator: true }, {}],
    [{ separator: false }, {}],
    [{ shots: 10, demonstrationLength: 5 }, {}],
    [{ shots: 3, demonstrationLength: 5 }, { shots: 3 }],
    [{ shots: 0, demonstrationLength: 7 }, { shots: 0 }],
    [{ shots: 10, demonstrationLength: 'same' }, { demonstrationLength: 'same' }],
    [{ separator: false }, { separator: false }, { separator: ';', question: '{source}{separator}{query}' }],
  ])('of %j are %j', (given, telling, changed = {}) => {
    expect(tellingOptions({ ...pair, ...changed }, given, 'UR')).toEqual(telling);
  });
});
