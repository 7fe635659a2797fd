/** Outputs that somebody else recorded, as a respondent that can be compared with others. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../common/errors.ts';
import type { Askable } from '../../prompt/askable.ts';
import { recordsOf } from '../../respond/recording/file.node.ts';
import { replay } from '../../respond/recording/replay.ts';
import type { Replayed } from '../../respond/recording/replay.ts';
import { Gathered } from './gathered.ts';
import type { RespondentFacts } from './gathered.ts';

/** What is said of a recording beside its answers; filled as it is read. */
interface RecordingFacts extends RespondentFacts {
  readonly capabilities: string[];
}

/** The horizon's threshold, where nobody was asked for another. */
const THRESHOLD = 0.9;

/**
 * The answers in a file of one task (docs/replay.md), scored by our rules.
 * @throws UserError where the file can't be read, or holds no record
 */
export async function readRecording(file: string, task: Askable): Promise<Gathered> {
  const facts: RecordingFacts = {
    folder: file,
    respondent: { kind: 'recording', file, model: path.basename(file).replace(/(\.jsonl?)?(\.gz)?$/, '') },
    capabilities: [],
    started: await lastChange(file),
    sittings: [],
    prices: null,
  };
  const gathered = new Gathered(facts, THRESHOLD);
  const replayed = await replay(recordsOf(file), {
    task,
    scoring: 'ours',
    each: {
      answered: (row, verdict) => gathered.answered(row, verdict),
      failed: (place, reason) => gathered.failed(place, reason),
    },
  });
  if (replayed.records === 0) throw new UserError(noRecords(file, replayed));
  if (replayed.bad > 0) facts.capabilities.push(`${replayed.bad} lines are no records and were left out`);
  return gathered;
}

/** Why nothing in a file could be scored. */
export function noRecords(file: string, { badLines }: Replayed): string {
  if (badLines.length === 0) return `${file} is empty: there is nothing to score`;
  const [{ line, reason }] = badLines;
  return `${file} has no record that can be read; line ${line}: ${reason}`;
}

/** A recording does not say when it was made: when its file was last changed, ISO 8601. */
async function lastChange(file: string): Promise<string> {
  try {
    return (await stat(file)).mtime.toISOString();
  } catch {
    return new Date(0).toISOString(); // the reader says what is wrong with the file
  }
}
