import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { adapterFault } from '../../common/adapter-folder.node.ts';
import { checkModelFolder, refuseFolder } from './folders.ts';

/** A folder with empty files of these names. */
function holding(...names: readonly string[]): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'lengthwise-folder-'));
  for (const name of names) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), '{}');
  }
  return folder;
}

describe('a folder that another command made', () => {
  it.each([
    [
      'finetune',
      ['finetune.json', 'finetune.html', 'measured/UL/seed-1/UL-trained/measure.sqlite'],
      ['finetune.html shows it', 'measured/UL/seed-1/UL-trained shows one of its measurements'],
    ],
    ['finetune', ['finetune.json', 'finetune.html'], ['finetune.html shows it']],
    [
      'fix',
      ['fix.json', 'fix.html', 'questions/measure.sqlite'],
      ['fix.html shows it', 'questions shows what'],
    ],
  ])('%s: is named, with what shows it, and nothing is written there', async (command, names, parts) => {
    const folder = holding(...names);
    for (const refuse of [
      () => Promise.reject(thrownBy(() => refuseFolder(folder))),
      () => checkModelFolder(folder),
    ]) {
      const { message } = await refuse().then(
        () => new Error('not refused'),
        (error: unknown) => error as Error,
      );
      expect(message).toContain(`the result of lengthwise ${command}: `);
      for (const part of parts) expect(message).toContain(part);
      expect(message).not.toContain('--out');
    }
  });
});

function thrownBy(refuse: () => never): Error {
  try {
    return refuse();
  } catch (error) {
    return error as Error;
  }
}

it('a file that is no model may be a recording', async () => {
  const file = path.join(holding('UR.jsonl'), 'UR.jsonl');
  await expect(checkModelFolder(file)).rejects.toThrow(`lengthwise measure --outputs ${file} --task NAME`);
});

it('an adapter is no base to train on', () => {
  const folder = holding('adapter_config.json', 'adapter_model.safetensors');
  expect(adapterFault(folder, 'lengthwise finetune BASE')).toMatch(/: lengthwise finetune BASE\.$/);
  expect(adapterFault(folder)).toMatch(/: lengthwise measure BASE --adapter /);
});
