import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderExplainReport, renderMeasureReport, renderReport } from '../src/report/index.ts';
import { renderFinetuneReport } from '../src/report/finetune/index.ts';
import { explanations } from './explanation-fixture.ts';
import { plantedChanges, tunedResult, tunedStudy, typicalTuning } from './finetune-fixture.ts';
import { measurements } from './measurement-fixture.ts';
import { asked, hostileStudy, studyRows, typical, unfinishedStudy } from './report-fixture.ts';

const CHROMIUM = '/usr/bin/chromium';
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const explained = await plantedChanges(['UR', 'UL']);
const [before, after] = explained.UL;

const reports: Readonly<Record<string, string>> = {
  'a study that is typical': renderReport(studyRows(typical)),
  'a study that is unfinished': renderReport(unfinishedStudy()),
  'a study that is hostile': renderReport(hostileStudy()),
  'a study of trained models and respondents': renderReport(studyRows(asked)),
  'a study of respondents only': renderReport(studyRows({ ...asked, models: [] })),
  'a study that fine-tunes': renderReport(tunedStudy({ plan: typicalTuning, explained })),
  'a fine-tuning': renderFinetuneReport(tunedResult({ ...typicalTuning, text: true, ownBases: false }), [
    { task: 'UL', seed: 1, before, after },
  ]),
  ...Object.fromEntries(
    Object.entries(measurements)
      .filter(([name]) => name !== 'nothing was asked') // there is nothing to draw
      .map(([name, input]) => [`a measurement: ${name}`, renderMeasureReport(input)]),
  ),
  ...Object.fromEntries(
    Object.entries(explanations).map(([name, input]) => [
      `an explanation: ${name}`,
      renderExplainReport(input),
    ]),
  ),
};

const views = [
  {
    name: 'wide and light',
    width: 1280,
    colorScheme: 'light',
    paper: 'rgb(253, 253, 251)',
  },
  { name: 'wide and dark', width: 1280, colorScheme: 'dark', paper: 'rgb(21, 24, 28)' },
  {
    name: 'narrow and light',
    width: 375,
    colorScheme: 'light',
    paper: 'rgb(253, 253, 251)',
  },
  { name: 'narrow and dark', width: 360, colorScheme: 'dark', paper: 'rgb(21, 24, 28)' },
] as const;

// To run these, install Debian's chromium (`apt-get install chromium`).
describe.skipIf(!existsSync(CHROMIUM))(`the report in a real browser (needs ${CHROMIUM})`, () => {
  const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-browser-'));
  let browser: Browser;

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
  });
  afterAll(async () => {
    await browser.close();
    rmSync(scratch, { recursive: true });
  });

  describe.each(Object.entries(reports))('of %s', (name, text) => {
    const file = path.join(scratch, `${name.replace(/\W+/g, '-')}.html`);
    beforeAll(() => writeFileSync(file, text));

    it.each(views)('opens from a file, $name', async ({ width, colorScheme, paper }) => {
      const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
      const heard = await open(page, file);
      expect(heard).toEqual([]);
      expect(await overflowing(page)).toEqual([]);
      expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(paper);
      expect(await page.locator('details.section[open]').count()).toBe(0);
      await openAll(page);
      expect(await overflowing(page)).toEqual([]);
      const drawings = await page.locator('figure .drawing:visible svg').all();
      expect(drawings).not.toHaveLength(0);
      for (const each of drawings) {
        const box = await each.boundingBox();
        expect(box?.width).toBeGreaterThan(300);
        expect(box?.height).toBeGreaterThan(90);
      }
      await page.close();
    });
  });

  it('states the finding and shows the table in the first screen, and leads back to the contents from anywhere', async () => {
    const file = path.join(scratch, 'first-screen.html');
    writeFileSync(file, reports['a study that is typical']);
    for (const { width, height } of [
      { width: 1280, height: 900 },
      { width: 400, height: 850 },
    ]) {
      const page = await browser.newPage({ viewport: { width, height } });
      await open(page, file);
      for (const part of ['.lead', '.horizons tbody tr:first-child']) {
        const box = await page.locator(part).first().boundingBox();
        expect((box?.y ?? Infinity) + (box?.height ?? 0)).toBeLessThan(height);
      }
      await page.locator('nav a[href="#repeat"]').click();
      expect(await page.locator('#repeat').isVisible()).toBe(true); // following the link has opened it
      const nav = await page.locator('nav').boundingBox();
      expect(nav?.y).toBeGreaterThanOrEqual(0);
      expect(nav?.y).toBeLessThan(height / 2);
      await page.close();
    }
  });

  it.each(Object.entries(reports))(
    'has no column that a phone can’t reach, and the first one stays in sight: %s',
    async (_, text) => {
      const file = path.join(scratch, 'phone.html');
      writeFileSync(file, text);
      const page = await browser.newPage({ viewport: { width: 400, height: 850 } });
      await open(page, file);
      await openAll(page);
      expect(await overflowing(page)).toEqual([]);
      expect(await page.locator('table').count()).toBeGreaterThan(0);
      expect(await page.evaluate(unreachable)).toEqual([]);
      await page.close();
    },
  );

  it('prints on white paper, without the contents', async () => {
    const file = path.join(scratch, 'print.html');
    writeFileSync(file, reports['a study that is typical']);
    const page = await browser.newPage({ colorScheme: 'dark' });
    await open(page, file);
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.locator('nav').isVisible()).toBe(false);
    expect(await page.locator('figure .wide svg').first().isVisible()).toBe(true);
    expect(await page.evaluate(() => getComputedStyle(document.body).color)).toBe('rgb(27, 31, 36)');
    const pdf = await page.pdf({ format: 'A4' });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    await page.close();
  });

  it.each([
    'a study that is typical',
    'a study of trained models and respondents',
    'a study that fine-tunes',
    'a measurement: eleven tasks',
    'a measurement: everything that can happen',
    'a measurement: three respondents, one that was asked less',
    'an explanation: a pair of tasks, and one alone',
  ])('sets text that can be read, 4.5 to 1, in light and in dark: %s', async (name) => {
    const file = path.join(scratch, 'contrast.html');
    writeFileSync(file, reports[name]);
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await browser.newPage({ colorScheme });
      await open(page, file);
      await openAll(page);
      expect(await page.evaluate(weakTexts)).toEqual([]);
      await page.close();
    }
  });
});

/** Opens a file; what the console said, and every address that was asked for besides the file itself. */
async function open(page: Page, file: string): Promise<string[]> {
  const address = pathToFileURL(file).href;
  const heard: string[] = [];
  page.on('console', (message) => heard.push(message.text()));
  page.on('pageerror', (error) => heard.push(error.message));
  page.on('dialog', (dialog) => heard.push(dialog.message()));
  page.on('request', (request) => {
    if (request.url() !== address && !request.url().startsWith('data:')) heard.push(request.url());
  });
  await page.goto(address);
  return heard;
}

async function openAll(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const details of document.querySelectorAll('details')) details.open = true;
  });
}

/** Elements that make the page wider than the screen. */
async function overflowing(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const wide = [...document.querySelectorAll('body *')].filter(
      (element) => element.closest('.scroll') === null && element.getBoundingClientRect().right > width + 1,
    );
    return [
      `the page is ${document.documentElement.scrollWidth} wide`,
      ...wide.map((element) => element.outerHTML.slice(0, 120)),
    ];
  });
}

/**
 * Runs in the page: tables that a narrow screen cuts (they are wider than it, and lie in no box that scrolls, or its end does
 * not come in sight), whose first column is no longer there at the end, or takes more than half of the box.
 */
function unreachable(): string[] {
  return [...document.querySelectorAll('table')].flatMap((table) => {
    const name = `${table.caption?.textContent.trim().slice(0, 60) ?? ''}: `;
    const box = table.closest<HTMLElement>('.scroll');
    if (box === null) return [`${name}in no box of its own`];
    box.scrollLeft = box.scrollWidth;
    const [inner, outer] = [table.getBoundingClientRect(), box.getBoundingClientRect()];
    const faults = [
      ...(outer.left < 0 || outer.right > document.documentElement.clientWidth ? ['beyond the screen'] : []),
      ...(inner.right > outer.right + 1 ? ['its end does not come in sight'] : []),
    ];
    for (const head of table.querySelectorAll('tr > th:first-child')) {
      if (head.matches('.model')) continue; // the second of a group, whose first heading spans it
      const { left, right, width } = head.getBoundingClientRect();
      if (left < outer.left - 1 || right > outer.right) faults.push('its first column is out of sight');
      if (box.scrollWidth > box.clientWidth && width > outer.width / 2)
        faults.push('its first column leaves no room');
      if (head.scrollWidth > head.clientWidth + 1) faults.push('a text leaves its first column');
    }
    return [...new Set(faults)].map((fault) => name + fault);
  });
}

/** Runs in the page: texts whose colour is too near to what lies behind them (WCAG 2.2, 1.4.3). */
function weakTexts(): string[] {
  const numbers = (colour: string): number[] => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (colour: string): number => {
    const [red, green, blue] = numbers(colour).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element: Element | null): string => {
    if (element === null) return 'rgb(255, 255, 255)';
    const { backgroundColor } = getComputedStyle(element);
    return numbers(backgroundColor)[3] === 0 ? behind(element.parentElement) : backgroundColor;
  };
  const weak = new Set<string>();
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim());
    const drawn = element.namespaceURI?.endsWith('svg') ?? false;
    if (!own || element.closest('.swatch, title, [fill="var(--on-part)"]') !== null) continue;
    const style = getComputedStyle(element);
    const [a, b] = [luminance(drawn ? style.fill : style.color), luminance(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5)
      weak.add(
        `${ratio.toFixed(2)}: ${element.tagName} ${element.getAttribute('class') ?? ''} ${element.textContent?.slice(0, 30) ?? ''}`,
      );
  }
  return [...weak];
}
