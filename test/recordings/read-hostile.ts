/** Reads files that nobody meant: the reader gives records, reasons or one UserError, and never hangs. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { UserError } from '../../src/common/errors.ts';
import { askableNamed } from '../../src/prompt/askable.ts';
import type { Askable } from '../../src/prompt/askable.ts';
import type { Fields } from '../../src/respond/recording/fields.ts';
import { OutputSurvey } from '../../src/respond/recording/output-field.ts';
import { readRecord } from '../../src/respond/recording/record.ts';
import { rawRecords } from '../../src/respond/recording/records.ts';
import { hostileFile } from './hostile-files.ts';

/** No file of a few thousand bytes takes this long, in milliseconds, unless something is quadratic or worse. */
const HANGS = 5_000;

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

/** A record as if it were the only one of its file. */
function readAlone(fields: Fields, task: Askable): ReturnType<typeof readRecord> {
  const survey = new OutputSurvey(task);
  survey.take(1, fields);
  const from = survey.decided();
  return 'field' in from ? readRecord(fields, task, {}, from) : from;
}

/** Reads so many of them; how many whole records came of it. */
export async function readHostileFiles(count: number): Promise<number> {
  const task = askableNamed('UR');
  let records = 0;
  await fc.assert(
    fc.asyncProperty(hostileFile, fc.integer({ min: 1, max: 200 }), async (bytes, size) => {
      const began = performance.now();
      try {
        for await (const raw of rawRecords(inPieces(bytes, size), 'fuzzed')) {
          const record = 'reason' in raw ? raw : readAlone(raw.fields, task);
          if ('reason' in record) expect(record.reason).not.toBe('');
          else records += 1;
        }
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        expect(error.message).toMatch(/^[^\n]*fuzzed[^\n]*$/);
      }
      expect(performance.now() - began).toBeLessThan(HANGS);
    }),
    { numRuns: count },
  );
  return records;
}
