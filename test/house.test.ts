/**
 * The house (scripts/house.ts): the lint rule fires on what breaks it, through every way to name a module, and what
 * is said to run in a browser reaches nothing of Node.
 */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ESLint } from 'eslint';
import ts from 'typescript';
import tseslint from 'typescript-eslint';
import { beforeAll, describe, expect, it } from 'vitest';
import { browserRooms, circles, house, needsNode } from '../scripts/house.ts';

const ROOT = path.join(import.meta.dirname, '..');

describe('the lint rule', () => {
  let eslint: ESLint;

  beforeAll(() => {
    // The repository's own configuration, without the rules that want the types of files on disk.
    eslint = new ESLint({ cwd: ROOT, overrideConfig: [tseslint.configs.disableTypeChecked] });
  });

  async function complaints(file: string, code: string): Promise<string[]> {
    const [result] = await eslint.lintText(code, { filePath: path.join(ROOT, file) });
    expect(result.fatalErrorCount, JSON.stringify(result.messages)).toBe(0);
    return result.messages.filter(({ ruleId }) => ruleId === 'house/imports').map(({ message }) => message);
  }

  const forbidden: [file: string, code: string, says: RegExp][] = [
    ['src/tasks/new.ts', "import { forward } from '../model/index.ts';", /'tasks' may not use 'model'/],
    [
      'src/tasks/new.ts',
      "import type { Site } from '../model/sites/sites.ts';",
      /'tasks' may not use 'model'/,
    ],
    ['src/tasks/authors/new.ts', "import { rows } from '../../study/rows.ts';", /may not use 'study'/],
    ['src/tasks/new.ts', "export * from '../crasp/index.ts';", /'tasks' may not use 'crasp'/],
    ['src/tasks/new.ts', "export { compile } from '../crasp/index.ts';", /'tasks' may not use 'crasp'/],
    ['src/tasks/new.ts', "await import('../train/index.ts');", /'tasks' may not use 'train'/],
    ['src/tasks/new.ts', "export type T = import('../train/spec/spec.ts').TrainSpec;", /may not use 'train'/],
    ['src/tasks/new.ts', "import { compile } from 'lengthwise/crasp';", /'tasks' may not use 'crasp'/],
    ['src/graph/new.ts', "import { forward } from '../model/index.ts';", /'graph' may not use 'model'/],
    ['src/model/new.ts', "import { train } from '../train/index.ts';", /'model' may not use 'train'/],
    ['src/model/new.node.ts', "import { train } from '../train/index.ts';", /'model' may not use 'train'/],
    ['src/train/new.node.ts', "import { readStudy } from '../study/index.ts';", /may not use 'study'/],
    ['src/measure/new.ts', "import { train } from '../train/index.ts';", /'measure' may not use 'train'/],
    [
      'src/score/new.ts',
      "import type { PromptTemplate } from '../prompt/template.ts';",
      /may not use 'prompt'/,
    ],
    ['src/score/new.ts', "import type { Output } from '../respond/respondent.ts';", /may not use 'respond'/],
    [
      'src/prompt/new.ts',
      "import type { Inquiry } from '../measure/plan/inquiry.ts';",
      /may not use 'measure'/,
    ],
    [
      'src/respond/new.ts',
      "import { scoreRow } from '../measure/scoring/scoring.ts';",
      /may not use 'measure'/,
    ],
    ['src/measure/new.ts', "import type { StudyRows } from '../study/rows.ts';", /may not use 'study'/],
    ['src/score/new.ts', "import { hash } from 'node:crypto';", /runs in a browser/],
    ['src/prompt/new.ts', "import { readOwnTask } from './own/own-task.node.ts';", /runs in a browser/],
    ['src/predict/new.ts', "import { gradients } from '../graph/index.ts';", /may not use 'graph'/],
    ['src/study/new.ts', "import { renderReport } from '../report/index.ts';", /may not use 'report'/],
    ['src/train/new.ts', "import { createIo } from '../cli/shared/io.ts';", /'train' may not use 'cli'/],
    ['src/common/new.ts', "import { tasks } from '../tasks/index.ts';", /'common' may not use 'tasks'/],
    ['src/report/new.ts', "import { readStudy } from '../study/index.ts';", /the report reads rows/],
    ['src/report/new.ts', "import type { Plan } from '../study/plan.ts';", /the report reads rows/],
    ['src/report/new.ts', "import { cells } from '../study/rows.ts';", /the report reads rows/],
    ['src/report/new.ts', "import { type CellRow } from '../score/tables/rows.ts';", /the report reads rows/],
    ['src/crasp/new.ts', "import { readFileSync } from 'node:fs';", /runs in a browser/],
    ['src/crasp/new.ts', "import fs from 'fs';", /runs in a browser/],
    ['src/crasp/new.ts', "const fs = await import('node:fs');", /runs in a browser/],
    ['src/report/new.ts', "import type { Readable } from 'node:stream';", /runs in a browser/],
    ['src/graph/new.ts', "import { Tensor } from 'onnxruntime-node';", /runs in a browser/],
    ['src/model/new.ts', "import { loadFolder } from './files/folder.node.ts';", /runs in a browser/],
    ['src/model/new.ts', "export { loadFolder } from './files/folder.node.ts';", /runs in a browser/],
  ];
  it.each(forbidden)('%s may not say %s', async (file, code, says) => {
    expect(await complaints(file, code)).toEqual([expect.stringMatching(says)]);
  });

  const allowed: [file: string, code: string][] = [
    ['src/model/new.ts', "import { matmul } from '../graph/index.ts';"],
    ['src/tasks/new.ts', "import { UserError } from '../common/errors.ts';"],
    ['src/tasks/authors/new.ts', "import { draw } from '../draw.ts';"],
    ['src/model/new.node.ts', "import { readFileSync } from 'node:fs';"],
    ['src/model/new.ts', "const { loadFolder } = await import('./files/folder.node.ts');"],
    ['src/model/new.ts', "import type { SavedModel } from './files/folder.node.ts';"],
    ['src/train/new.ts', "import { readFileSync } from 'node:fs';"],
    ['src/report/new.ts', "import type { CellRow } from '../score/tables/rows.ts';"],
    ['src/report/new.ts', "import { errorKinds } from '../score/errors/kinds.ts';"],
    ['src/cli/new.ts', "await import('../study/index.ts');"],
    ['src/tasks/new.test.ts', "import { forward } from '../model/index.ts';"],
    ['bench/new.ts', "import { forward } from '../src/model/index.ts';"],
  ];
  it.each(allowed)('%s may say %s', async (file, code) => {
    expect(await complaints(file, code)).toEqual([]);
  });

  it('knows every room', () => {
    const rooms = ts.sys.getDirectories(path.join(ROOT, 'src'));
    expect(rooms.toSorted()).toEqual(Object.keys(house).toSorted());
  });
});

/** The modules that a module loads when it is loaded: neither types, nor what import(…) loads later. */
function loadedBy(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  return source.statements.flatMap((statement) => {
    if (ts.isImportDeclaration(statement)) {
      const typeOnly = statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
      return typeOnly ? [] : [(statement.moduleSpecifier as ts.StringLiteral).text];
    }
    if (ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined) {
      return statement.isTypeOnly ? [] : [(statement.moduleSpecifier as ts.StringLiteral).text];
    }
    return [];
  });
}

/** Everything that is loaded with some files: our files, and the packages and parts of Node that they name. */
function reachableFrom(...some: readonly string[]): { files: Set<string>; packages: Set<string> } {
  const files = new Set<string>(some);
  const packages = new Set<string>();
  for (const one of files) {
    for (const name of loadedBy(one)) {
      if (name.startsWith('.')) files.add(path.join(path.dirname(one), name));
      else packages.add(name);
    }
  }
  return { files, packages };
}

describe('what runs in a browser', () => {
  it.each(browserRooms)('the room %s loads nothing of Node, whichever of its files is loaded', (room) => {
    const own = globSync(`src/${room}/**/*.ts`, { cwd: ROOT }).filter(
      (file) => !/\.(test|node)\.ts$/.test(file),
    );
    expect(own.length).toBeGreaterThan(3);
    const { files, packages } = reachableFrom(...own.map((file) => path.join(ROOT, file)));
    expect([...packages].filter(needsNode)).toEqual([]);
    expect([...files].filter((file) => file.endsWith('.node.ts'))).toEqual([]);
  });

  it('is not said of every room', () => {
    const { packages } = reachableFrom(path.join(ROOT, 'src/train/index.ts'));
    expect([...packages].filter(needsNode)).not.toEqual([]);
  });
});

describe('the command line', () => {
  it('starts without engines, models and packages: those are loaded by the command that needs them', () => {
    const { files, packages } = reachableFrom(path.join(ROOT, 'src/cli/main.ts'));
    const light = ['cli', 'common', 'crasp', 'score', 'study', 'tasks']; // the last four for the words that they print
    const others = [...files]
      .map((file) => path.relative(path.join(ROOT, 'src'), file).split(path.sep))
      .filter(([room]) => !light.includes(room))
      .map((parts) => parts.join('/'));
    expect(others.toSorted()).toEqual([
      'explain/settings/defaults.ts', // what its help shows
      'fix/finetuned/result-files.ts', // what lies in its folder, for whoever takes it for another
      'fix/hand-over/result-file.ts', // the same of fix
      'fix/outcome/text.ts', // the words of what fix found
      'measure/gather/model-name.ts', // a part of the shape of results
      'measure/plan/settings.ts', // what its help shows
      'measure/result.ts', // the shape of results
      'measure/store/ending.ts', // its words for what is missing
      'measure/store/pilots.ts', // a part of it
      'respond/recording/layouts.ts', // what --symbols takes
      'train/lessons/lessons.ts', // what --task takes
      'train/lessons/text.ts', // a part of it
    ]);
    expect([...packages].filter((name) => !needsNode(name))).toEqual(['commander']);
  });
});

describe('circles of folders', () => {
  const found = circlesOf(importsOfFolders());

  it('are those that are written down in scripts/house.ts, each with its reason', () => {
    const line = (folders: readonly string[]): string => folders.toSorted().join(', ');
    expect(found.map(line).toSorted()).toEqual(circles.map(({ folders }) => line(folders)).toSorted());
    for (const { why } of circles) expect(why.length).toBeGreaterThan(20);
  });

  it('never go from room to room', () => {
    for (const folders of found) expect(new Set(folders.map(roomOf)).size).toBe(1);
  });

  it.each(['common', 'score', 'prompt', 'respond', 'measure', 'report', 'cli'])(
    'there is none in %s',
    (room) => {
      expect(found.filter((folders) => folders.some((folder) => roomOf(folder) === room))).toEqual([]);
    },
  );

  it('are found: two folders that use each other, and a third on the way', () => {
    const uses = new Map([
      ['a', new Set(['b'])],
      ['b', new Set(['c', 'd'])],
      ['c', new Set(['a'])],
      ['d', new Set<string>()],
    ]);
    expect(circlesOf(uses)).toEqual([['a', 'b', 'c']]);
  });
});

function roomOf(folder: string): string {
  return folder.split('/')[0];
}

/**
 * Which folders of `src` use which others, by any way to name a module, types included. A room's `index.ts` is for others
 * to import: no file of the room does.
 */
function importsOfFolders(): Map<string, Set<string>> {
  const uses = new Map<string, Set<string>>();
  for (const file of globSync('src/**/*.ts', { cwd: ROOT })) {
    if (file.endsWith('.test.ts') || /^src\/[a-z]+\/index\.ts$/.test(file)) continue;
    const folder = path.posix.dirname(file).slice('src/'.length);
    const others = uses.get(folder) ?? new Set();
    uses.set(folder, others);
    const { importedFiles } = ts.preProcessFile(readFileSync(path.join(ROOT, file), 'utf8'));
    for (const { fileName } of importedFiles) {
      const target = path.posix.join(path.posix.dirname(file), fileName);
      if (!fileName.startsWith('.') || !target.startsWith('src/')) continue;
      const other = path.posix.dirname(target).slice('src/'.length);
      if (other !== folder) others.add(other);
    }
  }
  return uses;
}

/** The sets of folders of which each reaches each other. */
function circlesOf(uses: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const reach = new Map([...uses.keys()].map((folder) => [folder, reached(folder, uses)]));
  const seen = new Set<string>();
  const found: string[][] = [];
  for (const folder of [...uses.keys()].sort()) {
    if (seen.has(folder) || !reach.get(folder)?.has(folder)) continue;
    const circle = [...(reach.get(folder) ?? [])].filter((other) => reach.get(other)?.has(folder)).sort();
    for (const other of circle) seen.add(other);
    found.push(circle);
  }
  return found;
}

function reached(folder: string, uses: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
  const all = new Set(uses.get(folder));
  for (const one of all) for (const next of uses.get(one) ?? []) all.add(next);
  return all;
}
