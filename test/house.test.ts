/**
 * The house (scripts/house.ts): the lint rule fires on what breaks it, through every way to name a module, and what
 * is said to run in a browser reaches nothing of Node.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ESLint } from 'eslint';
import ts from 'typescript';
import tseslint from 'typescript-eslint';
import { beforeAll, describe, expect, it } from 'vitest';
import { browserRooms, house, needsNode } from '../scripts/house.ts';

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

/** Everything that is loaded with a file: our files, and the packages and parts of Node that they name. */
function reachableFrom(file: string): { files: Set<string>; packages: Set<string> } {
  const files = new Set<string>([file]);
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
  const rooms = browserRooms.filter((room) => existsSync(path.join(ROOT, 'src', room, 'index.ts')));

  it.each(rooms)('lengthwise/%s loads nothing of Node', (room) => {
    const { files, packages } = reachableFrom(path.join(ROOT, 'src', room, 'index.ts'));
    expect([...packages].filter(needsNode)).toEqual([]);
    expect([...files].filter((file) => file.endsWith('.node.ts'))).toEqual([]);
    expect(files.size).toBeGreaterThan(3);
  });

  it('is not said of every room', () => {
    const { packages } = reachableFrom(path.join(ROOT, 'src/train/index.ts'));
    expect([...packages].filter(needsNode)).not.toEqual([]);
  });
});

describe('the command line', () => {
  it('starts without engines, models and packages: those are loaded by the command that needs them', () => {
    const { files, packages } = reachableFrom(path.join(ROOT, 'src/cli/main.ts'));
    const light = ['cli', 'common', 'crasp', 'study', 'tasks']; // the last three for the words that they print
    const others = [...files]
      .map((file) => path.relative(path.join(ROOT, 'src'), file).split(path.sep))
      .filter(([room]) => !light.includes(room))
      .map((parts) => parts.join('/'));
    expect(others).toEqual(['measure/plan/settings.ts']); // what its help shows
    expect([...packages].filter((name) => !needsNode(name))).toEqual(['commander']);
  });
});
