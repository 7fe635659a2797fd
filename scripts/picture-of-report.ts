/**
 * The pictures of a report in docs/images, taken by Debian's chromium:
 *
 *     node bin/node24.js scripts/picture-of-report.ts runs/quick/report.html
 */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const FOLDER = path.join(import.meta.dirname, '../docs/images');
const PICTURES = [
  { name: 'report.png', width: 1280, height: 860, colorScheme: 'light', section: null },
  { name: 'report-task.png', width: 1280, height: 1000, colorScheme: 'light', section: 'details.task' },
  { name: 'report-phone-dark.png', width: 400, height: 850, colorScheme: 'dark', section: null },
] as const;

const [report] = process.argv.slice(2);
if (report === undefined)
  throw new Error('usage: node bin/node24.js scripts/picture-of-report.ts REPORT.html');

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
