/** docs/certificates.md says how many lines of the checker in Python a sceptic has to read for each kind of evidence. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '..');
const checker = path.join(root, 'examples', 'certificates');

/** Lines of a file of the checker. */
function linesOf(file: string): number {
  return readFileSync(path.join(checker, file), 'utf8').split('\n').length - 1;
}

const page = readFileSync(path.join(root, 'docs', 'certificates.md'), 'utf8');
const table = page.slice(
  page.indexOf('| evidence | files, besides'),
  page.indexOf('For a certificate of version 1'),
);
const [head, , ...rows] = table.trim().split('\n');
const filesIn = (text: string): string[] => [...text.matchAll(/`(\w+\.py)`/g)].map(([, file]) => file);

it.each(rows)('as many lines as there are: %s', (row) => {
  const files = [...filesIn(head), ...filesIn(row)];
  const lines = files.reduce((sum, file) => sum + linesOf(file), 0);
  expect(row).toContain(`| ${lines.toLocaleString('en-US')} |`);
});

it('every file of the checker is named', () => {
  const named = new Set([...filesIn(table), 'version_1.py']);
  const files = readdirSync(checker).filter((file) => file.endsWith('.py'));
  expect(files.filter((file) => !named.has(file))).toEqual([]);
});
