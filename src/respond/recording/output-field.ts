/**
 * Which field of a file's records is the model's output. Some names are those of outputs in one tool's files and of right
 * answers in another's: RULER's `outputs` and Alpaca's `output` are references. It is decided once for the file, from all of
 * its records, by the names alone: where two fields differ, the oracle can't tell a right answer from a model that is right.
 * What names don't settle is asked.
 */
import type { Askable } from '../../prompt/askable.ts';
import { asInSource, asText, at, GOLDS, OUTPUTS, pick } from './fields.ts';
import type { FieldNames, Fields } from './fields.ts';
import { isStanding, isWholeReply, textAt } from './output-forms.ts';
import { AnswerLikes } from './answer-likes.ts';
import type { FileSymbols } from './list-form.ts';
import { listedText, sampleIn, symbolsOf } from './sample.ts';

export interface OutputField {
  /** undefined: there is none. */
  readonly field: string | undefined;
  /** The field beside it that looks like an output and holds the right answer; null where none does. */
  readonly reference: string | null;
}

/** Why nobody can tell but whoever has the file; the line is the first that shows it, or null. */
export interface Undecided {
  readonly line: number | null;
  readonly reason: string;
}

/** The paper's: whole outputs, whatever was taken out of them stands beside. */
const WHOLE = ['full_output', 'full_answer'];

/** Names that data sets also give their right answers. */
const EITHER = ['output', 'response', 'completion', 'outputs', 'messages'];

/** Where a field stands in a file: in how many records, and whether as a whole reply of a server. */
interface Standing {
  count: number;
  reply: boolean;
}

/** What all records of a file say of their fields. */
export class OutputSurvey {
  private readonly task: Askable;
  private readonly names: FieldNames;
  private readonly symbols: FileSymbols;
  private readonly standing = new Map<string, Standing>();
  /** By two names that stand in one record: how many such records, and the first line where they differ. */
  private readonly pairs = new Map<string, { together: number; differs: number | null }>();
  /** Of names that may be right answers: whether they always are, and what stands beside them. */
  private readonly likes = new Map<string, AnswerLikes>();
  /** Whether RULER's references are one text in each record. */
  private single = true;
  /** A field that is null in a record without any output. */
  private empty: string | undefined;

  constructor(task: Askable, names: FieldNames = {}, symbols: FileSymbols = {}) {
    this.task = task;
    this.names = names;
    this.symbols = symbols;
  }

  /** Reads one record. */
  take(line: number, fields: Fields): void {
    if (this.names.output !== undefined) return;
    const there = OUTPUTS.filter((name) => isStanding(fields, name));
    if (there.length === 0) this.empty ??= OUTPUTS.find((name) => at(fields, name) === null);
    for (const name of there) {
      const known = this.standing.get(name) ?? { count: 0, reply: false };
      known.count += 1;
      known.reply ||= isWholeReply(at(fields, name));
      this.standing.set(name, known);
    }
    const { outputs } = fields;
    if (Array.isArray(outputs) && outputs.length > 1) this.single = false;
    this.compare(line, fields, there);
    this.lookBeside(
      fields,
      there.filter((name) => EITHER.includes(name)),
    );
  }

  private compare(line: number, fields: Fields, there: readonly string[]): void {
    if (there.length < 2) return; // nearly every record
    const texts = there.map((name) => textAt(fields, name));
    there.forEach((one, i) => {
      there.slice(i + 1).forEach((other, j) => {
        const key = pairOf(one, other);
        const pair = this.pairs.get(key) ?? { together: 0, differs: null };
        pair.together += 1;
        if (texts[i] !== texts[i + 1 + j]) pair.differs ??= line;
        this.pairs.set(key, pair);
      });
    });
  }

  private lookBeside(fields: Fields, there: readonly string[]): void {
    const open = there.filter((name) => this.likes.get(name)?.isAlwaysRight !== false);
    if (open.length === 0) return;
    const sample = sampleIn(fields, this.task, this.names, this.symbols);
    if ('reason' in sample) return;
    const oracle = this.task.answer(sample.source, sample.query);
    const goldField = pick(fields, this.names.gold, [...GOLDS, this.task.name]);
    const text =
      goldField === undefined ? null : asText(asInSource(at(fields, goldField) ?? null, sample.source));
    const gold = text === null ? null : listedText(text, this.task, this.names);
    const right = [
      ...('answer' in oracle ? [oracle.answer] : []),
      ...(gold === null ? [] : [symbolsOf(gold, sample.layout)]),
    ];
    if (right.length === 0) return;
    for (const name of open) {
      const likes = this.likes.get(name) ?? new AnswerLikes(this.task, this.names);
      likes.take(fields, textAt(fields, name), sample, right);
      this.likes.set(name, likes);
    }
  }

  /** The field with the output, or why it can't be told. */
  decided(): OutputField | Undecided {
    const { output } = this.names;
    if (output !== undefined) return { field: output, reference: null };
    const there = OUTPUTS.filter((name) => this.standing.has(name));
    const isRuler = this.single && there.includes('outputs') && there.includes('pred');
    const reference = isRuler && this.standing.get('outputs')?.reply === false ? 'outputs' : null;
    const rest = there.filter((name) => name !== reference);
    const whole = wholeOf(rest, (name) => this.standing.get(name)?.reply === true);
    const differing = this.differing(whole);
    if (differing !== null) return differing;
    const field = whole.toSorted((a, b) => this.count(b) - this.count(a)).at(0);
    if (field === undefined) return { field: this.empty, reference };
    return this.apart(field, rest) ?? this.maybeReference(field) ?? { field, reference };
  }

  private count(name: string): number {
    return this.standing.get(name)?.count ?? 0;
  }

  /** Two of the fields that hold different texts in one record. */
  private differing(names: readonly string[]): Undecided | null {
    const ofModels = [...names].sort((a, b) => Number(EITHER.includes(a)) - Number(EITHER.includes(b)));
    for (const [i, one] of ofModels.entries()) {
      for (const other of ofModels.slice(i + 1)) {
        const line = this.pairs.get(pairOf(one, other))?.differs ?? null;
        if (line === null) continue;
        const reason = `the fields '${one}' and '${other}' may both be the model's output, and differ: name the right one with --output-field`;
        return { line, reason };
      }
    }
    return null;
  }

  /** A field that has outputs where the chosen one has none. */
  private apart(field: string, names: readonly string[]): Undecided | null {
    const other = names.find(
      (name) => name !== field && this.count(name) > (this.pairs.get(pairOf(field, name))?.together ?? 0),
    );
    if (other === undefined) return null;
    const reason = `some records have their output in '${field}', others in '${other}': name the right field with --output-field`;
    return { line: null, reason };
  }

  /** The field may hold right answers, since it does in every record, and another one the model's. */
  private maybeReference(field: string): Undecided | null {
    if (this.standing.get(field)?.reply === true) return null;
    const other = this.likes.get(field)?.likely() ?? null;
    if (other === null) return null;
    const reason = `'${field}' is right in every record, and '${other}' looks like an output, too: name the model's with --output-field`;
    return { line: null, reason };
  }
}

/** Those of the fields that what else there is was taken out of. */
function wholeOf(names: readonly string[], isReply: (name: string) => boolean): readonly string[] {
  const ofPaper = names.filter((name) => WHOLE.includes(name));
  if (ofPaper.length > 0) return ofPaper.slice(0, 1);
  const replies = names.filter(isReply);
  if (replies.length > 0) return replies;
  // lm-evaluation-harness: what its filters left of the outputs.
  return names.filter((name) => name !== 'filtered_resps' || !names.includes('resps'));
}

/** One key for two names, whichever comes first. */
function pairOf(one: string, other: string): string {
  return [one, other].sort().join('\n');
}
