/**
 * Our own scoring as JavaScript files that run by themselves: `score/score.js` and all that it imports, which is pure. In a
 * checkout the types are stripped; an installed package has JavaScript already.
 */
import { readFileSync } from 'node:fs';
import module from 'node:module';
import path from 'node:path';
import type { Files } from './format.ts';

const ROOT = path.join(import.meta.dirname, '../..');

/** `src` in a checkout, `dist` in a package. */
const ENDING = path.extname(import.meta.filename);

/** The files of the scoring, by their paths below `folder`. */
export function scoringFiles(folder: string): Files {
  const files = new Map<string, string>();
  const todo = [`score/score${ENDING}`];
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const code = codeOf(next);
    files.set(`${folder}/${asJavaScript(next)}`, code);
    for (const [, name] of code.matchAll(IMPORT)) {
      const file = path.posix.join(path.posix.dirname(next), name).replace(/\.js$/, ENDING);
      if (!files.has(`${folder}/${asJavaScript(file)}`)) todo.push(file);
    }
  }
  files.set(`${folder}/package.json`, `${JSON.stringify({ type: 'module' })}\n`);
  return Object.fromEntries(files);
}

/** A relative name of a module, where code imports or exports from it. */
const IMPORT = /^(?:import|export|\})[^'"\n]*?(?:from )?['"](\.{1,2}\/[^'"]+)['"];?$/gm;

function codeOf(file: string): string {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  if (ENDING !== '.ts') return text;
  const stripped = module.stripTypeScriptTypes(text);
  return stripped.replace(IMPORT, (line) => line.replace(/\.ts(['"];?)$/, '.js$1'));
}

function asJavaScript(file: string): string {
  return file.replace(/\.ts$/, '.js');
}
