/**
 * Outputs that somebody recorded, measured. Nobody is asked, so there is no plan; but what comes after an output is the one
 * road: every record becomes a row like any other, scored, stored and counted by `keeping.ts`. Files are read as streams;
 * what stays in memory are counts and a few examples.
 */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { Keeping } from '../keeping.ts';
import { Gathered } from '../gather/gathered.ts';
import { MemoryStore } from '../store/row-store.ts';
import type { RowStore } from '../store/row-store.ts';
import type { Run } from '../store/rows.ts';
import { AnswerOrigins } from './answer-origins.ts';
import type { MixedAnswers } from './answer-origins.ts';
import { SameContents } from './same-contents.node.ts';
import { FileReading } from './recorded-file.node.ts';
import type { BadLines, FileReport, ReadingOptions, RecordedFile } from './file-report.ts';

export type { BadLines, FileReport, RecordedFile, Scoring } from './file-report.ts';

export interface RecordingOptions extends ReadingOptions {
  readonly threshold: number;
  /** Where rows are kept instead of those that are there: all, or none where a file can't be counted; nowhere without. */
  readonly store?: RowStore;
}

export interface MeasuredRecording {
  readonly gathered: Gathered;
  readonly files: readonly FileReport[];
  /** Of files whose rows name their tasks, lines that are no records, and so of no task: an entry for each file that has any. */
  readonly ofNoTask: readonly BadLines[];
  /** Tasks whose answers come from several files or models, as far as records tell. */
  readonly mixed: readonly MixedAnswers[];
}

/**
 * Scores the records of some files, which count together.
 * @throws UserError where a file can't be read, or none of its lines is a record
 */
export async function measureRecording(
  files: readonly RecordedFile[],
  options: RecordingOptions,
): Promise<MeasuredRecording> {
  const { store = new MemoryStore(), threshold } = options;
  const gathered = new Gathered({ ...(await factsOf(files, store)), threshold });
  const keeping = new Keeping(gathered, store);
  const reports: FileReport[] = [];
  const ofNoTask = new Map<string, BadLines>();
  const beside = { models: new Map(), origins: new AnswerOrigins(), contents: new SameContents(files) };
  await store.atOnce(async () => {
    // The folder is of these files as they are now: a record that is no longer in them is none.
    store.clear();
    for (const one of files) {
      const reading = new FileReading(one, options, keeping, beside);
      reports.push(await reading.run());
      const { lines } = reading.ofNoTask;
      if (one.only !== undefined && lines.bad > 0) ofNoTask.set(one.file, lines);
    }
  });
  return { gathered, files: reports, ofNoTask: [...ofNoTask.values()], mixed: beside.origins.mixed() };
}

async function factsOf(recorded: readonly RecordedFile[], { folder }: RowStore) {
  const files = [...new Set(recorded.map(({ file }) => file))];
  const changed = await Promise.all(files.map(lastChange));
  return {
    folder: folder ?? files.join(', '),
    respondent: { kind: 'recording', files, model: modelOf(recorded) },
    capabilities: [],
    started: changed.toSorted()[0],
    runs: [] as Run[],
    prices: null,
  };
}

/** The model that rows of an export name, where all do: they are of one. Else the files' names. */
function modelOf(recorded: readonly RecordedFile[]): string {
  const named = recorded.map(({ model }) => model ?? null);
  if (named[0] !== null && named.every((name) => name === named[0])) return named[0];
  const names = recorded.map(({ file }) => path.basename(file).replace(/(\.jsonl?)?(\.gz)?$/, ''));
  return [...new Set(names)].join('+');
}

/** A recording does not say when it was made: when its file was last changed, ISO 8601. */
async function lastChange(file: string): Promise<string> {
  try {
    return (await stat(file)).mtime.toISOString();
  } catch {
    return new Date(0).toISOString(); // the reader says what is wrong with the file
  }
}
