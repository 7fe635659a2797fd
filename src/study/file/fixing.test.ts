import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writeTextGguf } from '../../../test/text-model.ts';
import { planStudy } from '../plan.ts';
import type { FixItemSpec } from '../rows.ts';
import { parseStudy, StudyFileError } from './study-file.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'lengthwise-fixing-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeTextGguf(path.join(folder, 'tiny.gguf'));
mkdirSync(path.join(folder, 'symbols'));
for (const file of ['config.json', 'tokenizer.json'])
  writeFileSync(path.join(folder, 'symbols', file), '{ "model": { "type": "WordLevel" } }');

/** Line 5 is `fix`. */
const written = (fix: string, more = ''): string =>
  `name: mend
tasks: [UB, UL, UR]
measure: { lengths: [5], n: 40 }
respondents: [{ name: local, endpoint: "http://127.0.0.1:8000/v1", model: m, n: 50, tasks: [UB, UL] }, { name: other, endpoint: "http://127.0.0.1:8001/v1", model: m, prompt: quoted, decide: likelihood }]
fix: ${fix}
${more}`;

function mistakesIn(text: string): string[] {
  try {
    parseStudy(text, path.join(folder, 'study.yaml'));
    return [];
  } catch (error) {
    if (!(error instanceof StudyFileError)) throw error;
    return error.mistakes.map(({ line, column, message }) => `${line}:${column}: ${message}`);
  }
}

function fixesIn(text: string) {
  const study = parseStudy(text, path.join(folder, 'study.yaml'));
  const hashes = new Map((study.fix?.models ?? []).map(({ target }) => [target, 'f'.repeat(64)]));
  return planStudy(study, hashes).filter((item) => item.kind === 'fix');
}

const numbers = ({ inquiry, only }: FixItemSpec) => [inquiry.tasks[0].task, inquiry.lengths, inquiry.n, only];

describe('what is to hold', () => {
  it('is named task by task, and tried with every respondent that is asked about it', () => {
    const items = fixesIn(
      written('{ at-least: { UB: 20, UR: 9 }, n: 80, only: [reverse+chunk, reverse, twice] }'),
    );
    expect(items.map(({ task, model, spec }) => [task, model, ...numbers(spec)])).toEqual([
      // UR is the easier one already, and no copy.
      ['UB', 'local', 'UB', [20], 80, ['reverse+chunk', 'reverse', 'twice']],
      ['UB', 'other', 'UB', [20], 80, ['reverse+chunk', 'reverse', 'twice']],
      ['UR', 'other', 'UR', [9], 80, ['twice']],
    ]);
  });

  it('is one length for all tasks, of the respondents that are named and of models of text', () => {
    const items = fixesIn(written('{ at-least: 9, respondents: [local], models: [tiny.gguf] }'));
    expect(items.map(({ task, model, spec }) => [task, model, spec.model === null])).toEqual([
      ['UB', 'local', true],
      ['UB', 'tiny.gguf', false],
      ['UL', 'local', true],
      ['UL', 'tiny.gguf', false],
      ['UR', 'tiny.gguf', false],
    ]);
    expect(items[0].spec).toMatchObject({ only: null, inquiry: { n: 300, threshold: 0.9, seed: 1 } });
  });

  it('is asked once, in words, with the respondent’s own prompt or the one that is given', () => {
    const promptOf = (fix: string) =>
      fixesIn(written(fix)).find(({ model }) => model === 'other')!.spec.inquiry.tasks[0].prompts;
    const [, other] = fixesIn(written('{ at-least: { UB: 9 } }'));
    expect(other.spec.inquiry).toMatchObject({ decide: 'generation', repeats: 1 });
    expect(promptOf('{ at-least: { UB: 9 } }')?.completions.name).toBe('quoted');
    expect(promptOf('{ at-least: { UB: 9 }, prompt: arrow }')?.completions.name).toBe('arrow');
  });

  it('keeps answers with the respondent’s own, whose budget it shares, unless these are of another kind', () => {
    const study = parseStudy(written('{ at-least: { UB: 9 }, prompt: arrow }'), path.join(folder, 'x.yaml'));
    const folders = planStudy(study).flatMap((item) => {
      if (item.task !== 'UB') return [];
      if (item.kind === 'ask') return [[item.model, item.means?.folder]];
      return item.kind === 'fix' ? [[item.model, item.on?.means?.folder]] : [];
    });
    const [local, other, mended, otherMended] = folders;
    expect(mended).toEqual(local);
    expect(otherMended).not.toEqual(other); // asked by likelihood, and by words
  });

  it('is another piece of work where something else determines it, and the same where nothing does', () => {
    const hash = (fix: string, more = '') => fixesIn(written(fix, more))[0].hash;
    const usual = hash('{ at-least: { UB: 20 } }');
    expect(hash('{ at-least: { UL: 9, UB: 20 }, respondents: [local] }')).toBe(usual);
    const others = ['n: 80', 'only: [reverse]', 'prompt: arrow', 'shots: 2', 'api: chat'].map((field) =>
      hash(`{ at-least: { UB: 20 }, ${field} }`),
    );
    expect(new Set([usual, hash('{ at-least: { UB: 21 } }'), ...others]).size).toBe(2 + others.length);
  });
});

describe('what can’t be tried', () => {
  it.each([
    ['{ at-least: { UX: 20 } }', /^5:24: unknown task of this study 'UX', did you mean 'UB'/],
    ['{ at-least: { UB: 6000 } }', /^5:2[0-9]: UB admits lengths 1 to \d+, not 6000$/],
    ['{ at-least: 0 }', /^5:18: 'at-least' is a whole number from 1 to 16384, not '0'$/],
    ['{ at-least: [20] }', /^5:18: 'at-least' is a mapping, not a list$/],
    ['{ at-least: { UB: x } }', /^5:2[0-9]: 'at-least.UB' is a whole number from 1/],
    ['{ n: 60 }', /^5:6: fix has no 'at-least'$/],
    ['{ atleast: 20 }', /^5:8: fix: unknown key 'atleast', did you mean 'at-least'\?/],
    [
      '{ at-least: { UB: 20 }, only: [revers] }',
      /^5:\d+: unknown mitigation 'revers', did you mean 'reverse'/,
    ],
    ['{ at-least: { UB: 20 }, only: [place, reverse] }', /^5:37: UB has no place; it has reverse, number,/],
    [
      '{ at-least: { UB: 20 }, only: [chunk] }',
      /^5:37: UB has no chunk; it has reverse, number, .*reverse\+chunk/,
    ],
    ['{ at-least: { UB: 6 }, only: [reverse+chunk] }', /^5:36: sources of 6 are too short to be cut/],
    [
      '{ at-least: { UB: 20, UR: 20 }, only: [reverse] }',
      /^5:44: UR, asked of other, has none of these: add one of place, recite, twice, .*, or leave UR out of 'at-least'$/,
    ],
    [
      '{ at-least: { UB: 20 }, n: 30 }',
      /^5:33: 'n': 30 is too few to show that anything holds at 0.9 .*it takes 36/,
    ],
    ['{ at-least: { UB: 20 }, n: 0 }', /^5:33: 'n' is a whole number from 1 to 10000, not '0'$/],
    ['{ at-least: { UB: 20 }, prompt: arow }', /^5:38: unknown prompt 'arow', did you mean 'arrow'/],
    [
      '{ at-least: { UB: 20 }, prompt: pair }',
      /^5:38: the prompt 'pair' is for none of the tasks that fix asks about$/,
    ],
    ['{ at-least: { UB: 20 }, shots: -1 }', /^5:37: 'shots' is a whole number from 0/],
    [
      '{ at-least: { UB: 20 }, respondents: [locl] }',
      /^5:44: unknown respondent 'locl', did you mean 'local'/,
    ],
    ['{ at-least: { UR: 9 }, respondents: [local] }', /^5:2\d: nobody is asked about UR: /],
    [
      '{ at-least: { UB: 20 }, models: [none.gguf] }',
      /^5:39: cannot read none.gguf: there is no such file or folder/,
    ],
    [
      '{ at-least: { UB: 20 }, models: [symbols] }',
      /^5:39: symbols reads symbols and knows the one task that it was trained on/,
    ],
    ['{ at-least: { UB: 20 }, device: gpu }', /^5:38: unknown device 'gpu'/],
  ])('%s', (fix, message) => {
    expect(mistakesIn(written(fix))).toEqual([expect.stringMatching(message)]);
  });

  it('a model that is trained here, by its name or with nobody else to ask', () => {
    const trained = 'models: [ape]\ntrain: { steps: 5, lengths: 1-5 }\n';
    expect(mistakesIn(written('{ at-least: { UB: 20 }, respondents: [ape] }', trained))).toEqual([
      expect.stringMatching(/^5:44: ape is trained here and knows the one task that it was trained on/),
    ]);
    const alone = `name: mend\ntasks: [UB]\nmeasure: { lengths: [5] }\n${trained}fix: { at-least: 20 }\n`;
    expect(mistakesIn(alone)).toEqual([
      expect.stringMatching(
        /^6:6: fix asks a model in other ways, .*the models trained here know the one task/,
      ),
    ]);
  });

  it('all mistakes are named at once', () => {
    expect(
      mistakesIn(written('{ at-least: { UB: 6000 }, only: [x], n: 0, respondents: [local, y] }')),
    ).toHaveLength(4);
  });
});
