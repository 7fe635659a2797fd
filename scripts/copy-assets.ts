/** Copies what tsc leaves behind: the data files that stand beside the code that reads them. */
import { cpSync, globSync, mkdirSync } from 'node:fs';
import path from 'node:path';

for (const file of globSync('src/**/*.{json,css,svg,html,yaml,txt,md,py,mjs}')) {
  const target = path.join('dist', path.relative('src', file));
  mkdirSync(path.dirname(target), { recursive: true });
  cpSync(file, target);
}
