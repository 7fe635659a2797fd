import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { format } from 'prettier';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  drawAnswers,
  drawSource,
  drawTransform,
  HOSTILE_NUMBERS,
  HOSTILE_TEXTS,
} from '../../../test/transforms.ts';
import { rng } from '../../common/random.ts';
import { operations } from './operations.ts';
import { pythonOf } from './python.ts';
import { answerOf, asksOf } from './run.ts';
import type { ListExpression, Transform } from './transform.ts';
import { typescriptOf } from './typescript.ts';

const source: ListExpression = { op: 'source' };
const answer: ListExpression = { op: 'answer', ask: 0 };

const numbered: Transform = {
  asks: [{ task: 'copy', source: { op: 'number', of: source } }],
  answer: { op: 'unnumber', of: answer },
};
const inChunks: Transform = {
  asks: [
    { task: 'copy', source: { op: 'chunks', of: { op: 'reverse', of: source }, size: 10 } },
    { task: 'whole', source: { op: 'last', of: source } },
  ],
  answer: { op: 'agree', of: { op: 'join', ask: 0 }, with: { op: 'reverse', of: { op: 'answer', ask: 1 } } },
};

const code = (transform: Transform) => ({ name: 'numbered', task: 'UR', transform, about: ['Copies.'] });

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-written-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** What a sample comes to: questions and answer; of a wrong number of answers, an error. */
type Done = readonly [asked: unknown, answer: unknown];
interface Case {
  readonly file: number;
  readonly source: readonly string[];
  readonly query: string | null;
  readonly answers: readonly (readonly string[] | null)[];
}

const TRANSFORMS = 100;
const CASES_EACH = 100;

/** The same for both languages: for every transformation its samples, then every hostile text in every place. */
function drawn(): { transforms: readonly Transform[]; cases: readonly Case[] } {
  const stream = rng('transformations as code');
  const transforms = [
    numbered,
    ...PLACES,
    ...Array.from({ length: TRANSFORMS }, () => drawTransform(stream)),
  ];
  const cases = transforms.flatMap((transform, file) =>
    Array.from({ length: CASES_EACH }, () => {
      const list = drawSource(stream);
      const query = stream.below(2) === 0 ? null : stream.choice(HOSTILE_TEXTS);
      return { file, source: list, query, answers: drawAnswers(stream, transform, list) };
    }),
  );
  return { transforms, cases: [...cases, ...hostile()] };
}

const PLACES: readonly Transform[] = (['left', 'right'] as const).map((side) => ({
  asks: [{ task: 'place', source }],
  answer: { op: 'neighbour', of: answer, among: { op: 'number', of: source }, side },
}));

function hostile(): Case[] {
  const about = Array.from({ length: 13 }, (_, i) => `symbol ${i + 1}`);
  return [...HOSTILE_NUMBERS, ...HOSTILE_TEXTS].flatMap((text) => [
    { file: 0, source: ['a', text], query: text, answers: [['1:a', `2:${text}`]] },
    { file: 0, source: ['a'], query: null, answers: [[`${text}:a`]] },
    { file: 0, source: ['a'], query: null, answers: [[text]] },
    { file: 1, source: about, query: null, answers: [[text]] },
    { file: 2, source: about, query: null, answers: [[`${text}:a`]] },
    { file: 2, source: [text, text], query: null, answers: [['1']] },
  ]);
}

const { transforms, cases } = drawn();

/** By the data itself. */
const right: readonly Done[] = cases.map(({ file, source: list, query, answers }) => {
  const asked = asksOf(transforms[file], list, query);
  if (asked.length !== answers.length) return [asked, 'error'];
  return [asked, { answer: answerOf(transforms[file], answers, list, query) }];
});

/** By a program that reads the cases and has the files beside it. */
function doneBy(command: string, program: string): Done[] {
  const input = JSON.stringify(cases);
  const run = spawnSync(command, [program], { cwd: scratch, input, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (run.status !== 0) throw new Error(run.stderr.slice(-2000));
  return JSON.parse(run.stdout) as Done[];
}

function expectSame(done: readonly Done[]): void {
  const other = cases.findIndex((_, i) => JSON.stringify(done[i]) !== JSON.stringify(right[i]));
  if (other >= 0) {
    const { file } = cases[other];
    expect({ ...cases[other], transform: transforms[file], done: done[other] }).toEqual({
      ...cases[other],
      transform: transforms[file],
      done: right[other],
    });
  }
  expect(done).toHaveLength(cases.length);
}

describe('the files do what the data says', () => {
  it('the samples are 10,000 and more: every operation, and of every kind of end enough', () => {
    expect(cases.length).toBeGreaterThan(10_000);
    const used = JSON.stringify(transforms);
    for (const op of ['source', 'answer', ...Object.keys(operations)]) expect(used).toContain(`"op":"${op}"`);
    const ends = Object.groupBy(right, ([, end]) =>
      end === 'error' ? 'error' : (end as { answer: unknown }).answer === null ? 'none' : 'answer',
    );
    expect(ends.error?.length).toBeGreaterThan(100);
    expect(ends.none?.length).toBeGreaterThan(2_000);
    expect(ends.answer?.length).toBeGreaterThan(2_000);
  });

  it('in TypeScript, which Node runs as it is', () => {
    for (const [file, transform] of transforms.entries()) {
      writeFileSync(path.join(scratch, `file${file}.ts`), typescriptOf(code(transform)));
    }
    writeFileSync(path.join(scratch, 'main.mjs'), RUN_TYPESCRIPT);
    expectSame(doneBy(process.execPath, 'main.mjs'));
  });

  const python = spawnSync('python3', ['--version']).status === 0;
  it.skipIf(!python)(`in Python${python ? '' : ': there is no python3 here'}`, () => {
    for (const [file, transform] of transforms.entries()) {
      writeFileSync(path.join(scratch, `file${file}.py`), pythonOf(code(transform)));
    }
    writeFileSync(path.join(scratch, 'main.py'), RUN_PYTHON);
    expectSame(doneBy('python3', 'main.py'));
  });
});

const RUN_TYPESCRIPT = `
import { readFileSync } from 'node:fs';
const files = new Map();
const done = [];
for (const { file, source, query, answers } of JSON.parse(readFileSync(0, 'utf8'))) {
  if (!files.has(file)) files.set(file, await import('./file' + file + '.ts'));
  const { before, after } = files.get(file);
  const given = JSON.stringify([source, answers]);
  let end = 'error';
  try {
    end = { answer: after(answers, source, query) };
  } catch (error) {
    if (!/^expected \\d+ answers, got \\d+$/.test(error.message)) throw error;
  }
  done.push([before(source, query), end]);
  if (JSON.stringify([source, answers]) !== given) throw new Error('what was given has changed');
}
console.log(JSON.stringify(done));
`;

/** Files are compiled from their bytes, as \`import\` does it, by the grammar of Python 3.8. */
const RUN_PYTHON = `
import ast, json, sys
files, done = {}, []
for case in json.load(sys.stdin.buffer):
    name = f"file{case['file']}.py"
    if name not in files:
        files[name] = {}
        with open(name, "rb") as file:
            text = file.read()
        exec(compile(ast.parse(text, name, feature_version=(3, 8)), name, "exec"), files[name])
    given = json.dumps(case)
    end = "error"
    try:
        end = {"answer": files[name]["after"](case["answers"], case["source"], case["query"])}
    except ValueError as error:
        if not str(error).startswith("expected "):
            raise
    done.append([files[name]["before"](case["source"], case["query"]), end])
    if json.dumps(case) != given:
        raise Exception("what was given has changed")
print(json.dumps(done))
`;

describe('how the files are written', () => {
  it('TypeScript is strict, in the strictest configuration too', () => {
    const files = new Map(
      transforms.slice(0, 20).map((transform, at) => [`/strict/file${at}.ts`, typescriptOf(code(transform))]),
    );
    const options: ts.CompilerOptions = {
      strict: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      noImplicitReturns: true,
      noUnusedLocals: true,
      noUnusedParameters: true,
      erasableSyntaxOnly: true,
      isolatedModules: true,
      target: ts.ScriptTarget.ES2020,
      lib: ['lib.es2020.d.ts'],
      types: [],
      noEmit: true,
    };
    const host = ts.createCompilerHost(options);
    const getSourceFile = host.getSourceFile.bind(host);
    host.getSourceFile = (name, ...rest) => {
      const text = files.get(name);
      return text === undefined ? getSourceFile(name, ...rest) : ts.createSourceFile(name, text, rest[0]);
    };
    const program = ts.createProgram([...files.keys()], options, host);
    const said = ts.getPreEmitDiagnostics(program).map(({ messageText }) => messageText);
    expect(said).toEqual([]);
  });

  it('TypeScript is formatted as prettier does it', async () => {
    const stream = rng('formatted');
    for (const transform of Array.from({ length: 20 }, () =>
      drawTransform(stream, [';', '.', '"', "it's"]),
    )) {
      const text = typescriptOf(code(transform));
      expect(text).toBe(await format(text, { parser: 'typescript' }));
    }
  });

  it('each has the functions that it uses, and no others; nothing is imported', () => {
    for (const transform of transforms) {
      const files = [
        [typescriptOf(code(transform)), /^(?:export )?function (\w+)/gm],
        [pythonOf(code(transform)), /^def (\w+)/gm],
      ] as const;
      for (const [text, definition] of files) {
        const program = text.replaceAll(/^(\/\/|#).*$/gm, '');
        const defined = [...program.matchAll(definition)].map(([, name]) => name);
        expect(new Set(defined).size).toBe(defined.length);
        for (const name of defined.filter((name) => name !== 'after')) {
          expect(program.split(`${name}(`).length, name).toBeGreaterThan(2);
        }
        expect(program).not.toMatch(/^\s*(import|from) /m);
      }
    }
  });

  it('a whole file', () => {
    const whole = { ...code(inChunks), about: ['In chunks of ten,', 'backwards.'] };
    const fixture = (name: string) => readFileSync(path.join('test/fixtures/fix', name), 'utf8');
    expect(typescriptOf(whole)).toBe(fixture('in-chunks.ts'));
    expect(pythonOf(whole)).toBe(fixture('in-chunks.py'));
  });
});

describe('text that others chose', () => {
  const asking = (task: string, mark = ';'): Transform => ({
    asks: [{ task, source: { op: 'twice', of: source, mark } }],
    answer,
  });

  it.each([
    [`it's`, `"it's"`, `"it's"`],
    [`it's "so"`, `'it\\'s "so"'`, `'it\\'s "so"'`],
    [`"it's"'`, `"\\"it's\\"'"`, `"\\"it's\\"'"`],
    ['"""', '\'"""\'', '\'"""\''],
    ['a\\b', '"a\\\\b"', '"a\\\\b"'],
    ['\r\n\t\0\u2028', '"\\r\\n\\t\\u0000\\u2028"', '"\\r\\n\\t\\u0000\\u2028"'],
    ['中 → é', '"中 → é"', '"中 → é"'],
    ['\ud83d', '"\\ud83d"', '"\\ud83d"'],
    ['😀\u{e0001}', '"😀\\u{e0001}"', '"😀\\U000e0001"'],
  ])('as a string: %j', (text, inTypescript, inPython) => {
    expect(typescriptOf(code(asking('copy', text)))).toContain(`twice(source, ${inTypescript})`);
    expect(pythonOf(code(asking('copy', text)))).toContain(`twice(source, ${inPython})`);
    expect(typescriptOf(code(asking(text)))).toContain(`task: ${inTypescript}`);
  });

  it('stays in its comment, and the comment says it', () => {
    const lines = ['*/ one', 'two\nthree\r\nfour\u2028five\u0085six\fseven', '', '\u202eeight\0'];
    const about = { ...code(numbered), name: 'coding: rot13\nimport os', task: '"""', about: lines };
    const head = [
      ...['Mitigation: coding: rot13', 'import os', 'Task: """', '', '*/ one', 'two', 'three', 'four'],
      ...['five', 'six', 'seven', '', '⟨U+202E⟩eight⟨U+0000⟩', ''],
    ];
    const said = (text: string, sign: string) =>
      text
        .split('\n')
        .slice(3, 3 + head.length)
        .map((line) => line.replace(new RegExp(`^${sign} ?`), ''));
    expect(said(typescriptOf(about), '//')).toEqual(head);
    expect(said(pythonOf(about), '#')).toEqual(head);
    const plain = code(numbered);
    const after = (text: string) => text.slice(text.indexOf('before('));
    expect(after(typescriptOf(about))).toBe(after(typescriptOf(plain)));
    expect(after(pythonOf(about))).toBe(after(pythonOf(plain)));
  });

  it('the encoding of a Python file is not taken from it', () => {
    const [first, second] = pythonOf({ ...code(numbered), name: 'coding: rot13' }).split('\n');
    for (const line of [first, second]) expect(line).not.toMatch(/coding[:=]/); // PEP 263
  });
});
