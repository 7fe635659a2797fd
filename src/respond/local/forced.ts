/** Right answers read by a model of text that runs here: what it would have said at each place (`score/forced.ts`). */
import type { LocalModel } from '../../model/index.ts';
import { ropeBorder } from '../../model/config/config.ts';
import type { TextTokenizer } from '../../model/tokenizers/text.ts';
import type { ForcedAnswer } from '../../score/forced.ts';
import { FORGIVEN } from '../../score/score.ts';
import { cutAt } from './cut.ts';
import { tokensBehind } from '../../model/tokenizers/prompt-tokens.ts';
import type { PromptTokens } from '../../model/tokenizers/prompt-tokens.ts';

/** A right answer behind its prompt, in tokens. */
export interface ForcedQuestion {
  readonly prompt: readonly number[];
  readonly answer: readonly number[];
  readonly endings: Endings;
}

/** What may follow an answer for it to be exact, by the prompt's stop marks and the model's tokens. */
export interface Endings {
  /** Tokens that end it: those that end a text, and those whose own text has a stop mark and nothing else before it. */
  readonly ends: ReadonlySet<number>;
  /** Those that are only the beginning of a stop mark: what follows decides. */
  readonly begins: ReadonlySet<number>;
  /** Both, but for parts of a character, with which other marks begin as well. */
  readonly counted: readonly number[];
}

/** Whether an answer is exact with this between it and what ends it (`exact`, docs/scoring.md). */
export function isForgiven(text: string): boolean {
  return text === '' || FORGIVEN.includes(text);
}

/**
 * @param texts of all tokens, by id, as they stand behind another one; '' where a token stands for no text
 * @param ended tokens that end a text
 */
export function endingsOf(
  texts: readonly string[],
  ended: ReadonlySet<number>,
  stop: readonly string[],
): Endings {
  const [ends, begins, parts] = [new Set(ended), new Set<number>(), new Set<number>()];
  for (const [id, text] of texts.entries()) {
    if (text === '' || ends.has(id)) continue;
    const cut = cutAt(text, stop);
    if (cut.isCut && isForgiven(cut.text)) ends.add(id);
    else if (stop.some((mark) => mark.startsWith(text))) begins.add(id);
    else if (stop.some((mark) => beginsWithPart(mark, text))) parts.add(id);
  }
  return { ends, begins: new Set([...begins, ...parts]), counted: [...ends, ...begins] };
}

/** Whether a mark may begin with a token that ends within a character. */
function beginsWithPart(mark: string, text: string): boolean {
  const whole = text.replace(/\uFFFD+$/, '');
  return whole !== text && mark.startsWith(whole) && mark.charCodeAt(whole.length) > 0x7f;
}

/** What a pass tells of an answer. */
export type ForcedRead = Pick<ForcedAnswer, 'best' | 'bestLogProbabilities' | 'logProbabilities'>;

/** The question in tokens, or why it has none. */
export function forcedQuestion(
  tokenizer: Pick<TextTokenizer, 'encode' | 'begin'>,
  endings: Endings,
  prompt: PromptTokens,
  forced: string,
): ForcedQuestion | { readonly unreadable: string } {
  const answer = tokensBehind(tokenizer, prompt, forced);
  if (answer === null || answer.length === 0)
    return {
      unreadable: `the tokenizer joins the prompt's end and the right answer, ${JSON.stringify(forced)}, in one token: only generation can tell`,
    };
  if (endings.counted.length === 0)
    return { unreadable: 'neither the prompt nor the model has anything that ends an answer' };
  return { prompt: prompt.ids, answer, endings };
}

/** Sequences of a pass are padded to multiples of this many tokens, so that one session serves several lengths. */
const STEP = 32;
/** Numbers of a head's attention in a pass: 2^22 floats are 16 MiB a head. */
const MOST_ATTENTION = 2 ** 22;

/** Reads many, a few at once. */
export class ForcedReader {
  private readonly model: LocalModel;
  private readonly numbers = new Map<Endings, number>();

  constructor(model: LocalModel) {
    this.model = model;
  }

  /** In the order of the questions. */
  async read(questions: readonly ForcedQuestion[]): Promise<ForcedRead[]> {
    const found = new Map<ForcedQuestion, ForcedRead>();
    const byShape = Map.groupBy(questions, (question) => this.shapeOf(question));
    for (const alike of byShape.values()) {
      const length = this.paddedLength(alike[0]);
      const most = Math.max(1, Math.floor(MOST_ATTENTION / length ** 2));
      for (let from = 0; from < alike.length; from += most) {
        const some = alike.slice(from, from + most);
        const read = await this.pass(some, length);
        some.forEach((question, i) => found.set(question, read[i]));
      }
    }
    return questions.map((question) => found.get(question)!);
  }

  release(): Promise<void> {
    return this.model.release();
  }

  /** Those of one length whose answers end alike are read together. */
  private shapeOf(question: ForcedQuestion): string {
    const { endings } = question;
    const known = this.numbers.get(endings) ?? this.numbers.size;
    this.numbers.set(endings, known);
    return `${this.paddedLength(question)} ${known}`;
  }

  /** Where positions turn otherwise in long sequences, none is made longer than it is. */
  private paddedLength({ prompt, answer }: ForcedQuestion): number {
    const { config } = this.model;
    const length = prompt.length + answer.length;
    if (Number.isFinite(ropeBorder(config))) return length;
    return Math.min(config.positions, Math.ceil(length / STEP) * STEP);
  }

  private async pass(questions: readonly ForcedQuestion[], length: number): Promise<ForcedRead[]> {
    const first = Math.min(...questions.map(({ prompt }) => prompt.length)) - 1;
    const rows = length - first;
    const sequences = questions.map(({ prompt, answer }) => {
      const tokens = [...prompt, ...answer];
      return [...tokens, ...Array<number>(length - tokens.length).fill(0)];
    });
    const candidates = questions.flatMap(({ prompt, answer }) =>
      Array.from({ length: rows }, (_, row) => [answer[first + row + 1 - prompt.length] ?? 0]),
    );
    const [{ endings }] = questions;
    const scores = await this.model.score(sequences, { rows, candidates, counted: endings.counted });
    const { normalizers, best, largest, candidates: logits, counted } = scores;
    return questions.map(({ prompt, answer }, which) => {
      const start = which * rows + prompt.length - 1 - first; // of the row after the prompt's last token
      const at = Array.from({ length: answer.length + 1 }, (_, i) => start + i);
      const end = at[answer.length];
      return {
        best: at.map((row) => best[row]),
        bestLogProbabilities: at.map((row) => rounded(largest[row] - normalizers[row])),
        logProbabilities: [
          ...at.slice(0, -1).map((row) => rounded(logits[row] - normalizers[row])),
          rounded(counted[end] - normalizers[end]),
        ],
      };
    });
  }
}

/** Digits beyond these are those of rounding in 32-bit floats. A sum of probabilities may exceed 1 by as much. */
function rounded(logarithm: number): number {
  return Math.min(0, Number(logarithm.toPrecision(6)));
}
