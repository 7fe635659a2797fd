/** What pages list and print, held against what it is about. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { cellColumns, horizonColumns } from '../../src/measure/export/columns.ts';
import { errorKinds } from '../../src/score/errors/index.ts';

const root = path.resolve(import.meta.dirname, '../..');
const page = (name: string): string => readFileSync(path.join(root, 'docs', name), 'utf8');

/** The row of a page's table that begins with this name. */
function tableRow(name: string, first: string): string {
  return (
    page(name)
      .split('\n')
      .find((line) => line.startsWith(`| \`${first}\` |`)) ?? ''
  );
}

describe('export.md and measure.md', () => {
  it('list the columns of cells in their order', () => {
    const names = ['respondent', 'task', ...cellColumns.map(({ name }) => name)];
    expect(tableRow('export.md', 'cells')).toContain(`\`${names.join(', ')}\``);
  });

  it.each(horizonColumns.map(({ name }) => name))('horizons: %s is named', (name) => {
    expect(tableRow('measure.md', 'horizons')).toContain(`\`${name}\``);
  });
});

describe('scoring.md', () => {
  it.each(Object.entries(errorKinds))('names the kind %s, and its words in tables', (kind, { title }) => {
    const text = page('scoring.md').replace(/\s+/g, ' ');
    expect(text).toContain(`\`${kind}\``);
    expect(text).toContain(title);
  });
});

describe('study.md', () => {
  const text = page('study.md');
  const files = Array.from(text.matchAll(/^```yaml\n(# (\S+\.yaml)\n[^]*?)^```/gm));
  const folder = mkdtempSync(path.join(tmpdir(), 'lengthwise-pages-'));

  it.each(files.map(([, yaml, name]) => [name, yaml]))('%s: the plan is the one printed', (name, yaml) => {
    writeFileSync(path.join(folder, name), yaml);
    const printed = text.split(`$ lengthwise study plan ${name}\n`)[1].split('\n\n$ ')[0];
    const { stdout } = spawnSync(
      process.execPath,
      [path.join(root, 'bin/lengthwise.js'), 'study', 'plan', name, '--workers', '2'],
      { cwd: folder, encoding: 'utf8' },
    );
    const lines = new Set(linesOf(stdout));
    expect(lines.size).toBeGreaterThan(3);
    for (const line of linesOf(printed)) expect([...lines]).toContain(line);
  });

  /** The lines of a plan but for times, which are estimates, and what a page leaves out. */
  function linesOf(plan: string): string[] {
    return plan
      .split('\n')
      .filter((line) => line !== '' && line !== '…')
      .map((line) => line.replace(/\d+ s\b/, 'N s').replace(/ +/g, ' '));
  }
});
