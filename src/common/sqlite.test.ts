import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import { openToRead } from './sqlite.node.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-sqlite-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A store in write-ahead mode with two rows; `killed`: the second is in its log only, as after a kill. */
function store(name: string, killed = false): string {
  const folder = path.join(scratch, name);
  const at = path.join(folder, 'store.sqlite');
  const working = path.join(mkdtempSync(path.join(scratch, 'working-')), 'store.sqlite');
  const database = new DatabaseSync(working);
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (x); INSERT INTO t VALUES (1)');
  database.exec('PRAGMA wal_checkpoint(TRUNCATE); INSERT INTO t VALUES (2)');
  if (!killed) database.close();
  cpSync(path.dirname(working), folder, { recursive: true, filter: (file) => !file.endsWith('-shm') });
  if (killed) database.close();
  return at;
}

function rowsIn(file: string): number {
  const database = openToRead(file);
  try {
    return Number(database.prepare('SELECT count(*) AS n FROM t').get()?.n);
  } finally {
    database.close();
  }
}

const beside = (file: string): string[] => readdirSync(path.dirname(file)).toSorted();

describe('a store that is only read', () => {
  it('is left as it was: nothing beside it, not touched', () => {
    const file = store('at-rest');
    const { mtimeMs } = statSync(file);
    expect(rowsIn(file)).toBe(2);
    expect(beside(file)).toEqual(['store.sqlite']);
    expect(statSync(file).mtimeMs).toBe(mtimeMs);
  });

  it('of a killed run has the rows of its log', () => {
    const file = store('killed', true);
    expect(beside(file)).toEqual(['store.sqlite', 'store.sqlite-wal']);
    expect(rowsIn(file)).toBe(2);
  });

  it('is read while another writes it, and can’t be written by a reader', () => {
    const file = store('busy');
    const writer = new DatabaseSync(file);
    writer.exec('INSERT INTO t VALUES (3)');
    const reader = openToRead(file);
    writer.exec('INSERT INTO t VALUES (4)');
    expect(reader.prepare('SELECT count(*) AS n FROM t').get()?.n).toBe(4);
    expect(() => reader.exec('INSERT INTO t VALUES (5)')).toThrow('readonly');
    reader.close();
    writer.exec('INSERT INTO t VALUES (5)');
    writer.close();
    expect(rowsIn(file)).toBe(5);
  });

  it('is no file that reading makes', () => {
    expect(() => openToRead(path.join(scratch, 'none.sqlite'))).toThrow('unable to open');
    expect(readdirSync(scratch)).not.toContain('none.sqlite');
    writeFileSync(path.join(scratch, 'text.sqlite'), 'x'.repeat(5000));
    expect(() => openToRead(path.join(scratch, 'text.sqlite'))).toThrow('not a database');
  });
});

/** Root may write anywhere but through a read-only mount, which takes a mount namespace of one's own. */
const canMount =
  process.platform === 'linux' && spawnSync('unshare', ['-rm', 'true'], { timeout: 10_000 }).status === 0;

/** Reads through a read-only mount, in a process of its own; its stdout. */
function throughReadOnlyMount(file: string): string {
  const at = mkdtempSync(path.join(scratch, 'mount-'));
  const module = path.join(import.meta.dirname, 'sqlite.node.ts');
  const script = `
    import { openToRead } from ${JSON.stringify(module)};
    const database = openToRead(${JSON.stringify(path.join(at, 'store.sqlite'))});
    console.log(database.prepare('SELECT count(*) AS n FROM t').get().n);
    database.close();`;
  const mount = `mount --bind "$1" "$2" && mount -o remount,ro,bind "$2" && exec "$3" --input-type=module -e "$4"`;
  const argv = ['-rm', 'sh', '-c', mount, 'sh', path.dirname(file), at, process.execPath, script];
  const ended = spawnSync('unshare', argv, { encoding: 'utf8', env: { ...process.env, TMPDIR: scratch } });
  return ended.status === 0 ? ended.stdout.trim() : ended.stderr;
}

describe.skipIf(!canMount)('a store behind a read-only mount', () => {
  it('at rest', () => {
    const file = store('mounted');
    expect(throughReadOnlyMount(file)).toBe('2');
    expect(beside(file)).toEqual(['store.sqlite']);
  });

  it('with the log of a killed run: its rows are there, and no copy is left', () => {
    const file = store('mounted-killed', true);
    expect(throughReadOnlyMount(file)).toBe('2');
    expect(beside(file)).toEqual(['store.sqlite', 'store.sqlite-wal']);
    expect(readdirSync(scratch).filter((name) => name.startsWith('lengthwise-read-'))).toEqual([]);
  });
});

describe.skipIf(process.getuid?.() === 0)('a store in a folder that may not be written', () => {
  it('is read', () => {
    const file = store('forbidden');
    chmodSync(path.dirname(file), 0o555);
    try {
      expect(rowsIn(file)).toBe(2);
    } finally {
      chmodSync(path.dirname(file), 0o755);
    }
  });
});
