/** Right or wrong for one record: by our rules, and by those of the paper's authors as they released them. */
import { anatomyOf, copyErrorOf, copyPlaceOf } from '../../score/errors/index.ts';
import type { CopyingAnatomy, CopyPlace } from '../../score/errors/index.ts';
import type { Askable } from '../../prompt/askable.ts';
import type { Instance } from '../../tasks/task.ts';
import { authorsCopyScore } from '../../score/authors/copy-score.ts';
import type { AuthorsCopyScore } from '../../score/authors/copy-score.ts';
import type { Quirk } from '../../score/authors/quirks.ts';
import type { AnswerFormat } from '../../score/text-score.ts';
import type { TextScore } from '../../score/text-score.ts';
import { scoreText } from '../../score/text-score.ts';
import type { Scorable } from './record.ts';
import { joinerOf, withoutMarks } from './record.ts';

/** Marks that models end their answers with; what comes after one is no answer. */
const END_MARKS = ['<eos>', '<|endoftext|>', '<|end_of_text|>', '<|eot_id|>', '<|im_end|>', '</s>'];

/** How the answer stands in the recorded output of a task. */
export function formatOf(task: Askable, output: string): AnswerFormat {
  if (output.includes('<target>')) return { stop: END_MARKS, open: '<target>', close: '</target>' };
  const manyLines = task.joiner === '\n' && task.family === 'copying';
  if (manyLines) return { stop: [...END_MARKS, '<end>'], open: '<start>', close: '<end>' };
  return { stop: [...END_MARKS, '\n'] };
}

export interface RecordVerdict {
  readonly score: TextScore;
  readonly correct: boolean;
  readonly error: string | null;
  /** Whether the answer itself was cut off, not only what came after it. */
  readonly truncated: boolean;
  readonly copy: CopyPlace | undefined;
  /** Where a wrong copy went wrong, and how it went on. */
  readonly copyError: CopyingAnatomy | null;
}

/** By our rules: what stands around the answer is set apart, surrounding white space is none of it, order counts. */
export function verdictOf(task: Askable, record: Scorable): RecordVerdict {
  const output = scoredText(record);
  const joiner = joinerOf(record.layout);
  const expected = { answer: record.gold, lead: '', trail: '', ...textOf(task, record) };
  const format = formatOf(task, output);
  // One character a symbol: blanks between them are a way of writing, as in the authors' own cleaning.
  const written = joiner === '' ? output.replaceAll(' ', '') : output;
  const score = scoreText(expected, written, { ...format, joiner });
  const correct = joiner === '\n' ? sameLines(score.symbols, record.gold) : score.relaxed;
  const ended = [...format.stop, format.close].some((mark) => mark !== undefined && output.includes(mark));
  const instance = instanceOf(task, record);
  return {
    score,
    correct,
    error: correct ? null : (anatomyOf(task, instance, score.symbols) ?? 'white-space'),
    truncated: record.cutOff && !ended && !correct,
    copy: copyPlaceOf(task, instance, score.symbols),
    copyError: copyErrorOf(task, instance, score.symbols),
  };
}

/** A text in one line is compared as it is: its words may have more than one blank between them. */
function textOf(task: Askable, { layout, goldText }: Scorable): { text?: string } {
  if (task.shape !== 'text' || layout !== 'blanks' || goldText === null) return {};
  return { text: withoutMarks(goldText).trim() };
}

/** What some models' outputs begin with, and is no text. */
const BEGIN_MARKS = /^\s*(?:<\|begin_of_text\|>|<s>)/;

/**
 * The output without thoughts and line breaks before it; or what the authors' cleaning left, where that is not simply the output
 * without blanks and `<eos>` (their instruct models: what stands between the tags).
 */
function scoredText({ output, cleaned }: Scorable): string {
  const whole = output ?? '';
  if (cleaned !== null && authorsCleaned(whole) !== cleaned) return cleaned;
  return whole
    .slice(endOfThought(whole))
    .replace(BEGIN_MARKS, '')
    .replace(/^\s*\n/u, '');
}

/** Models that think aloud answer after it. */
function endOfThought(output: string): number {
  const mark = '</think>';
  const at = output.lastIndexOf(mark);
  return at === -1 ? 0 : at + mark.length;
}

function authorsCleaned(output: string): string {
  return output.replaceAll('<eos>', '').replaceAll(' ', '');
}

function sameLines(lines: readonly string[], gold: readonly string[]): boolean {
  return lines.length === gold.length && gold.every((line, i) => line.trim() === lines[i]);
}

function instanceOf(task: Askable, { source, query, gold }: Scorable): Instance {
  const positions = source.flatMap((symbol, place) => (symbol === query ? [place] : []));
  const oracle = task.answer(source, query);
  return {
    task: task.name,
    length: source.length,
    source,
    query,
    answer: gold,
    positions: 'refusal' in oracle ? positions : oracle.positions,
  };
}

export interface AuthorsVerdict {
  readonly correct: boolean;
  /** The oddities of the released scoring that touched this record. */
  readonly quirks: readonly Quirk[];
  /** The three scores of a copied text, and whether it was compared at all. */
  readonly copy?: AuthorsCopyScore;
}

/** As released (arXiv 2505.21785's code): §1.5, §2.3, §3.1 and §3.4 of its description. */
export function authorsVerdict(
  task: Askable,
  record: Scorable,
  tokenize: (text: string) => string[],
): AuthorsVerdict {
  const output = record.output ?? '';
  const instruct = output.includes('<target>') || (record.output === null && record.prediction !== null);
  const compared = instruct && record.prediction !== null ? record.prediction : output;
  if (task.shape === 'commits') return gitVerdict(record, output);
  const gold = record.gold.join(joinerOf(record.layout));
  if (task.joiner === '\n') return textVerdict(record.goldText ?? gold, output, tokenize);
  if (task.family === 'copying') {
    const cleaned = record.cleaned ?? authorsCleaned(compared);
    return { correct: cleaned === gold, quirks: [] };
  }
  const correct = compared === gold;
  const wouldBeRight = !correct && verdictOf(task, record).correct;
  return { correct, quirks: wouldBeRight ? ['whole-output'] : [] };
}

function textVerdict(gold: string, output: string, tokenize: (text: string) => string[]): AuthorsVerdict {
  const copy = authorsCopyScore(gold.replaceAll('<end>', ''), output, tokenize);
  const correct = copy.outcome === 'exact';
  const { outcome, detail } = copy;
  const uncounted = (detail?.groups ?? []).some(
    (group, i, groups) => !group.startsWith('match') && (i === 0 || !groups[i - 1].startsWith('match')),
  );
  const divided =
    detail !== undefined &&
    detail.nonDeterministicEdits > 0 &&
    detail.deterministicTypes !== detail.nonDeterministicTypes;
  const touched: Record<string, boolean> = {
    substring: correct && output.trim() !== gold.trim(),
    'exact-left-out': correct,
    'too-short': outcome === 'mismatch',
    denominator: divided,
    'edits-not-counted': uncounted,
  };
  const names = Object.keys(touched).filter((name) => touched[name]) as Quirk[];
  return { correct, quirks: names, copy };
}

/** `evaluate_codeassist`: text from `find('<start>') + 7` on, so 6 characters are lost where there is no `<start>`. */
function gitVerdict(record: Scorable, output: string): AuthorsVerdict {
  const from = output.indexOf('<start>') + '<start>'.length;
  const inside = output.slice(from).split('<end>', 1)[0];
  const lines = inside
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const correct = sameLines(lines, record.gold);
  return { correct, quirks: output.includes('<start>') ? [] : ['six-characters-lost'] };
}
