import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { commitsOf, linesOf, rowsOf } from './material.node.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'lengthwise-material-'));

function file(name: string, content: string | Uint8Array): string {
  const at = path.join(folder, name);
  writeFileSync(at, content);
  return at;
}

/** A repository with a commit for each subject, the last one newest, and settings that some people have. */
function repository(name: string, subjects: readonly (string | Buffer)[], ...settings: string[]): string {
  const at = path.join(folder, name);
  mkdirSync(at);
  const git = (...argv: string[]): void => {
    execFileSync('git', ['-C', at, ...argv], { stdio: ['pipe', 'pipe', 'pipe'] });
  };
  git('init', '-q');
  for (const setting of ['user.name=a', 'user.email=a@b', 'commit.gpgSign=false', ...settings]) {
    const [key, value] = setting.split('=');
    git('config', key, value);
  }
  for (const subject of subjects) {
    git('commit', '-q', '--allow-empty', '--allow-empty-message', '-F', file('message', subject));
  }
  return at;
}

describe('the log of a repository', () => {
  it('is one line a commit, newest first, each with its hash', () => {
    const commits = commitsOf(
      repository('plain', ['Fix UI', 'Fix UI\n\nand why', 'Add <end> "quotes" | bars']),
    );
    expect(commits.map((line) => line.replace(/^[0-9a-f]{7,} /, ''))).toEqual([
      'Add <end> "quotes" | bars',
      'Fix UI',
      'Fix UI',
    ]);
    expect(new Set(commits).size).toBe(3);
  });

  it('is the same with colours, signatures and old encodings', () => {
    const latin = Buffer.from('Caf\u00e9', 'latin1');
    const settings = ['color.ui=always', 'log.showSignature=true', 'i18n.commitEncoding=ISO-8859-1'];
    const odd = repository('odd', [latin, 'x'], ...settings, 'log.decorate=full', 'format.pretty=fuller');
    expect(commitsOf(odd).map((line) => line.replace(/^[0-9a-f]+ /, ''))).toEqual(['x', 'Caf\u00e9']);
  });

  it('of a commit without a message is its hash', () => {
    expect(commitsOf(repository('silent', ['']))[0]).toMatch(/^[0-9a-f]{7,}$/);
  });

  it('is that of the repository that was named, also inside another one’s hook', () => {
    const [mine, other] = [repository('mine', ['mine']), repository('other', ['other'])];
    const before = process.env.GIT_DIR;
    process.env.GIT_DIR = path.join(other, '.git');
    try {
      expect(commitsOf(mine)[0]).toContain('mine');
    } finally {
      if (before === undefined) delete process.env.GIT_DIR;
      else process.env.GIT_DIR = before;
    }
  });

  it.each([
    ['no repository', () => file('text', 'x'), /cannot read the log of .*text: /],
    ['no folder', () => path.join(folder, 'nowhere'), /nowhere.*No such file or directory/],
    ['no commits', () => repository('empty', []), /does not have any commits yet/],
  ])('%s: one line', (_, where, message) => {
    expect(() => commitsOf(where())).toThrow(message);
    expect(() => commitsOf(path.join(folder, 'nowhere'))).not.toThrow(/\n/);
  });
});

describe('a text', () => {
  it.each([
    ['line ends of Windows, a mark of the byte order, empty lines', '\uFEFFa b\r\n\r\n  c\r\n', ['a b', 'c']],
    [
      'one long line: its sentences',
      'Lorem ipsum. Dolor sit! Amet?',
      ['Lorem ipsum.', 'Dolor sit!', 'Amet?'],
    ],
    ['the same line twice', 'a\na', ['a', 'a']],
    ['a very long line', `${'x'.repeat(100_000)}\ny`, ['x'.repeat(100_000), 'y']],
  ])('%s', (_, content, lines) => {
    expect(linesOf(file('text', content))).toEqual(lines);
  });

  it.each([
    ['', 'has no lines'],
    ['\n\r\n \t\n', 'has no lines'],
    ['one line', 'one line and one sentence'],
    [Uint8Array.of(0x61, 0xff, 0x0a), 'is no text in UTF-8'],
  ])('%j is refused', (content, message) => {
    expect(() => linesOf(file('text', content))).toThrow(message);
  });
});

describe('a table', () => {
  it.each([
    ['', 'has no rows below its head'],
    ['id,n\n', 'has no rows below its head'],
    ['id,n\na,x\nb,y', 'has only 2 rows below its head; a table needs at least 3'],
    ['id,n\na,x\nb,"y', /table.csv: the quote that begins a cell in line 3 never ends/],
  ])('%j is refused', (content, message) => {
    expect(() => rowsOf(file('table.csv', content))).toThrow(message);
  });
});
