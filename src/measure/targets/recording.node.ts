/**
 * Outputs that somebody recorded, measured: every record becomes a row like any other, scored, counted and (where a store
 * is given) kept. Files are read as streams; what stays in memory are counts and a few examples.
 */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../common/errors.ts';
import { sha256 } from '../../common/sha256.ts';
import type { Askable } from '../../prompt/askable.ts';
import type { PromptTemplate } from '../../prompt/template.ts';
import { recordsOf } from '../../respond/recording/file.node.ts';
import type { Fields } from '../../respond/recording/fields.ts';
import type { FieldNames, Recorded } from '../../respond/recording/record.ts';
import { joinerOf, readRecord, withoutMarks } from '../../respond/recording/record.ts';
import type { AskedTask, Run } from '../store/rows.ts';
import { AuthorsCount } from '../../respond/recording/authors.ts';
import type { AuthorsScores } from '../../respond/recording/authors.ts';
import { answerText } from '../../respond/recording/answer-text.ts';
import { Gathered } from '../reading/gathered.ts';
import { recordedTask } from '../scoring/recorded-task.ts';
import { promptedTask, Scorer, symbolsOf } from '../scoring/scoring.ts';
import type { ScoredRow, ScoredTask } from '../scoring/scoring.ts';
import type { RowStore, StoredRow } from '../store/row-store.ts';

/** Ours, or as the paper's authors released it. */
export type Scoring = 'ours' | 'authors';

/** One file, and the task that its records are of. */
export interface RecordedFile {
  readonly file: string;
  readonly task: Askable;
  /** The prompt that its records say they were asked with, where they do. */
  readonly template?: PromptTemplate;
  /** Which of its records count; all without. */
  readonly only?: (fields: Fields) => boolean;
}

export interface RecordingOptions {
  readonly threshold: number;
  readonly scoring?: Scoring;
  readonly fields?: FieldNames;
  /** The prompt that the outputs were asked for with, by the task: they are read as it says. Not known without. */
  readonly promptFor?: (task: Askable) => PromptTemplate;
  /** Lengths to count; all without. */
  readonly lengths?: readonly number[];
  /** Where rows are kept; nowhere without. */
  readonly store?: RowStore;
}

/** A line that is no record. Lines are counted from 1. */
export interface BadLine {
  readonly line: number;
  readonly reason: string;
}

/** A record whose right answer is not what the task's oracle says. */
export interface Contradiction {
  readonly line: number;
  readonly gold: string;
  /** What the oracle answers, or null where it says that this is no sample of the task. */
  readonly oracle: string | null;
  readonly reason: string;
}

/** What is known of a file beside its tables. */
export interface FileReport {
  readonly file: string;
  readonly task: string;
  readonly records: number;
  readonly bad: number;
  /** The first of them. */
  readonly badLines: readonly BadLine[];
  /** Records whose right answer the oracle contradicts, the first of them, and what is right by the oracle. */
  readonly contradicting: number;
  readonly contradictions: readonly Contradiction[];
  readonly correctByOracle: number;
  /** Records without a right answer of their own: the oracle's was taken. */
  readonly answeredByOracle: number;
  readonly authors?: AuthorsScores;
}

export interface MeasuredRecording {
  readonly gathered: Gathered;
  readonly files: readonly FileReport[];
}

/** Bad lines and contradictions are all counted; this many are kept to be shown. */
const KEPT = 1_000;

/** Rows go into a store together: one transaction costs as much as one row. */
const BUNDLE = 500;

/**
 * Scores the records of some files, which count together.
 * @throws UserError where a file can't be read, or none of its lines is a record
 */
export async function measureRecording(
  files: readonly RecordedFile[],
  options: RecordingOptions,
): Promise<MeasuredRecording> {
  const gathered = new Gathered(await factsOf(files, options), options.threshold);
  const reports: FileReport[] = [];
  const firstPlace = options.store?.nextPlace;
  for (const one of files) {
    const reading = new FileReading(one, options, gathered);
    reports.push(await reading.run());
  }
  // The folder is of these files as they are now: a record that is no longer in them is none.
  if (firstPlace !== undefined) options.store?.forgetBefore(firstPlace);
  return { gathered, files: reports };
}

async function factsOf(files: readonly RecordedFile[], { store }: RecordingOptions) {
  const names = files.map(({ file }) => path.basename(file).replace(/(\.jsonl?)?(\.gz)?$/, ''));
  const changed = await Promise.all(files.map(({ file }) => lastChange(file)));
  return {
    folder: store?.folder ?? files.map(({ file }) => file).join(', '),
    respondent: {
      kind: 'recording',
      files: files.map(({ file }) => file),
      model: [...new Set(names)].join('+'),
    },
    capabilities: [],
    started: changed.toSorted()[0],
    runs: [] as Run[],
    prices: null,
  };
}

class FileReading {
  private readonly one: RecordedFile;
  private readonly options: RecordingOptions;
  private readonly gathered: Gathered;
  private readonly scorer = new Scorer();
  private readonly badLines: BadLine[] = [];
  private readonly contradictions: Contradiction[] = [];
  private readonly authors: AuthorsCount | undefined;
  private readonly counts = {
    records: 0,
    bad: 0,
    contradicting: 0,
    correctByOracle: 0,
    answeredByOracle: 0,
  };
  private bundle: ScoredRow[] = [];
  private readonly template: PromptTemplate | null;
  /** Whether any record has an output: where none has, its field is another one, and nothing is measured. */
  private hasOutputs = false;
  private readonly lacking: BadLine[] = [];

  constructor(one: RecordedFile, options: RecordingOptions, gathered: Gathered) {
    this.one = one;
    this.options = options;
    this.gathered = gathered;
    this.template = options.promptFor?.(one.task) ?? one.template ?? null;
    this.authors = options.scoring === 'authors' ? new AuthorsCount(one.task) : undefined;
  }

  async run(): Promise<FileReport> {
    const { file, task } = this.one;
    const fields = this.options.fields ?? {};
    for await (const raw of recordsOf(file, fields)) {
      if ('fields' in raw && this.one.only?.(raw.fields) === false) continue;
      const record = 'reason' in raw ? raw : readRecord(raw.fields, task, fields);
      if ('reason' in record) this.bad(raw.line, record.reason);
      else this.add(raw.line, record);
    }
    if (this.counts.records > 0 && !this.hasOutputs) throw new UserError(noRecords(file, this.lacking));
    this.flush();
    if (this.counts.records === 0) throw new UserError(noRecords(file, this.badLines));
    return {
      file,
      task: task.name,
      ...this.counts,
      badLines: this.badLines,
      contradictions: this.contradictions,
      ...(this.authors === undefined ? {} : { authors: this.authors.scores() }),
    };
  }

  private bad(line: number, reason: string): void {
    this.counts.bad += 1;
    if (this.badLines.length < KEPT) this.badLines.push({ line, reason });
  }

  private add(line: number, record: Recorded): void {
    const { task } = this.one;
    const { lengths } = this.options;
    if (lengths !== undefined && !lengths.includes(record.source.length)) return;
    const oracle = task.answer(record.source, record.query);
    const gold = record.gold ?? ('answer' in oracle ? oracle.answer : null);
    if (gold === null) {
      const why = 'refusal' in oracle ? oracle.refusal : '';
      return this.bad(
        line,
        `no field with the right answer (name one with --gold-field), nor has the oracle one: ${why}`,
      );
    }
    this.counts.records += 1;
    this.counts.answeredByOracle += Number(record.gold === null);
    if (record.lacks === null) this.hasOutputs = true;
    else if (this.lacking.length === 0) this.lacking.push({ line, reason: record.lacks });
    const joiner = joinerOf(record.layout);
    const scored = this.scoredTask(joiner);
    if (!this.gathered.asked.has(task.name)) {
      this.gathered.begin(askedTask(task, joiner, this.template), scored);
    }
    const row = this.rowOf(line, record, textOf(task, record) ?? gold);
    const ours = { ...row, ...this.scorer.score(row, scored) };
    this.checkGold(line, record, gold, ours, oracle);
    this.bundle.push(this.authors?.rescored(ours, record, gold, symbolsOf(ours, scored)) ?? ours);
    if (this.bundle.length >= BUNDLE && this.hasOutputs) this.flush();
  }

  private scoredTask(joiner: string): ScoredTask {
    const { task } = this.one;
    return this.template === null ? recordedTask(task, joiner) : promptedTask(task, this.template);
  }

  private rowOf(line: number, record: Recorded, gold: readonly string[]): StoredRow {
    const { file, task } = this.one;
    const { source, query, output } = record;
    return {
      key: sha256(JSON.stringify([file, line])).slice(0, 32),
      task: task.name,
      length: source.length,
      index: record.asked?.index ?? line - 1,
      repeat: record.asked?.repeat ?? 0,
      source,
      query,
      answer: gold,
      prompt: record.asked?.prompt ?? '',
      system: record.asked?.system ?? null,
      way: wayOfRecording(task.name),
      output: this.template === null ? { ...output, text: answerText(record) } : output,
      score: null,
      scoring: '',
    };
  }

  /** Compares the recorded right answer with the oracle's. */
  private checkGold(
    line: number,
    record: Recorded,
    gold: readonly string[],
    ours: ScoredRow,
    oracle: ReturnType<Askable['answer']>,
  ): void {
    const { task } = this.one;
    const joiner = joinerOf(record.layout);
    const [recorded, said] = [gold.join(joiner), 'refusal' in oracle ? null : oracle.answer.join(joiner)];
    if (said === recorded) {
      this.counts.correctByOracle += Number(ours.score.outcome === 'right');
      return;
    }
    if ('answer' in oracle) {
      const row = { ...ours, answer: oracle.answer };
      const byOracle = this.scorer.score(row, this.scoredTask(joiner));
      this.counts.correctByOracle += Number(byOracle.score.outcome === 'right');
    }
    this.counts.contradicting += 1;
    if (this.contradictions.length >= KEPT) return;
    const reason = 'refusal' in oracle ? oracle.refusal : `${task.name} answers ${said ?? ''}`;
    this.contradictions.push({ line, gold: recorded, oracle: said, reason });
  }

  private flush(): void {
    const rows = this.bundle;
    this.bundle = [];
    if (rows.length > 0) this.options.store?.putAll(rows);
    for (const row of rows) this.gathered.add(row);
  }
}

/** A text in one line is compared as it is: its words may have more than one blank between them. */
function textOf({ shape }: Askable, { layout, gold, goldText }: Recorded): readonly string[] | null {
  if (shape !== 'text' || layout !== 'blanks' || gold === null || goldText === null) return null;
  return withoutMarks(goldText).trim().split(' ');
}

/** Names the one way in which a recording is read. */
export function wayOfRecording(task: string): string {
  return `recording of ${task}`;
}

/** A task as a report tells of it. @param template null where nobody knows the prompt */
export function askedTask(task: Askable, joiner: string, template: PromptTemplate | null): AskedTask {
  const { name, title, operation, family } = task;
  const { min, max } = task.admits();
  return {
    ...{ task: name, title, operation, family, joiner, min },
    max: Number.isFinite(max) ? max : null,
    prompt: template ?? {
      ...{
        name: 'recording',
        head: '',
        separator: '',
        demonstration: '',
        question: '',
        tail: '',
        between: '',
      },
      ...{
        symbols: joiner,
        stop: [],
        shots: 0,
        'demonstration-length': 'same',
        rules: {},
        for: 'both',
        turns: false,
      },
    },
    rendering: {},
    way: wayOfRecording(name),
  };
}

/** Why nothing in a file could be scored. */
function noRecords(file: string, badLines: readonly BadLine[]): string {
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
