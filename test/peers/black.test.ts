/** Generated Python is formatted as black does it. Needs LENGTHWISE_PYTHON: a Python with black; skipped without. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { rng } from '../../src/common/random.ts';
import { pythonOf } from '../../src/fix/transform/python.ts';
import { drawTransform } from '../transforms.ts';

const python = process.env.LENGTHWISE_PYTHON ?? 'python3';
const installed = spawnSync(python, ['-c', 'import black'], { stdio: 'ignore' }).status === 0;

/** Marks and names of tasks, some of which need more than one line. */
const TEXTS = [
  ';',
  '.',
  '"',
  "it's",
  'a-task-with-a-long-name',
  'another-task-whose-name-does-not-end-where-it-should',
];

describe.skipIf(!installed)(`black${installed ? '' : ': LENGTHWISE_PYTHON has none'}`, () => {
  it('leaves files of transformations as they are', () => {
    const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-black-'));
    const stream = rng('black');
    try {
      for (let file = 0; file < 300; file++) {
        const transform = drawTransform(stream, TEXTS);
        const code = pythonOf({ name: 'drawn', task: 'UR', transform, about: ['At random.'] });
        writeFileSync(path.join(scratch, `file${file}.py`), code);
      }
      const { stderr } = spawnSync(python, ['-m', 'black', '--check', scratch], { encoding: 'utf8' });
      expect(stderr).toContain('300 files would be left unchanged');
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  });
});
