/**
 * The pictures of a study's report in docs/images, taken by Debian's chromium, and its table as README shows it, which
 * `test/readme.test.ts` compares:
 *
 *     node bin/node24.js scripts/picture-of-report.ts runs/quick
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { writeReport } from '../src/cli/shared/report-file.ts';
import { readStudy } from '../src/study/index.ts';
import { summarize, summaryTable } from '../src/study/summary.ts';

const FOLDER = path.join(import.meta.dirname, '../docs/images');
const PICTURES = [
  { name: 'report.png', width: 1280, height: 860, colorScheme: 'light', section: null },
  { name: 'report-task.png', width: 1280, height: 1000, colorScheme: 'light', section: 'details.task' },
  { name: 'report-phone-dark.png', width: 400, height: 850, colorScheme: 'dark', section: null },
] as const;

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: node bin/node24.js scripts/picture-of-report.ts FOLDER');
const study = readStudy(folder);
const report = path.join(folder, 'report.html');
await writeReport(study, report);
writeFileSync(path.join(FOLDER, 'report.txt'), summaryTable(summarize(study)));

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
for (const { name, width, height, colorScheme, section } of PICTURES) {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme });
  await page.goto(pathToFileURL(path.resolve(report)).href);
  if (section !== null)
    await page
      .locator(section)
      .first()
      .evaluate((element) => {
        if (element instanceof HTMLDetailsElement) element.open = true;
        element.scrollIntoView({ behavior: 'instant' });
      });
  await page.screenshot({ path: path.join(FOLDER, name) });
  await page.close();
}
await browser.close();
