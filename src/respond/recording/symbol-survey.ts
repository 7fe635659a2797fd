/**
 * Whether the sources and answers of a file are lists, with commas or semicolons between their symbols (`a, b, c`,
 * `["a", "b"]`). It is decided once for the file, on its sources; where the symbols may hold commas themselves, its queries
 * and right answers tell, held against the oracle. Outputs tell nothing: each is read by itself, by the filter `list`.
 */
import type { Askable } from '../../prompt/askable.ts';
import { SEPARATORS } from '../../score/reading/list-items.ts';
import { inTypeOf } from '../../score/reading/shown-value.ts';
import { asInSource, asText, at, GOLDS, pick } from './fields.ts';
import { markIn } from './layouts.ts';
import type { FieldNames, Fields, Text } from './fields.ts';
import { likelySeparator, listFormOf, listKind, WHITE_SEPARATORS } from './list-form.ts';
import type { FileSymbols, ListForm } from './list-form.ts';
import {
  answerSymbols,
  layoutOf,
  listedText,
  mayBeLists,
  questionIn,
  symbolIn,
  symbolsOf,
} from './sample.ts';

interface SurveyedRecord {
  readonly source: Text;
  readonly query: string | null;
  /** The right answer where it is one text. */
  readonly gold: string | null;
}

/** So many records, and characters of them, tell of all others in the file. */
const MOST_RECORDS = 2_000;
const MOST_CHARACTERS = 4_000_000;

/** What stands between words and makes no sentence of them. */
const NEVER_IN_PROSE = ['|', '\t', '  '];

/** This share of the texts that can be told have to be lists. */
const ENOUGH = 0.9;

export class SymbolSurvey {
  private readonly task: Askable;
  private readonly names: FieldNames;
  private readonly records: SurveyedRecord[] = [];
  private characters = 0;

  constructor(task: Askable, names: FieldNames) {
    this.task = task;
    this.names = names;
  }

  /** Whether there is anything to find out: symbols of other tasks are lines, and a layout may have been named. */
  get isNeeded(): boolean {
    return mayBeLists(this.task, this.names);
  }

  /** Reads one record. @returns whether more of them would tell more */
  take(fields: Fields): boolean {
    const question = questionIn(fields, this.task, this.names);
    if ('reason' in question) return true;
    const goldField = pick(fields, this.names.gold, [...GOLDS, this.task.name]);
    const { source, query } = question;
    const text = goldField === undefined ? null : asText(asInSource(at(fields, goldField) ?? null, source));
    const gold = text === null ? null : listedText(text, this.task, this.names, source);
    this.records.push({ source, query, gold: typeof gold === 'string' ? gold : null });
    this.characters += source.length + (gold ?? '').length;
    return this.records.length < MOST_RECORDS && this.characters < MOST_CHARACTERS;
  }

  decided(): FileSymbols {
    const { sources, answers } = this.found();
    const likely = sources === undefined ? this.likely() : null;
    // The answer to a look-up is one symbol: nothing stands around it.
    const isOne = this.task.family !== 'copying' && typeof answers === 'object';
    return {
      ...(sources === undefined ? {} : { sources }),
      ...(likely === null ? {} : { likely }),
      ...(answers === undefined ? {} : { answers: isOne ? { ...answers, lead: '', trail: '' } : answers }),
    };
  }

  private found(): FileSymbols {
    const sources = this.records.flatMap(({ source }) => (typeof source === 'string' ? [source] : []));
    const golds = this.records.flatMap(({ gold }) => gold ?? []);
    const { symbols } = this.names;
    const mark = symbols === undefined ? null : markIn(symbols);
    if (symbols === 'commas' || mark !== null) {
      const texts = sources.length > 0 ? sources : golds;
      const form = mark === null ? formed(texts) : listFormOf(texts, mark);
      return { ...(sources.length > 0 ? { sources: form } : {}), answers: form };
    }
    const found = listsAmong(sources);
    const ofGolds = listsAmong(golds)?.form;
    if (found === null) return ofGolds === undefined ? {} : this.best([{}, { answers: ofGolds }]);
    const { form, isPlain } = found;
    const isProse = !isPlain && !NEVER_IN_PROSE.includes(form.separator);
    const lists = [
      { sources: form, answers: ofGolds ?? form },
      { sources: form, answers: 'blanks' as const },
    ];
    // Where symbols would have blanks in them, commas may as well be theirs.
    return this.best(isProse ? [{}, ...lists] : [...lists, {}]);
  }

  /** What may separate the symbols of most sources, and was not found to. */
  private likely(): string | null {
    const texts = this.records.flatMap(({ source }) => (typeof source === 'string' ? [source] : []));
    const marks = Map.groupBy(texts.map(likelySeparator), (mark) => mark);
    const most = [...marks].find(([, found]) => found.length >= ENOUGH * texts.length);
    return most?.[0] ?? null;
  }

  /**
   * The one by which the oracle agrees with the most records; of several, the first. A record tells nothing whose source the task does not admit
   * in one of them: in another, a symbol that occurs twice is two, with a mark behind it and without.
   */
  private best(candidates: readonly FileSymbols[]): FileSymbols {
    const found = this.records.map((record) => candidates.map((each) => this.agrees(record, each)));
    const telling = found.filter((each) => !each.includes(null));
    const counts = candidates.map(
      (_, i) => (telling.length === 0 ? found : telling).filter((each) => each[i] === true).length,
    );
    return candidates[counts.indexOf(Math.max(...counts))];
  }

  /** Whether the oracle has an answer to the record's question, and the recorded one if there is one. null: the task does not admit its source. */
  private agrees({ source, query, gold }: SurveyedRecord, { sources, answers }: FileSymbols): boolean | null {
    const layout = sources ?? layoutOf(source, this.task);
    const symbols = symbolsOf(source, layout);
    const isList = sources !== undefined || typeof source !== 'string';
    const asked = query !== null && isList ? symbolIn(query, symbols) : query;
    const said = this.task.answer(symbols, asked);
    if ('refusal' in said) return asked === null || symbols.includes(asked) ? null : false;
    if (gold === null) return true;
    const stated = answerSymbols(gold, answers ?? layout, symbols);
    const recorded = isList ? inTypeOf(stated, symbols) : stated;
    return recorded.length === said.answer.length && recorded.every((each, i) => each === said.answer[i]);
  }
}

/** The form of texts that are said to be lists; `a, b` where there are none. */
function formed(texts: readonly string[]): ListForm {
  const countOf = (separator: string): number => texts.filter((text) => text.includes(separator)).length;
  const separator = SEPARATORS.toSorted((a, b) => countOf(b) - countOf(a))[0];
  return listFormOf(texts, separator);
}

/** The form of a file's lists, and whether no item of most has blanks in it; null where too few of the texts are lists. */
function listsAmong(texts: readonly string[]): { readonly form: ListForm; readonly isPlain: boolean } | null {
  for (const separator of [...SEPARATORS, ...WHITE_SEPARATORS]) {
    const kinds = texts.map((text) => listKind(text, separator));
    const count = (kind: ReturnType<typeof listKind>): number => kinds.filter((each) => each === kind).length;
    const plain = count('plain');
    const lists = plain + count('blanks within');
    const told = lists + count('none');
    if (lists < ENOUGH * told || 2 * lists < texts.length || lists === 0) continue;
    const isPlain = plain >= ENOUGH * told && 2 * plain >= texts.length;
    if (isPlain && separator.trim() === '') continue; // any white space separates these
    return { form: listFormOf(texts, separator), isPlain };
  }
  return null;
}
