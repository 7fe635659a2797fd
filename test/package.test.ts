/**
 * The package as it is published: what is in it, its command, its exports with their types. Here it is unpacked
 * beside the packages of this checkout; package.slow.test.ts lets npm install it.
 */
import { globSync, readFileSync } from 'node:fs';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asOldNode, OLD_NODE } from './old-node.ts';
import { LIBRARY, pack, rooms, runIn, unpackedProject, USED } from './packed.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-package-'));
const project = path.join(scratch, 'project');
const packed = path.join(project, 'node_modules/lengthwise');
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

beforeAll(() => unpackedProject(project, pack(scratch)));

/** The command by the Node of these tests: the machine's own may be older. */
const lengthwise = (line: string) =>
  runIn(project, process.execPath, 'node_modules/.bin/lengthwise', ...line.split(' '));

describe('the package', () => {
  it('has the command, the build, its documents and nothing else', () => {
    const files = globSync('**/*', { cwd: packed, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(packed, path.join(entry.parentPath, entry.name)));
    const folders = new Set(files.map((file) => file.split(path.sep)[0]));
    expect([...folders].toSorted()).toEqual(
      expect.arrayContaining(['LICENSE', 'bin', 'dist', 'docs', 'examples']),
    );
    expect(files.filter((file) => /\.test\.|fixtures|^(src|test|runs|scripts)\b/.test(file))).toEqual([]);
    expect(files.filter((file) => /(?<!\.d)\.ts$/.test(file))).toEqual([]);
  });

  it('has the data files that stand beside the code', () => {
    const data = globSync('src/**/*', { withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.ts'))
      .map((entry) => path.relative('src', path.join(entry.parentPath, entry.name)));
    expect(data.filter((file) => !existsSync(path.join(packed, 'dist', file)))).toEqual([]);
  });

  it('has every file that another of its files names', () => {
    const missing: string[] = [];
    for (const file of globSync('dist/**/*.{js,d.ts}', { cwd: packed })) {
      const { importedFiles } = ts.preProcessFile(readFileSync(path.join(packed, file), 'utf8'));
      for (const { fileName } of importedFiles) {
        const target = path.join(packed, path.dirname(file), fileName.replace(/\.ts$/, '.js'));
        if (fileName.startsWith('.') && !existsSync(target)) missing.push(`${file}: ${fileName}`);
      }
    }
    expect(missing).toEqual([]);
  });

  it('has an export for every room', () => {
    const { exports } = JSON.parse(readFileSync(path.join(packed, 'package.json'), 'utf8')) as {
      exports: Record<string, unknown>;
    };
    expect(Object.keys(exports).toSorted()).toEqual(
      ['./package.json', ...rooms.map((room) => `./${room}`)].toSorted(),
    );
  });
});

describe('the installed command', () => {
  const lines: [line: string, out: RegExp][] = [
    ['--version', /^\d+\.\d+\.\d+\n$/],
    ['tasks list', /NRLast/],
    ['tasks sample UR --length 8 --json', /^\{"task":"UR","length":8,"seed":1,"index":0,"source":\[/],
    ['tasks answer UF --source abc --json', /^\{"answer":\["abc"\]\}\n$/],
    ['predict UR --json', /"verdict":"in"/],
    ['crasp run node_modules/lengthwise/examples/crasp/majority.crasp --input a', /accepted/],
    ['study plan tiny.yaml --json', /"items":/],
  ];
  it.each(lines)('lengthwise %s', (line, out) => {
    expect(lengthwise(line)).toEqual({ code: 0, out: expect.stringMatching(out), said: '' });
  });

  it('asks for a newer Node in one line where it is started by an older one', () => {
    const command = ['node_modules/.bin/lengthwise', 'tasks', 'list'];
    expect(runIn(project, process.execPath, ...asOldNode, ...command)).toEqual({
      code: 1,
      out: '',
      said: `lengthwise needs Node 22.18 or newer, and this is ${OLD_NODE}: install Node 24 (https://nodejs.org)\n`,
    });
  });

  it('trains, measures, runs a study and reports on it, in worker processes', () => {
    const model = '--task UR --layers 1 --heads 2 --dim 16 --steps 10 --batch 8 --lengths 1-6 --out model';
    const trained = lengthwise(`train ${model} --json`);
    expect(trained.code, trained.said).toBe(0);
    expect(trained.out).toContain('"kind":"trained"');
    const measured = lengthwise('measure model --task UR --lengths 4,8 --n 5 --json');
    expect(JSON.parse(measured.out)).toMatchObject({
      rows: [
        { task: 'UR', length: 4, n: 5 },
        { task: 'UR', length: 8 },
      ],
    });
    const studied = lengthwise('study run tiny.yaml --out study --json');
    expect(studied.code, studied.said).toBe(0);
    expect(readFileSync(path.join(project, 'study/report.html'), 'utf8')).toMatch(/^<!doctype html>/i);
    expect(lengthwise('export study --table cells').out).toMatch(/^[a-z_,]+/i);
  });
});

describe('a project that imports every export', () => {
  const tsc = path.resolve('node_modules/typescript/bin/tsc');

  it.each(['nodenext', 'bundler'])(
    'compiles with module resolution %s, without types of Node',
    (resolution) => {
      const { out } = runIn(project, process.execPath, tsc, '--project', `tsconfig.${resolution}.json`);
      expect(out).toBe('');
    },
  );

  it('runs', () => {
    const { out, said } = runIn(project, process.execPath, 'use.ts');
    expect(JSON.parse(out || `"${said}"`)).toEqual(USED);
  });

  it('measures a respondent of its own as docs/library.md has it', () => {
    expect(LIBRARY.prints).not.toBe('');
    expect(runIn(project, process.execPath, 'library.ts')).toEqual({
      code: 0,
      out: LIBRARY.prints,
      said: '',
    });
  });
});
