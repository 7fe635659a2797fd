/** How the right answer of a record is written: what stands between and around its symbols, and its text where that says more. */
import type { Askable } from '../../prompt/askable.ts';
import { itemsInList, listMarks } from '../../score/reading/list-items.ts';
import type { SymbolsWritten } from '../../score/reading/list-items.ts';
import { symbolsInList } from './list-form.ts';
import type { SymbolLayout } from './list-form.ts';
import type { Recorded } from './record.ts';
import { writtenIn } from './sample.ts';

/** How symbols are written in the texts of a record. */
export interface RecordedSymbols extends SymbolsWritten {
  /** Whether its source or its right answer is a list, in JSON or in a text, so that a list in any form is an answer. */
  readonly isList?: boolean;
}

/**
 * What stands between the symbols of a text and around them: white space as it stands in the first of some texts that has several
 * symbols. Where it differs within the text it is a line end, if it has any, so that a line does not end the answer; else one blank.
 */
export function writtenLike(
  layout: SymbolLayout,
  { joiner }: Pick<Askable, 'joiner'>,
  texts: readonly (string | null)[],
): SymbolsWritten {
  const written = writtenIn(layout);
  // The tasks over lines have texts whose words may stand apart in any way.
  if (layout !== 'blanks' || joiner !== ' ') return written;
  const gaps = texts.map(gapsIn).find(({ length }) => length > 0) ?? [];
  if (gaps.some((gap) => gap.includes('\n'))) return { ...written, joiner: '\n' };
  return gaps.length === 1 ? { ...written, joiner: gaps[0] } : written;
}

/**
 * The right answer as it was recorded, or as the source writes its symbols; undefined where that is no other text than the symbols
 * with what stands between and around them.
 * @param answer the right answer's symbols
 */
export function recordedAnswer(record: Recorded, answer: readonly string[]): string | undefined {
  const { goldText, gold, written } = record;
  const text = gold === null ? asInSource(record, answer) : goldText;
  const usual = written.lead + answer.join(written.joiner) + written.trail;
  return text === null || withoutEnd(text) === usual ? undefined : text;
}

/** The different pieces of white space between the words of a text. */
function gapsIn(text: string | null): readonly string[] {
  return [...new Set(text?.trim().match(/\s+/gu))];
}

/** One line end after it, or a blank, makes no other text (`exact`). */
function withoutEnd(text: string): string {
  return text.replace(/[ \n]$/u, '');
}

/** A copy with each symbol as it is written in the source, and the same between them. null where nothing is to be told from it. */
function asInSource(record: Recorded, answer: readonly string[]): string | null {
  const { source, sourceText, sourceShown, layout } = record;
  if (answer.length !== source.length) return null;
  if (answer.every((symbol, i) => symbol === source[i])) return (sourceText ?? sourceShown)?.trim() ?? null;
  if (sourceText === null) return null;
  if (layout === 'blanks') {
    const gaps = gapsIn(sourceText);
    return gaps.length === 1 ? answer.join(gaps[0]) : null;
  }
  if (typeof layout !== 'object' || symbolsInList(sourceText, layout).length !== source.length) return null;
  const { open, close } = listMarks(sourceText);
  const items = itemsInList(sourceText, layout.separator, layout.spaced);
  const textOf = new Map(items.map(({ item, written: text }) => [item, text]));
  const between = layout.joiner.replace(/^["']|["']$/gu, '');
  return open + answer.map((symbol) => textOf.get(symbol) ?? symbol).join(between) + close;
}
