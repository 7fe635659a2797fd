/** README shows a run of `npm start` twice, as a table and as a picture: both are of one run. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const read = (name: string): string => readFileSync(path.join(import.meta.dirname, '..', name), 'utf8');

it('the table in README is that of the run whose report is in the picture', () => {
  // `scripts/picture-of-report.ts` writes it beside the picture, from the same folder.
  expect(read('README.md')).toContain(`\`\`\`\n${read('docs/images/report.txt')}\`\`\``);
});
