/** Exports: that the scoring that goes along is ours, in Python and in JavaScript, and that samples are those of `measure`. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { listForms, symbolSets } from '../../../test/recordings/list-forms.ts';
import { OTHER_TAGS, writings } from '../../../test/wrapped-outputs.ts';
import { completionText } from '../render.ts';
import { textOutput } from '../../score/output.ts';
import { filterNames, recordedFilterNames } from '../../score/reading/reading.ts';
import type { FilterName } from '../../score/reading/reading.ts';
import { scoreOutput } from '../../score/score.ts';
import { askableNamed, askables } from '../askable.ts';
import { promptFor } from '../files.node.ts';
import { renderPrompt } from '../render.ts';
import { exportedSamples, exportFormats } from './index.ts';
import { PYTHON_SCORING } from './format.ts';
import type { ExportedSample } from './index.ts';
import { scoringFiles } from './scoring.node.ts';
import { dataFile, writeFolder } from './write.node.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-export-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function samplesOf(names: string[], prompt: string, lengths: number[], n: number): ExportedSample[] {
  const tasks = askables(names).map((task) => ({
    task,
    template: promptFor(task.shape, [prompt], true),
    way: 'w',
  }));
  return [...exportedSamples(tasks, { lengths, n, seed: 1 })];
}

function promptOf({ system, prompt }: ExportedSample): string {
  return completionText({ system, text: prompt });
}

/** The score that every road of ours gives. */
function ours(sample: ExportedSample, output: string): { right: boolean; exact: boolean; answer: string } {
  const { source, query, answer, positions, task, length, operation, family, target, reading } = sample;
  const instance = { task, length, source, query, answer, positions };
  const expected = { answer, text: target, prompt: promptOf(sample) };
  const {
    right,
    exact,
    answer: read,
  } = scoreOutput({ operation, family, instance }, expected, textOutput(output), reading);
  return { right, exact, answer: read };
}

const samples = [
  ...samplesOf(['UR', 'NLLast', 'UF', 'flip-flop'], 'bare', [5, 8], 3),
  ...samplesOf(['UR', 'UF'], 'instruct', [5, 8], 3),
  ...samplesOf(['text-copy', 'git-revert', 'table-lookup-after'], 'bare', [4], 3),
  ...samplesOf(['text-copy'], 'instruct', [4], 3),
];

/** Samples whose prompts take lists in any form, of symbols that lists write in many ways. */
const listed: ExportedSample[] = Object.values(symbolSets).flatMap(([, symbols]) => {
  const [like] = samples.filter(({ task }) => task === 'UF');
  const source = symbols.slice(0, 6);
  const filters = [...recordedFilterNames];
  return [
    { joiner: ' ', lead: ' ', trail: '', filters },
    { joiner: ', ', lead: ' ', trail: '', filters },
    { joiner: '", "', lead: '["', trail: '"]', filters },
    { joiner: '\n', lead: '', trail: '', filters },
    { joiner: ', ', lead: '', trail: '', filters: filters.filter((name) => name !== 'list') },
  ].map((written) => ({
    ...like,
    ...{ length: 6, source: [...source], answer: [...source], positions: source.map((_, i) => i) },
    target: source.join(written.joiner),
    reading: { ...like.reading, stop: ['\n'], ...written },
  }));
});

const listCases = listed.flatMap((sample, at) => {
  const [first, second, ...rest] = sample.source;
  return Object.values(listForms).flatMap(({ write }, i) =>
    // Every form, right, wrong or with more behind it: each of them in some samples.
    [write(sample.source), `${write(sample.source)}\nand`, write([second, first, ...rest])]
      .filter((_, k) => (at + i + k) % 3 === 0)
      .map((output) => ({ sample, output })),
  );
});

/** Pieces of lists in any order, which few lists come of. */
const pieceCases = fc.sample(
  fc
    .tuple(
      fc.constantFrom(...listed),
      fc.array(
        fc.oneof(
          fc.constantFrom(
            ...['[', ']', '(', ')', '{', '}', '"', "'", '\\', ', ', ',', ';', ' ', '\n', '  ', '```\n'],
          ),
          fc.constantFrom(
            'array(',
            'np.str_(',
            'tensor([',
            '])',
            ', dtype=int32)',
            '...',
            '\\u00e9',
            'é',
            '\u3000',
            '\x85',
            '\x1c',
          ),
          fc.nat(5),
        ),
        { maxLength: 14 },
      ),
    )
    .map(([sample, parts]) => ({
      sample,
      output: parts.map((part) => (typeof part === 'number' ? sample.source[part] : part)).join(''),
    })),
  { numRuns: 2000, seed: 1 },
);

const pieces = [
  ...[
    '<think>',
    '</think>',
    '<thinking a="b">',
    '[THINK]',
    '[/THINK]',
    '<|channel|>',
    'final',
    'analysis',
    '<|message|>',
  ],
  ...[
    '<|end|>',
    '<|return|>',
    '<|start|>assistant',
    'assistantfinal',
    'OPEN',
    'CLOSE',
    'and',
    '"',
    '“',
    '”',
    '`',
  ],
  ...[
    '```',
    '```text\n',
    '\n```',
    '**',
    '*',
    '_',
    '\n',
    '\r\n',
    ' ',
    '\u00a0',
    '</s>',
    '<eos>',
    '<pad>',
    '[PAD]',
    '<|vision_pad|>',
  ],
  ...['<longcat_think>', '</longcat_think>', '<|inner_prefix|>', '<|inner_suffix|>', '<|content|>'],
  ...['<|begin_of_box|>', '<|end_of_box|>', '<|think|>', '<|begin|>assistant', '[unused17]', '[unused10]'],
  ...['The answer is ', '.', 'e\u0301', '~~'],
];

/** Any outputs made of what filters look for, the right answer and wrong ones. */
const outputs = fc
  .tuple(
    fc.nat(samples.length - 1),
    fc.constantFrom('', '', '', 'PROMPT', '<s>'),
    fc.array(
      fc.oneof(fc.constantFrom(...pieces), fc.constantFrom('GOLD', 'WRONG', 'PROMPT', 'OPEN', 'CLOSE')),
      {
        maxLength: 9,
      },
    ),
  )
  .map(([at, begin, parts]) => {
    const sample = samples[at];
    const [open, close] = sample.reading.tags ?? OTHER_TAGS;
    const written = {
      OPEN: open,
      CLOSE: close,
      PROMPT: promptOf(sample),
      GOLD: sample.target,
      WRONG: sample.source.toReversed().join(sample.reading.joiner),
    };
    return {
      sample,
      output: [begin, ...parts].map((part) => (written as Record<string, string>)[part] ?? part).join(''),
    };
  });

/** What Python's regular expressions take for white space, letters without case and ends of words, and JavaScript's don't. */
const unlike = (gold: string, tags: readonly [string, string] | null): string[] => [
  `analysis hm.assistant\u00a0final${gold}`,
  `analysis hm.assistant final${gold}`,
  ...['thinK', 'thınk', 'THİNK', 'reaſoning', 'reasonıng'].map((name) => `<${name}>no</${name}>${gold}`),
  ...['reasoning', 'reasoningé', 'reasoningſ', 'reaſoning', 'reasoning\u00a0x'].map(
    (type) => `<details type="${type}">\nno\n</details>\n${gold}`,
  ),
  ...['here iſ my response:', 'here ıs my response:'].map((mark) => `no ${mark}\n${gold}`),
  ...(tags === null
    ? []
    : [
        ['s', 'ſ'],
        ['k', 'K'],
        ['t', 'T'],
        ['i', 'ı'],
      ].map(([letter, other]) => {
        const [open, close] = tags.map((tag) => tag.replaceAll(letter, other));
        return `no ${open}${gold}${close} ${tags[0]}anſwer${tags[1]}`;
      })),
];

const cases = [
  ...samples.flatMap((sample) =>
    unlike(sample.target, sample.reading.tags).map((output) => ({ sample, output })),
  ),
  ...samples.flatMap((sample) =>
    Object.values(writings).map((write) => {
      const wrong = sample.source.toReversed().join(sample.reading.joiner);
      return { sample, output: write(sample.target, wrong, sample.reading.tags ?? OTHER_TAGS) };
    }),
  ),
  ...listCases,
  ...pieceCases,
  ...fc.sample(outputs, { numRuns: 3000, seed: 1 }),
];

const python = process.env.LENGTHWISE_PYTHON ?? 'python3';
const hasPython = spawnSync(python, ['--version'], { stdio: 'ignore' }).status === 0;

describe('the scoring that goes along', () => {
  it.skipIf(!hasPython)('in Python reads and judges every output as ours does', () => {
    const files = Object.entries(PYTHON_SCORING).map(([name, data]) => [name, dataFile(data)] as const);
    writeFolder(path.join(scratch, 'python'), Object.fromEntries(files));
    const program = `
import json, sys
sys.path.insert(0, '.')
from lengthwise_score import score
print(json.dumps([score(case['output'], case['sample']) for case in json.load(sys.stdin)]))`;
    const { stdout, stderr } = spawnSync(python, ['-c', program], {
      cwd: path.join(scratch, 'python'),
      input: JSON.stringify(cases),
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    expect(stderr).toBe('');
    const theirs = JSON.parse(stdout) as ReturnType<typeof ours>[];
    expect(theirs).toHaveLength(cases.length);
    const differences = cases
      .map(({ sample, output }, i) => ({
        id: sample.id,
        output,
        theirs: theirs[i],
        ours: ours(sample, output),
      }))
      .filter((one) => JSON.stringify(one.theirs) !== JSON.stringify(one.ours));
    expect(differences.slice(0, 5)).toEqual([]);
    expect(new Set(theirs.map(({ right, exact }) => `${right} ${exact}`)).size).toBe(3);
  });

  it('is held to outputs that without a filter are read otherwise: each filter, and each form of tags', () => {
    const [tagged] = samples.filter(({ reading }) => reading.tags !== null);
    const [tags, filters] = [tagged.reading.tags ?? OTHER_TAGS, tagged.reading.filters];
    const written = Object.entries<(typeof writings)[string]>({
      ...writings,
      echo: (right: string) => `${promptOf(tagged)} ${right}`,
    });
    const decidedBy = (name: FilterName): string[] => {
      const reading = { ...tagged.reading, filters: filters.filter((filter) => filter !== name) };
      const isOther = (output: string): boolean =>
        JSON.stringify(ours({ ...tagged, reading }, output)) !== JSON.stringify(ours(tagged, output));
      return written.filter(([, write]) => isOther(write(tagged.target, 'no', tags))).map(([kind]) => kind);
    };
    expect(filterNames.filter((name) => decidedBy(name).length === 0)).toEqual([]);
    const forms = written.map(([kind]) => kind).filter((kind) => kind.startsWith('tags'));
    expect(decidedBy('tags').filter((kind) => kind.startsWith('tags'))).toEqual(forms);
  });

  it('in JavaScript runs by itself and judges as ours does', async () => {
    const folder = path.join(scratch, 'javascript');
    writeFolder(folder, {
      ...scoringFiles('scoring'),
      'score.mjs': dataFile('promptfoo_score.mjs'),
      'samples.jsonl': samples.map((sample) => `${JSON.stringify(sample)}\n`).join(''),
    });
    const { default: judge } = (await import(pathToFileURL(path.join(folder, 'score.mjs')).href)) as {
      default: (output: string, context: object) => { pass: boolean; namedScores: { exact: number } };
    };
    for (const { sample, output } of cases.slice(0, 500)) {
      const found = samples.find(({ id, system }) => id === sample.id && system === sample.system);
      if (found !== samples.findLast(({ id }) => id === sample.id)) continue; // ids are of one export
      const judged = judge(output, { vars: { id: sample.id } });
      const { right, exact } = ours(sample, output);
      expect([sample.id, judged.pass, judged.namedScores.exact]).toEqual([sample.id, right, Number(exact)]);
    }
  });
});

describe('exported samples', () => {
  it('are those that measure asks, with the prompt to the character', () => {
    const task = askableNamed('UR');
    const template = promptFor(task.shape, ['bare'], false);
    for (const sample of samplesOf(['UR'], 'bare', [5, 10], 4)) {
      const { length, index } = sample;
      const { prompt, instance } = renderPrompt(task, template, { length, seed: 1, index });
      expect(sample).toMatchObject({ prompt: prompt.text, stop: prompt.stop, answer: instance.answer });
    }
  });

  it('are refused at lengths that a task does not have, and in numbers that nobody reads', () => {
    expect(() => samplesOf(['UF'], 'bare', [63], 1)).toThrow('--lengths: UF has lengths of 1 to 62, not 63');
    expect(() => samplesOf(['UR'], 'bare', [5], 2_000_000)).toThrow(/2000000 samples; at most 1000000/);
  });
});

describe('the files', () => {
  it('for lm-evaluation-harness: a task a length with its marks and its limit, and a group of all', () => {
    const files = exportFormats['lm-eval'].files(samplesOf(['UR', 'UF'], 'bare', [5, 8], 2), 'completions');
    expect(Object.keys(files).toSorted()).toEqual(
      [
        'lengthwise.yaml',
        ...['UF_5', 'UF_8', 'UR_5', 'UR_8'].map((cell) => `lengthwise_${cell}.yaml`),
      ].toSorted(),
    );
    expect(files['lengthwise_UR_5.yaml']).toContain('process_results: !function utils.process_results');
    expect(parseDocument(files['lengthwise_UF_5.yaml'], { logLevel: 'silent' }).toJS()).toMatchObject({
      dataset_kwargs: { task: 'UF', length: 5 },
      num_fewshot: 0,
      generation_kwargs: { until: ['<eos>', '\n'], temperature: 0 },
    });
  });

  it('for promptfoo: a test a sample, and no template is filled in a text', () => {
    const [sample] = samplesOf(['UR'], 'bare', [5], 1);
    const braces = { ...sample, prompt: `{{ ${sample.prompt}` };
    const files = exportFormats.promptfoo.files([sample, braces], 'chat');
    const prompts = files['tests.jsonl']
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { vars: { prompt: string } }).vars.prompt);
    expect(prompts).toEqual([sample.prompt, `{% raw %}${braces.prompt}{% endraw %}`]);
  });
});

describe('the folder', () => {
  it('is written whole, and only where nothing is', () => {
    const folder = path.join(scratch, 'new/export');
    writeFolder(folder, { 'a.txt': 'a', 'b/c.txt': 'c' });
    expect(readFileSync(path.join(folder, 'b/c.txt'), 'utf8')).toBe('c');
    expect(() => writeFolder(folder, { 'a.txt': 'b' })).toThrow(/is not empty; name a new folder/);
    // Below /proc no folder can be made: not waited for without end.
    expect(() => writeFolder('/proc/nowhere', { 'a.txt': 'b' })).toThrow(/cannot write to \/proc\/nowhere/);
    expect(() => writeFolder(path.join(folder, 'a.txt'), {})).toThrow(/is a file; name a new folder/);
    expect(readFileSync(path.join(folder, 'a.txt'), 'utf8')).toBe('a');
  });
});
