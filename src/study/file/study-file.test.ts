import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseStudy, readStudyFile, StudyFileError } from './study-file.ts';
import { processorTime } from '../../../test/processor-time.ts';

const SMALLEST = `
name: smallest
tasks: [UR]
models: [ape]
measure: { lengths: [10] }
`;

/** `line:column: message` of every mistake in a study file; [] when there is none. */
function mistakesIn(text: string): string[] {
  try {
    parseStudy(text, 'study.yaml');
    return [];
  } catch (error) {
    if (!(error instanceof StudyFileError)) throw error;
    return error.mistakes.map(({ line, column, message }) => `${line}:${column}: ${message}`);
  }
}

/** A study with one line added or, where its key is there already, changed. */
function studyWith(line: string): string {
  const key = line.split(':')[0];
  return `${SMALLEST.split('\n')
    .filter((other) => !other.startsWith(`${key}:`))
    .join('\n')}${line}\n`;
}

describe('a study file', () => {
  it('needs no more than a name, tasks, models and lengths', () => {
    const study = parseStudy(SMALLEST, 'study.yaml');
    expect(study).toMatchObject({ name: 'smallest', preset: 'quick', seeds: [1], predict: true });
    expect(study.tasks[0]).toMatchObject({ name: 'UR', task: 'UR', measure: { n: 200, threshold: 0.9 } });
    expect(study.models[0]).toMatchObject({ name: 'ape', positions: 'ape' });
  });

  it('says per task how instances are drawn, how it is trained and how it is measured', () => {
    const study = parseStudy(
      `
name: full
tasks:
  - task: NRLast
    name: often
    alphabet: [a, b, 3]
    occurrences: 2-4
    where: first-half
    train: { steps: 50 }
    measure: { n: 7, lengths: "20, 30" }
  - { task: NF, pool: 5, alphabet: words:500 }
models:
  - { name: small, positions: rope, layers: 1, heads: 2, dim: 16, lengths: 4-20 }
preset: paper
train: { learningRate: 1e-3 }
measure: { lengths: [10], n: 50, seed: 5, threshold: 0.8 }
seeds: 2..4
predict: false
`,
      'study.yaml',
    );
    const [often, copying] = study.tasks;
    expect(often.options).toEqual({
      alphabet: ['a', 'b', '3'],
      occurrences: { min: 2, max: 4 },
      where: 'first-half',
    });
    expect(often.measure).toMatchObject({ n: 7, seed: 5, threshold: 0.8 });
    expect(often.measure.lengths.map(({ value }) => value)).toEqual([20, 30]);
    expect(copying.options.alphabet).toHaveLength(500);
    expect(study.models[0].train).toMatchObject({ lengths: { min: 4, max: 20 }, dim: 16 });
    expect(study.seeds).toEqual([2, 3, 4]);
  });

  it('needs no lengths for all tasks where each has its own', () => {
    const own = '{ task: UR, measure: { lengths: [10, 20] } }';
    const study = parseStudy(`name: own\nmodels: [ape]\ntasks: [${own}]\n`, 'study.yaml');
    expect(study.tasks[0].measure.lengths.map(({ value }) => value)).toEqual([10, 20]);
    expect(mistakesIn(`name: own\nmodels: [ape]\ntasks: [${own}, UL]\n`)).toEqual([
      "1:1: a study has no 'measure'",
    ]);
  });

  it('names five mistakes at once, each with its place and what was meant', () => {
    const mistakes = mistakesIn(`name: five
tasks:
  - URR
  - { task: UL, pool: 5 }
model: [ape]
models:
  - { positions: rope, heads: 3, dim: 64 }
measure:
  lengths: [10, 1]
  n: many
`);
    expect(mistakes).toEqual([
      expect.stringMatching(/^3:5: unknown task 'URR', did you mean 'UR'\?/),
      expect.stringMatching(/^4:5: UL has no use for the option 'pool'/),
      expect.stringMatching(/^5:1: a study: unknown key 'model', did you mean 'models'\?/),
      expect.stringMatching(/^7:5: the model 'rope': heads: 3 heads do not divide dim 64/),
      expect.stringMatching(/^9:17: UL admits lengths from \d+.*, not 1/),
      expect.stringMatching(/^10:6: 'n' is a whole number from 1 to 100000, not 'many'/),
    ]);
  });

  it.each([
    ['mesure', 'name: x\ntasks: [UR]\nmodels: [ape]\nmesure: { lengths: [10] }\n'],
    ['lenghts', 'name: x\ntasks: [UR]\nmodels: [ape]\nmeasure: { lenghts: [10] }\n'],
    ['model', 'name: x\ntasks: [UR]\nmodel: [ape]\nmeasure: { lengths: [10] }\n'],
    ['task', 'name: x\ntask: [UR]\nmodels: [ape]\nmeasure: { lengths: [10] }\n'],
    ['nme', 'nme: x\ntasks: [UR]\nmodels: [ape]\nmeasure: { lengths: [10] }\n'],
    ['position', 'name: x\ntasks: [UR]\nmodels: [{ position: ape }]\nmeasure: { lengths: [10] }\n'],
    ['respondent', 'name: x\ntasks: [UR]\nrespondent: []\n'],
  ])('a misspelt key is one mistake, not a missing key too: %s', (key, text) => {
    expect(mistakesIn(text)).toEqual([expect.stringContaining(`unknown key '${key}', did you mean '`)]);
  });

  it('says once what is wrong with options, however many lengths there are', () => {
    const study = studyWith('tasks: [{ task: NF, pool: 99 }]').replace('[10]', '[4, 8, 10]');
    expect(mistakesIn(study)).toEqual([
      expect.stringMatching(/training NF: .*a pool of 99 needs as many symbols/),
    ]);
  });

  it('checks models where no task could be read, and tasks where no model could', () => {
    expect(mistakesIn(studyWith('tasks: [URR]').replace('[ape]', '[{ positions: ape, heads: 7 }]'))).toEqual([
      expect.stringContaining('heads: 7 heads do not divide'),
      expect.stringContaining("unknown task 'URR'"),
    ]);
    expect(mistakesIn(studyWith('models: [apes]').replace('[10]', '[1]'))).toEqual([
      expect.stringContaining('UR admits lengths from'),
      expect.stringContaining("unknown model 'apes'"),
    ]);
  });

  it.each([
    ['tasks: []', "'tasks' is empty"],
    ['tasks: UR', "'tasks' is a list, not 'UR'"],
    ['tasks: [UR, UR]', "there are two tasks 'UR'"],
    ['tasks: [{ name: x }]', "a task has no 'task'"],
    ['models: [ape, apes]', "unknown model 'apes', did you mean 'ape'?"],
    ['models: [{ layers: 2 }]', "a model has no 'positions'"],
    ['models: [{ positions: ape, offsets: 2 }]', "'offsets' is true, false or a share between 0 and 1"],
    ['models: [{ positions: rope, offsets: true }]', 'rope has no absolute positions'],
    ['seeds: 3', '1..3 for several, [3] for that one'],
    ['seeds: 3..1', 'runs backwards'],
    ['seeds: 1..1000000', 'at most 1000'],
    ['seeds: [1, 1]', 'the seed 1 is there twice'],
    ['preset: quik', "did you mean 'quick'?"],
    ['train: { steps: 0 }', "'steps' is a whole number from 1"],
    ['train: { seed: 3 }', "train: unknown key 'seed'"],
    ['train: { learningRate: 0 }', 'a number above 0'],
    ['train: { lengths: 50-1 }', 'runs backwards: write 1-50'],
    ['train: { lengths: [1, 50] }', 'a range is a mapping with min, max'],
    ['train: { maxLength: 5, lengths: 3-5 }', "measured at length 10, but 'maxLength' ends at 5"],
    ['train: { maxLength: 12, lengths: 3-50 }', 'length 50 is beyond the positions'],
    ['measure: { n: 5 }', "measure has no 'lengths'"],
    ['measure: { lengths: [10, 10] }', 'the length 10 is there twice'],
    ['measure: { lengths: [10], n: 100000000 }', 'a whole number from 1 to 100000'],
    ['measure: { lengths: [16000], n: 100000 }', 'take fewer instances'],
    ['measure: { lengths: [10], threshold: 90 }', 'threshold 90: not a share'],
    ['measure: { lengths: [10], threshold: 1 }', 'no number of right answers shows'],
    ['tasks: [{ task: UR, place: 0.4 }]', 'place takes a part of the source such as 0.4-0.6'],
    ['tasks: [{ task: UR, place: 0.6-0.4 }]', 'runs backwards; write 0.4-0.6'],
    ['tasks: [{ task: UF, place: stratified }]', "no use for the option 'place'"],
    ['predict: maybe', 'true or false'],
    ['name: ../../etc', 'made of letters'],
    ['tasks: [{ task: UF, alphabet: letters, measure: { lengths: [60] } }]', 'UF admits lengths'],
    ['tasks: [{ task: UR, alphabet: leters }]', "did you mean 'letters'?"],
    ['tasks: [{ task: UR, alphabet: [a, a] }]', "the symbol 'a' twice"],
    ['tasks: [{ task: NRLast, occurrences: 1 }]', 'between 2 and'],
  ])('refuses %s', (line, message) => {
    expect(mistakesIn(studyWith(line)).join('\n')).toContain(message);
  });

  it('says where it is no YAML, and reads no more of it', () => {
    expect(mistakesIn('name: a\ntasks: [UR\nmodels: x')).toEqual([expect.stringMatching(/^3:1: not YAML: /)]);
    expect(mistakesIn('name: a\nname: b')).toEqual([
      expect.stringMatching(/^2:1: not YAML: Map keys must be unique/),
    ]);
    expect(mistakesIn('')).toEqual([expect.stringMatching(/^1:1: a study is a mapping/)]);
  });

  it('follows aliases, and names a mistake in what they repeat once', () => {
    const aliased = `
name: a
tasks:
  - { task: UR, train: &slow { steps: 0 } }
  - { task: UL, train: *slow }
models: [ape]
measure: { lengths: [10] }
`;
    expect(mistakesIn(aliased)).toEqual([expect.stringMatching(/^4:39: 'steps'/)]);
    expect(mistakesIn(aliased.replace('steps: 0', 'steps: 1'))).toEqual([]);
  });

  it('is not blown up by aliases to aliases, deep nesting or size', async () => {
    const bomb = Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`).join('\n');
    const taken = await processorTime(() => {
      expect(mistakesIn(`a0: &a0 x\n${bomb}`).length).toBeGreaterThan(40);
      expect(mistakesIn(`name: ${'['.repeat(50_000)}`).join()).toMatch(/nested too deeply|not YAML/);
    });
    expect(taken).toBeLessThan(5000);
    const folder = mkdtempSync(path.join(os.tmpdir(), 'study-'));
    const file = path.join(folder, 'large.yaml');
    writeFileSync(file, '#'.repeat(2 * 1024 * 1024));
    expect(() => readStudyFile(file)).toThrow('it has more than 1048576 bytes');
    expect(() => readStudyFile(path.join(folder, 'none.yaml'))).toThrow('cannot read the study file');
    rmSync(folder, { recursive: true });
  });

  it('is read or refused with places inside the file, whatever stands in it', () => {
    const words = [
      'name',
      'tasks',
      'models',
      'measure',
      'lengths',
      'UR',
      'ape',
      '1',
      '-3',
      '1e9',
      'null',
      'true',
    ];
    const piece = fc.oneof(
      fc.constantFrom(
        ...words,
        ': ',
        '\n',
        '\n  - ',
        '{',
        '}',
        '[',
        ']',
        ', ',
        '&a ',
        '*a',
        '"',
        '!!x ',
        '1..3',
      ),
      fc.string({ maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        for (const mistake of mistakesIn(text)) {
          expect(Number(mistake.split(':')[0])).toBeLessThanOrEqual(text.split('\n').length);
        }
      }),
      { numRuns: 300 },
    );
  });
});
