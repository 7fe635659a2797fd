import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../common/errors.ts';
import { MeasureStore, STORE_FILE } from '../../measure/store/store.node.ts';
import { readTemplate } from '../../prompt/template.ts';
import { credentials } from '../../respond/endpoint/transport/secrets.ts';
import { taskNamesOf } from './asked-tasks.ts';
import type { MeasureOptions } from './options.ts';
import { targetOf } from './target.ts';

const none = {} as MeasureOptions;

describe('what is measured', () => {
  it.each<[string | undefined, Partial<MeasureOptions>, RegExp]>([
    ['localhost:8000', {}, /did you mean http:\/\/localhost:8000\/v1\?/],
    ['127.0.0.1:8000/v1', {}, /did you mean http:\/\/127\.0\.0\.1:8000\/v1\?/],
    ['ftp://x/y', {}, /begins with http:\/\/ or https:\/\//],
    [undefined, { outputs: ['a.jsonl', 'http://x/v1'] }, /measure one thing/],
    [undefined, { outputs: ['a.jsonl', './a.jsonl'] }, /names \.\/a\.jsonl twice/],
  ])('is not %s %j', (named, options, message) => {
    expect(() => targetOf(named, { ...none, ...options })).toThrow(message);
    expect(() => targetOf(named, { ...none, ...options })).toThrow(UserError);
  });

  it('is a folder or an address', () => {
    expect(targetOf('runs/UR', none).kind).toBe('folder');
    expect(targetOf('http://localhost:8000/v1', none).kind).toBe('endpoint');
  });

  it('no task twice', async () => {
    await expect(taskNamesOf({ ...none, task: 'UR, UR' })).rejects.toThrow(/--task names UR twice/);
  });
});

it.each(['Content-Length: 4', 'Transfer-Encoding: chunked', 'Host: foo', 'connection: close'])(
  'the header %s is not for users to set',
  (header) => {
    expect(() => credentials({}, [header])).toThrow(/belongs to the connection/);
  },
);

it('a damaged store is said in one line, with its name', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'damaged-'));
  writeFileSync(path.join(folder, STORE_FILE), 'no database at all '.repeat(400));
  for (const open of [() => MeasureStore.open(folder), () => MeasureStore.read(folder)]) {
    expect(open).toThrow(UserError);
    expect(open).toThrow(/measure\.sqlite/);
  }
});

it('each fault of a prompt’s file is said in the words of its author', () => {
  const read = (): unknown => readTemplate('for: never\nquestion: 3\nshots: x\n', 'p', 'p.yaml');
  expect(read).toThrow(/question: takes a text/);
  expect(read).toThrow(/shots: takes a number/);
  expect(read).toThrow(/demonstration: is missing/);
  expect(read).toThrow(/lengthwise prompts show UR/);
  expect(read).not.toThrow(/invalid|expected|received/i);
});
