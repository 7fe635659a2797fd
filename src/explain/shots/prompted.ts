/**
 * Samples in one of the prompts that `measure` asks, of which an explanation knows where each symbol stands: every symbol has to
 * be one token there, with or without the blank before it.
 */
import { UserError } from '../../common/errors.ts';
import { begun } from '../../model/tokenizers/prompt-tokens.ts';
import type { TextTokenizer } from '../../model/tokenizers/text.ts';
import { askableNamed } from '../../prompt/askable.ts';
import type { Askable } from '../../prompt/askable.ts';
import { writtenSample } from '../../prompt/render.ts';
import type { PromptTemplate } from '../../prompt/template.ts';
import type { Instance } from '../../tasks/index.ts';
import type { DemonstratedSample } from './demonstrated.ts';
import { answerRows } from './rows.ts';
import type { RandomTokens, Shot, ShotSet } from './shot.ts';

/** What is needed of a tokenizer. */
export type PromptTokenizer = Pick<TextTokenizer, 'encode' | 'begin' | 'decode'>;

/** @throws UserError for a prompt that is not continued, or in which a symbol is not one token, or copies have marks between symbols */
export function promptedShots(
  tokenizer: PromptTokenizer,
  template: PromptTemplate,
  alphabet: readonly string[],
  samples: readonly DemonstratedSample[],
  random?: RandomTokens,
): ShotSet {
  const [{ sample: first }] = samples;
  const writer = new Writer(tokenizer, askableNamed(first.task), template);
  const shots = samples.map((one) => writer.shot(one));
  const said = alphabet.map((symbol) => writer.saidToken(first, symbol));
  const sources = shots.flatMap(({ tail, source }) => source.map((at) => tail[at]));
  const openings = shots.map(({ answer }) => answer[0]); // a copy's first symbol may have no blank before it
  return {
    ...{ task: first.task, length: first.length, prompt: template.name },
    tokens: [...new Set([...said, ...sources, ...openings])],
    symbols: said,
    ...(random && { random }),
    shots,
  };
}

class Writer {
  private readonly tokenizer: PromptTokenizer;
  private readonly task: Askable;
  private readonly template: PromptTemplate;
  private readonly known = new Map<string, number>();

  constructor(tokenizer: PromptTokenizer, task: Askable, template: PromptTemplate) {
    this.tokenizer = tokenizer;
    this.task = task;
    this.template = template;
    if (template.for === 'chat' || template['answer-tags'] !== undefined) {
      throw new UserError(
        `--prompt ${template.name}: its answers are replies of a chat; explain reads prompts that are continued (lengthwise prompts list)`,
      );
    }
    if (task.family === 'copying' && template.symbols.trim() !== '') {
      throw new UserError(
        `--prompt ${template.name}: ${JSON.stringify(template.symbols)} stands between the symbols of a copy; explain takes copies in prompts with blanks between symbols`,
      );
    }
  }

  shot({ sample, demonstrations }: DemonstratedSample): Shot {
    const { tokenizer, task, template } = this;
    const shown = demonstrations.map((one) => shownInstance(sample, one));
    const { before, question, answer, sourceAt } = writtenSample(task, template, sample, shown);
    const text = before + question + answer;
    const ids = begun(tokenizer, text);
    const prefix = commonBeginning(begun(tokenizer, before), ids);
    const asked = begun(tokenizer, before + question);
    const wanted = ids.slice(asked.length);
    if (!asked.every((id, i) => id === ids[i]) || wanted.length !== sample.answer.length)
      throw this.severalTokens(sample.answer.join(' '), text);
    return {
      sample,
      prefix,
      tail: ids.slice(prefix.length, -1),
      answer: wanted,
      texts: ids.slice(prefix.length).map((id) => tokenizer.decode([id]).toWellFormed()),
      first: asked.length - prefix.length - 1,
      source: this.places(sample.source, { text, ids, start: before.length + sourceAt }).map(
        (place) => place - prefix.length,
      ),
      said: sample.source.map((symbol) => this.saidToken(sample, symbol)),
      rows: answerRows(sample, wanted.length),
    };
  }

  /** The token of each symbol, of symbols that stand in a text from a place on. */
  private places(
    symbols: readonly string[],
    { text, ids, start }: { readonly text: string; readonly ids: readonly number[]; readonly start: number },
  ): number[] {
    let from = start;
    return symbols.map((symbol) => {
      const to = from + symbol.length;
      const before = begun(this.tokenizer, text.slice(0, from).replace(/ +$/, ''));
      const through = begun(this.tokenizer, text.slice(0, to));
      if (through.length !== before.length + 1 || through.some((id, i) => id !== ids[i]))
        throw this.severalTokens(symbol, text.slice(0, to));
      from = to + this.template.symbols.length;
      return before.length;
    });
  }

  /** The token of a symbol in an answer: of a copy behind another one, since its first may have no blank before it. */
  saidToken(sample: Instance, symbol: string): number {
    const known = this.known.get(symbol);
    if (known !== undefined) return known;
    const { tokenizer, template, task } = this;
    const behind = task.family === 'copying' ? [sample.source[0]] : [];
    const { question, answer } = writtenSample(
      task,
      template,
      { ...sample, answer: [...behind, symbol] },
      [],
    );
    const shorter = writtenSample(task, template, { ...sample, answer: behind }, []);
    const upTo = begun(tokenizer, shorter.question + (behind.length > 0 ? shorter.answer : ''));
    const all = begun(tokenizer, question + answer);
    if (all.length !== upTo.length + 1 || upTo.some((id, i) => id !== all[i]))
      throw this.severalTokens(symbol, question + answer);
    this.known.set(symbol, all[upTo.length]);
    return all[upTo.length];
  }

  private severalTokens(symbols: string, text: string): UserError {
    return new UserError(
      `--prompt ${this.template.name}: in …${JSON.stringify(text.slice(-40))}, ${JSON.stringify(symbols.slice(0, 40))} is not one token a symbol: take other symbols (--alphabet), or another prompt`,
    );
  }
}

/** A sample that is shown with its answer, which may be a wrong one. */
function shownInstance({ task }: Instance, shown: DemonstratedSample['demonstrations'][number]): Instance {
  const { source, query } = shown;
  const positions = source.flatMap((symbol, place) => (symbol === query ? [place] : []));
  return { ...shown, task, length: source.length, positions };
}

/** The tokens that two sequences begin with. */
function commonBeginning(some: readonly number[], all: readonly number[]): number[] {
  const end = some.findIndex((id, i) => id !== all[i]);
  return some.slice(0, end < 0 ? undefined : end);
}
