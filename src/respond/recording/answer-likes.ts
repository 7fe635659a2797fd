/**
 * Fields under names that nobody knows, beside one that is right in every record: a data set's right answer looks so, and
 * then the model's output is one of them.
 */
import { numberIn } from '../../common/written-number.ts';
import { askableNames } from '../../prompt/askable.ts';
import type { Askable } from '../../prompt/askable.ts';
import { GOLDS, OUTPUTS, QUERIES, SOURCES } from './fields.ts';
import type { FieldNames, Fields } from './fields.ts';
import { textAt } from './output-forms.ts';
import { NAMES_ANSWER } from './reply.ts';
import { symbolsOf } from './sample.ts';
import type { RecordedSample } from './sample.ts';

/** What models think, and what is known under other names. */
const OTHERS = ['reasoning', 'reasoning_content', 'thinking', 'thoughts', 'cleaned'];

/** What samples of ours say of themselves (`tasks export`, `tasks sample --json`), and of others the prompt. */
const OF_SAMPLES = [
  ...['id', 'operation', 'family', 'length', 'seed', 'index', 'system', 'prompt', 'prompt_name'],
  ...['stop', 'max_tokens', 'positions', 'reading', 'way'],
];

/** More fields than this no record has. */
const MOST_FIELDS = 200;

interface Like {
  /** In how many records its text may be an answer. */
  answers: number;
  differs: boolean;
}

export class AnswerLikes {
  private readonly known: ReadonlySet<string>;
  private readonly beside = new Map<string, Like>();
  private records = 0;
  isAlwaysRight = true;

  constructor(task: Askable, names: FieldNames) {
    const named = [names.source, names.query, names.gold].filter((name) => name !== undefined);
    const all = [...SOURCES, ...QUERIES, ...GOLDS, ...OUTPUTS, ...OTHERS, ...OF_SAMPLES];
    this.known = new Set([...all, ...askableNames(), task.name, ...named]);
  }

  /**
   * Reads one record.
   * @param text what the field holds that may be the right answer
   * @param right the right answers: the oracle's, and the recorded one
   */
  take(fields: Fields, text: string, sample: RecordedSample, right: readonly (readonly string[])[]): void {
    const own = symbolsOf(text, sample.layout).join('\n');
    this.isAlwaysRight &&= right.some((answer) => answer.join('\n') === own);
    if (!this.isAlwaysRight) return;
    this.records += 1;
    const symbols = new Set([...sample.source, ...right.flat()]);
    for (const name of Object.keys(fields).slice(0, MOST_FIELDS)) {
      if (this.known.has(name)) continue;
      const other = textAt(fields, name);
      if (other === '') continue;
      const like = this.beside.get(name) ?? { answers: 0, differs: false };
      like.differs ||= symbolsOf(other, sample.layout).join('\n') !== own;
      const isText = numberIn(fields[name]) === null;
      like.answers += Number(isText && mayAnswer(other, sample, symbols));
      this.beside.set(name, like);
    }
  }

  /** The name of a field that differs and looks like an answer, by its name or by its text in half of the records; or null. */
  likely(): string | null {
    if (!this.isAlwaysRight) return null;
    const found = [...this.beside].filter(
      ([name, { answers, differs }]) => differs && (NAMES_ANSWER.test(name) || 2 * answers >= this.records),
    );
    const [first] = found.sort(([a], [b]) => Number(NAMES_ANSWER.test(b)) - Number(NAMES_ANSWER.test(a)));
    return first?.[0] ?? null;
  }
}

/** Whether symbols of the sample stand in a text, but not the whole source: that is a prompt. */
function mayAnswer(text: string, { source, layout }: RecordedSample, symbols: ReadonlySet<string>): boolean {
  if (text.replace(/\s+/gu, '').includes(source.join('').replace(/\s+/gu, ''))) return false;
  if (layout === 'lines') return text.split('\n').some((line) => symbols.has(line.trim()));
  const words = text.split(/\s+/u).flatMap((word) => [word, bare(word)]);
  const isSymbol = (word: string): boolean => symbols.has(word);
  if (layout !== 'characters') return words.some(isSymbol);
  return words.some((word) => word !== '' && Array.from(word).every(isSymbol));
}

/** A word without punctuation around it. */
function bare(word: string): string {
  return /[\p{L}\p{N}](?:.*[\p{L}\p{N}])?/su.exec(word)?.[0] ?? '';
}
