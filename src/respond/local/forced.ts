/** Right answers read by a model of text that runs here: what it would have said at each place (`score/forced.ts`). */
import type { LocalModel } from '../../model/index.ts';
import { ropeBorder } from '../../model/config/config.ts';
import type { TextTokenizer } from '../../model/tokenizers/text.ts';
import type { ForcedAnswer } from '../../score/forced.ts';
import { tokensBehind } from '../../model/tokenizers/prompt-tokens.ts';
import type { PromptTokens } from '../../model/tokenizers/prompt-tokens.ts';

/** A right answer behind its prompt, in tokens. */
export interface ForcedQuestion {
  readonly prompt: readonly number[];
  readonly answer: readonly number[];
  /** Tokens that end the answer: those that end a text, and those that its stop marks begin with. */
  readonly ends: readonly number[];
}

/** What a pass tells of an answer. */
export type ForcedRead = Pick<ForcedAnswer, 'best' | 'bestLogProbabilities' | 'logProbabilities'>;

/** The question in tokens, or why it has none. @param ends tokens that end a text */
export function forcedQuestion(
  tokenizer: Pick<TextTokenizer, 'encode' | 'begin'>,
  ends: ReadonlySet<number>,
  prompt: PromptTokens,
  { forced = '', stop }: { readonly forced?: string; readonly stop: readonly string[] },
): ForcedQuestion | { readonly unreadable: string } {
  const answer = tokensBehind(tokenizer, prompt, forced);
  if (answer === null || answer.length === 0)
    return {
      unreadable: `the tokenizer joins the prompt's end and the right answer, ${JSON.stringify(forced)}, in one token: only generation can tell`,
    };
  const whole = { text: prompt.text + forced, ids: [...prompt.ids, ...answer] };
  const marks = stop.flatMap((mark) => tokensBehind(tokenizer, whole, mark)?.slice(0, 1) ?? []);
  if (marks.length + ends.size === 0)
    return { unreadable: 'neither the prompt nor the model has anything that ends an answer' };
  return { prompt: prompt.ids, answer, ends: [...new Set([...marks, ...ends])] };
}

/** Sequences of a pass are padded to multiples of this many tokens, so that one session serves several lengths. */
const STEP = 32;
/** Numbers of a head's attention in a pass: 2^22 floats are 16 MiB a head. */
const MOST_ATTENTION = 2 ** 22;

/** Reads many, a few at once. */
export class ForcedReader {
  private readonly model: LocalModel;

  constructor(model: LocalModel) {
    this.model = model;
  }

  /** In the order of the questions. */
  async read(questions: readonly ForcedQuestion[]): Promise<ForcedRead[]> {
    const found = new Map<ForcedQuestion, ForcedRead>();
    const byLength = Map.groupBy(questions, (question) => this.paddedLength(question));
    for (const [length, alike] of byLength) {
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
    const count = 1 + Math.max(...questions.map(({ ends }) => ends.length));
    const sequences = questions.map(({ prompt, answer }) => {
      const tokens = [...prompt, ...answer];
      return [...tokens, ...Array<number>(length - tokens.length).fill(0)];
    });
    const candidates = questions.flatMap(({ prompt, answer, ends }) =>
      Array.from({ length: rows }, (_, row) => {
        const next = answer[first + row + 1 - prompt.length] ?? 0;
        return Array.from({ length: count }, (_, c) => (c === 0 ? next : (ends[c - 1] ?? 0)));
      }),
    );
    const {
      normalizers,
      best,
      largest,
      candidates: logits,
    } = await this.model.score(sequences, {
      rows,
      candidates,
    });
    return questions.map(({ prompt, answer, ends }, which) => {
      const start = which * rows + prompt.length - 1 - first; // of the row after the prompt's last token
      const at = Array.from({ length: answer.length + 1 }, (_, i) => start + i);
      const logProbability = (row: number, candidate: number) =>
        logits[row * count + candidate] - normalizers[row];
      const end = at[answer.length];
      const endings = ends.map((_, c) => logProbability(end, c + 1));
      const most = Math.max(...endings);
      const ended = most + Math.log(endings.reduce((sum, one) => sum + Math.exp(one - most), 0));
      return {
        best: at.map((row) => best[row]),
        bestLogProbabilities: at.map((row) => rounded(largest[row] - normalizers[row])),
        logProbabilities: [...at.slice(0, -1).map((row) => rounded(logProbability(row, 0))), rounded(ended)],
      };
    });
  }
}

/** Digits beyond these are those of rounding in 32-bit floats. A sum of probabilities may exceed 1 by as much. */
function rounded(logarithm: number): number {
  return Math.min(0, Number(logarithm.toPrecision(6)));
}
