import { chmodSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import { UserError } from './errors.ts';
import { closedFile, damagedStore } from './store-file.node.ts';
import { openToRead, openToWrite } from './sqlite.node.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-store-file-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A store of many pages, at rest. */
function store(name: string): string {
  const file = path.join(scratch, `${name}.sqlite`);
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = WAL; BEGIN; CREATE TABLE t (x)');
  const insert = database.prepare('INSERT INTO t VALUES (?)');
  for (let i = 0; i < 100; i++) insert.run(String(i).repeat(1000));
  database.exec('COMMIT');
  database.close();
  return file;
}

/** What opening the file and reading all rows throws. */
function faultOf(open: (file: string) => DatabaseSync, file: string): unknown {
  let database: DatabaseSync | undefined;
  try {
    database = open(file);
    return null;
  } catch (error) {
    return error;
  } finally {
    database?.close();
  }
}

it('the way out of damage is a command that can be copied, whatever the folder is called', () => {
  expect(damagedStore('my runs/a.sqlite', 'x').message).toContain(": sqlite3 'my runs/a.sqlite' .recover");
});

const OPENED = [
  ['read', openToRead],
  ['write', openToWrite],
] as const;

describe.each(OPENED)('a file that is opened to %s', (how, open) => {
  it('is taken when it is whole', () => {
    expect(faultOf(open, store(`whole-${how}`))).toBe(null);
  });

  const size = readFileSync(store(`size-${how}`)).length;
  it.each([1, 15, 16, 17, 99, 100, 512, 4095, 4096, 4097, 20_000, size - 4096, size - 1])(
    'is damaged when it was cut to %i bytes, and left as it is',
    (bytes) => {
      const file = store(`cut-${how}-${bytes}`);
      truncateSync(file, bytes);
      const before = readFileSync(file);
      const fault = faultOf(open, file);
      expect(fault).toBeInstanceOf(UserError);
      expect(String(fault)).toMatch(
        /sqlite is damaged \(.*\): sqlite3 \S+ \.recover may save rows; to start/,
      );
      expect(readFileSync(file).equals(before)).toBe(true);
    },
  );

  it.each([
    [0, 16],
    [18, 60],
    [0, 4096],
  ])('is damaged when bytes %i to %i were overwritten', (from, to) => {
    const file = store(`overwritten-${how}-${from}-${to}`);
    const bytes = readFileSync(file);
    bytes.fill(0xad, from, to);
    writeFileSync(file, bytes);
    const fault = faultOf(open, file);
    expect(fault).toBeInstanceOf(UserError);
    expect(String(fault)).toMatch(/is damaged \((file is not a database|database disk image is malformed)\)/);
  });

  it('is not taken for a new one when it is empty', () => {
    const file = store(`empty-${how}`);
    truncateSync(file, 0);
    expect(String(faultOf(open, file))).toContain(`${file} is empty (0 bytes): put a copy of it back`);
    expect(readFileSync(file)).toHaveLength(0);
  });

  it('may end within a page while a log has the rest', () => {
    const file = store(`log-${how}`);
    const writer = new DatabaseSync(file);
    writer.exec('PRAGMA wal_autocheckpoint = 0; INSERT INTO t VALUES (1)');
    writeFileSync(file, Buffer.from('half a page'), { flag: 'a' }); // as a checkpoint that was killed leaves it
    expect(faultOf(open, file)).toBe(null);
    writer.close();
  });

  it.skipIf(process.getuid?.() === 0)('says what may not be done with it', () => {
    const file = store(`forbidden-${how}`);
    chmodSync(file, how === 'read' ? 0o000 : 0o444);
    expect(String(faultOf(open, file))).toMatch(
      new RegExp(`cannot ${how} \\S+: permission denied; change its`),
    );
  });
});

describe('a file that may not be opened', () => {
  it.each([
    ['EACCES', 'read', 'cannot read a: permission denied; change its permissions'],
    [
      'EACCES',
      'write',
      'cannot write a: permission denied; change its permissions, or name another folder with --out',
    ],
    ['EROFS', 'write', 'cannot write a: its disk is read-only; name another folder with --out'],
  ] as const)('%s, to %s', (code, how, said) => {
    const error = Object.assign(new Error(`${code}: in the words of the system, access 'a'`), { code });
    expect(closedFile(error, 'a', how).message).toBe(said);
  });
});
