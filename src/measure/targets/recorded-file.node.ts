/**
 * One file of recorded outputs, read as a stream: its records become rows, which are kept as the outputs of any respondent are.
 * Special to recordings are lines that are no record, right answers that the file states itself, and the authors' scoring.
 */
import { UserError } from '../../common/errors.ts';
import type { Askable } from '../../prompt/askable.ts';
import { sentHash } from '../../prompt/as-sent.ts';
import { ofItems } from '../../prompt/own/items.ts';
import type { PromptTemplate } from '../../prompt/template.ts';
import { AuthorsCount } from '../../respond/recording/authors.ts';
import { FilteredTwice } from '../../respond/recording/filtered-twice.ts';
import { recordsOf } from '../../respond/recording/file.node.ts';
import { taskNamedIn } from '../../respond/recording/named-row.ts';
import { modelNamedIn, OneModel } from '../../respond/recording/one-model.ts';
import type { FirstModels } from '../../respond/recording/one-model.ts';
import { readRecord } from '../../respond/recording/record.ts';
import { likelyText } from '../../respond/recording/list-form.ts';
import type { FileSymbols } from '../../respond/recording/list-form.ts';
import { SymbolSurvey } from '../../respond/recording/symbol-survey.ts';
import { recordedAnswer } from '../../respond/recording/written.ts';
import type { RecordedSymbols } from '../../respond/recording/written.ts';
import { OutputSurvey } from '../../respond/recording/output-field.ts';
import type { OutputField, Undecided } from '../../respond/recording/output-field.ts';
import type { FieldNames, Recorded } from '../../respond/recording/record.ts';
import type { Keeping } from '../keeping.ts';
import type { ToldOfTask } from '../store/rows.ts';
import { isWithPrompt } from '../scoring/given-back.ts';
import { recordedTask } from '../scoring/recorded-task.ts';
import { promptedTask, symbolsOf } from '../scoring/scoring.ts';
import type { ScoredRow, ScoredTask } from '../scoring/scoring.ts';
import type { AnswerOrigins, Origin } from './answer-origins.ts';
import type { SameContents } from './same-contents.node.ts';
import { KEPT, Lack, LineCount } from './bad-lines.ts';
import type { BadLine, FileReport, ReadingOptions, RecordedFile } from './file-report.ts';
import { isSeparatedOtherwise } from './output-notices.ts';
import { GoldCheck } from './recorded-gold.ts';
import { recordedTaskNote, recordedRow } from './recorded-row.ts';

/** Of records that don't say how they were asked. */
const NOTHING_TOLD: ToldOfTask = { promptSha256: null, seed: null };

/** Rows go into a store together: one transaction costs as much as one row. */
const BUNDLE = 500;

/** Rows that wait in memory for the first record with an output: after as many without one, its field has another name. */
const MOST_WAITING = 5_000;

/** What is known of all files that are counted together. */
export interface ReadBeside {
  /** What records named as their model. */
  readonly models: FirstModels;
  readonly origins: AnswerOrigins;
  readonly contents: SameContents;
}

export class FileReading {
  private readonly one: RecordedFile;
  private readonly options: ReadingOptions;
  private readonly keeping: Keeping;
  private readonly beside: ReadBeside;
  private readonly template: PromptTemplate | null;
  private readonly fields: FieldNames;
  private readonly authors: AuthorsCount | undefined;
  private readonly gold: GoldCheck;
  private readonly bad: LineCount;
  /** Lines that say of no task that they are its: where rows name their tasks, each reading of the file finds them. */
  readonly ofNoTask: LineCount;
  private readonly counts = {
    records: 0,
    answeredByOracle: 0,
    separatedOtherwise: 0,
    withPrompt: 0,
    listed: 0,
  };
  private bundle: ScoredRow[] = [];
  private begun = false;
  /** Of outputs and right answers: where no record has any that can be read, their field is another one, and nothing is measured. */
  private readonly lacks = { output: new Lack(), gold: new Lack() };

  /** @param beside what is known of all files that are counted together with this one */
  constructor(one: RecordedFile, options: ReadingOptions, keeping: Keeping, beside: ReadBeside) {
    this.one = { ...one, task: ofItems(one.task) };
    this.beside = beside;
    this.options = options;
    this.keeping = keeping;
    this.fields = { ...one.fields, ...options.fields };
    this.template = options.promptFor?.(one.task) ?? one.template ?? null;
    this.bad = new LineCount(one.file);
    this.ofNoTask = one.only === undefined ? this.bad : new LineCount(one.file);
    this.authors = options.scoring === 'authors' ? new AuthorsCount(one.task) : undefined;
    this.gold = new GoldCheck(one.task.name, KEPT, (row, written) =>
      keeping.scored(row, this.scoredTask(written)),
    );
  }

  /** @throws UserError where the file can't be read, or none of its lines is a record */
  async run(): Promise<FileReport> {
    const { file, task } = this.one;
    const { fields } = this;
    const models = new Set<string | null>();
    const symbols = await this.symbols();
    const from = await this.outputField(models, symbols);
    const filtered = new FilteredTwice();
    const contents = this.beside.contents.of(this.one);
    const areSeveral = contents !== null || models.size > 1;
    for await (const raw of recordsOf(file, fields)) {
      if ('fields' in raw && (this.one.only?.(raw.fields) === false || filtered.isAgain(raw.fields)))
        continue;
      if ('reason' in raw) {
        this.ofNoTask.add(raw);
        continue;
      }
      contents?.add(raw.fields);
      const read = readRecord(raw.fields, task, fields, from, symbols);
      if ('reason' in read) {
        this.bad.add({ line: raw.line, reason: read.reason });
        continue;
      }
      const origin = areSeveral ? { file, model: modelNamedIn(raw.fields) } : null;
      for (const record of read) this.add(raw.line, record, origin);
    }
    if (this.lacking !== null) throw new UserError(noRecords(file, [this.lacking]));
    contents?.check();
    this.flush();
    const { records, answeredByOracle, separatedOtherwise, withPrompt, listed } = this.counts;
    if (records === 0) {
      const likely = symbols.likely === undefined ? '' : `; ${likelyText(symbols.likely)}`;
      throw new UserError(noRecords(file, this.bad.lines.badLines) + likely);
    }
    const { contradicting, contradictions, correctByOracle, checks } = this.gold;
    const { gathered } = this.keeping;
    gathered.contradicts(
      task.name,
      checks.map((check) => ({ file, ...check })),
    );
    return {
      ...this.bad.lines,
      task: task.name,
      ...{ records, answeredByOracle },
      ...{ contradicting, contradictions, correctByOracle },
      ...listsOf(symbols),
      ...(symbols.likely === undefined ? {} : { likelySeparator: symbols.likely }),
      ...(separatedOtherwise === 0 ? {} : { separatedOtherwise }),
      ...(withPrompt === 0 ? {} : { withPrompt }),
      ...(listed === 0 ? {} : { listed }),
      ...(this.authors === undefined ? {} : { authors: this.authors.scores() }),
    };
  }

  /** How this file writes symbols, as its first records tell it. @throws UserError where it can't be read */
  private async symbols(): Promise<FileSymbols> {
    const { file, task, only, fields: known = {} } = this.one;
    const survey = new SymbolSurvey(task, this.fields);
    // Rows of ours have lists of symbols.
    if (known.output !== undefined || !survey.isNeeded) return {};
    for await (const raw of recordsOf(file, this.fields)) {
      if ('reason' in raw || only?.(raw.fields) === false) continue;
      if (!survey.take(raw.fields)) break;
    }
    return survey.decided();
  }

  /**
   * The field that has the model's output in this file, as all of its records tell it.
   * @param models gets what they name as their models, null for those that name none
   * @throws UserError where they don't, or where they are of several models
   */
  private async outputField(models: Set<string | null>, symbols: FileSymbols): Promise<OutputField> {
    const { file, task, only, fields: known = {} } = this.one;
    const { fields } = this;
    // Rows of ours, as they were stored.
    if (known.output !== undefined) return { field: fields.output, reference: null };
    const survey = new OutputSurvey(task, fields, symbols);
    const model = new OneModel(file, this.beside.models);
    for await (const raw of recordsOf(file, fields)) {
      if ('reason' in raw || only?.(raw.fields) === false) continue;
      const named = only === undefined ? taskNamedIn(raw.fields) : null;
      if (named !== null) throw new UserError(namedLater(file, raw.line, named));
      survey.take(raw.line, raw.fields);
      models.add(modelNamedIn(raw.fields));
      const other = model.take(raw.line, raw.fields);
      if (other !== null) throw new UserError(`${file}, line ${raw.line}: ${other}`);
    }
    const decided = survey.decided();
    if ('reason' in decided) throw faultIn(file, decided);
    const { otherFilter } = model;
    if (decided.field?.startsWith(FILTERED) === true && otherFilter !== null)
      throw faultIn(file, otherFilter);
    return decided;
  }

  /** The first record without what no record has; null once there are both outputs and right answers. */
  private get lacking(): BadLine | null {
    return this.lacks.output.first ?? this.lacks.gold.first;
  }

  private add(line: number, record: Recorded, origin: Origin | null): void {
    const { file, task } = this.one;
    const { lengths } = this.options;
    if (lengths !== undefined && !lengths.includes(record.source.length)) return;
    const oracle = task.answer(record.source, record.query);
    const gold = record.gold ?? ('answer' in oracle ? oracle.answer : null);
    if (gold === null) {
      if (record.repeat > 0) return; // said of its line once
      const why = 'refusal' in oracle ? oracle.refusal : '';
      const unnamed = `no field with the right answer (name one with --gold-field), nor has the oracle one: ${why}`;
      return this.bad.add({ line, reason: record.lacks ?? record.lacksGold ?? unnamed });
    }
    this.counts.records += Number(record.repeat === 0);
    this.counts.answeredByOracle += Number(record.gold === null && record.repeat === 0);
    this.lacks.output.take(line, record.lacks);
    this.lacks.gold.take(line, record.lacksGold);
    const { written } = record;
    const scored = this.scoredTask(written, recordedAnswer(record, gold));
    this.begin(written.joiner, scored);
    const row = this.keeping.scored(recordedRow({ file, line, task }, record, gold), scored);
    this.counts.withPrompt += Number(isWithPrompt(row));
    this.counts.listed += Number(row.score.changed.includes('list'));
    if (origin !== null) this.beside.origins.take(task.name, this.keeping.gathered.sampleOf(row), origin);
    if (record.repeat === 0)
      this.gold.add({ line, gold, stated: record.gold !== null, written, oracle, row });
    this.bundle.push(this.authors?.rescored(row, record, gold, symbolsOf(row, scored)) ?? row);
    const { lacking } = this;
    this.counts.separatedOtherwise += Number(record.repeat === 0 && isSeparatedOtherwise(row));
    if (this.bundle.length >= BUNDLE && lacking === null) this.flush();
    if (this.bundle.length >= MOST_WAITING && lacking !== null)
      throw new UserError(noRecords(file, [lacking], MOST_WAITING));
  }

  /** Notes the task with its first record: before, nobody knows how symbols stand in the file. */
  private begin(joiner: string, scored: ScoredTask): void {
    const { gathered } = this.keeping;
    const { task, chosen = [] } = this.one;
    const known = gathered.asked.get(task.name);
    if (known !== undefined && (this.begun || chosen.length === 0)) return;
    this.begun = true;
    const asked = known ?? recordedTaskNote(task, joiner, { template: this.template, told: this.told() });
    const all = [...(known?.chosen ?? []), ...chosen];
    gathered.begin(all.length === 0 ? asked : { ...asked, chosen: all }, scored);
  }

  /** What rows, or else who reads them, say of how the task was asked. */
  private told(): ToldOfTask {
    const { task, told = NOTHING_TOLD } = this.one;
    const given = this.options.promptFor?.(task);
    if (given === undefined || told.promptSha256 !== null) return told;
    return { ...told, promptSha256: sentHash(given, {}, task.operation) };
  }

  /** @param text the right answer to the character, where its symbols don't say it */
  private scoredTask(written: RecordedSymbols, text?: string): ScoredTask {
    const { task } = this.one;
    return this.template === null ? recordedTask(task, written, text) : promptedTask(task, this.template);
  }

  private flush(): void {
    this.keeping.keep(this.bundle);
    this.bundle = [];
  }
}

function listsOf({ sources, answers }: FileSymbols): Pick<FileReport, 'lists'> {
  const ofAnswers = typeof answers === 'object' ? answers : undefined;
  const separator = (sources ?? ofAnswers)?.separator;
  if (separator === undefined) return {};
  return { lists: { separator, sources: sources !== undefined, answers: ofAnswers !== undefined } };
}

/** Why a file can't be counted whose first record doesn't say of which task it is, and a later one does. */
function namedLater(file: string, line: number, { name }: Askable): string {
  return `${file}, line ${line}: 'task' is '${name}' here, and records before it do not say of which task they are: write the task's name into each, or those without it to a file of its own`;
}

/** What lm-evaluation-harness's filters made of outputs. */
const FILTERED = 'filtered_resps';

function faultIn(file: string, { line, reason }: Undecided): UserError {
  return new UserError(`${file}${line === null ? '' : `, line ${line}`}: ${reason}`);
}

/** Why nothing in a file could be scored. @param first how many of its records were read; all without */
function noRecords(file: string, badLines: readonly BadLine[], first?: number): string {
  if (badLines.length === 0) return `${file} is empty: there is nothing to score`;
  const [{ line, reason }] = badLines;
  const among = first === undefined ? '' : ` among its first ${first}`;
  return `${file} has no record that can be read${among}; line ${line}: ${reason}`;
}
