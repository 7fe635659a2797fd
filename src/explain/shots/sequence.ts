/**
 * The sequence of a model of symbols: `<bos> source <sep> query`, then the answer. The `<eos>` that ends a copy is not asked, as
 * nothing ends one in a text: `measure` does. Own tasks end where their answers do. Where all that may come next is asked: `<bos> source`, and a set at each of its places.
 */
import { UserError } from '../../common/errors.ts';
import type { Tokenizer } from '../../model/index.ts';
import { specialSymbols } from '../../common/special-symbols.ts';
import type { Instance } from '../../tasks/index.ts';
import type { DemonstratedSample } from './demonstrated.ts';
import { answerRows } from './rows.ts';
import type { Shot, ShotSet } from './shot.ts';

const { bos, sep } = specialSymbols;

/** @throws UserError for a symbol that the model does not know */
export function sequenceShots(tokenizer: Tokenizer, samples: readonly Instance[]): ShotSet {
  const [{ task, length }] = samples;
  const shots = samples.map((sample): Shot => {
    const { source, query } = sample;
    const texts = {
      asked: [bos, ...source, sep, ...(query === null ? [] : [query])],
      answer: sample.answer,
    };
    const [asked, answer] = [tokenizer.encode(texts.asked), tokenizer.encode(texts.answer)];
    return {
      sample,
      prefix: [],
      tail: [...asked, ...answer.slice(0, -1)],
      answer,
      texts: [...texts.asked, ...texts.answer],
      first: asked.length - 1,
      source: source.map((_, i) => i + 1),
      rows: answerRows(sample, answer.length),
    };
  });
  const ends = shots.some(({ answer }) => answer.includes(tokenizer.eos));
  const { symbols, random } = tokensOf(tokenizer);
  const tokens = [...symbols, ...(ends ? [tokenizer.eos] : [])];
  return { task, length, prompt: SEQUENCE, tokens, symbols, random, shots };
}

/**
 * Samples of which is asked, at `<bos>` and at each symbol, what may come next.
 * @throws UserError for a symbol that the model does not know, and for samples without sets
 */
export function setShots(tokenizer: Tokenizer, samples: readonly DemonstratedSample[]): ShotSet {
  const [{ sample: first }] = samples;
  const shots = samples.map(({ sample, next }): Shot => {
    if (next === undefined)
      throw new UserError(`${first.task}: a sample without "next"; all of them need it`);
    const tail = tokenizer.encode([bos, ...sample.source]);
    return {
      sample,
      prefix: [],
      tail,
      answer: [],
      next: next.map((may) => tokenizer.encode(may)),
      first: 0,
      source: sample.source.map((_, i) => i + 1),
      rows: tail.map(() => ({ at: null, same: [] })),
    };
  });
  const tokens = tokenizer.tokens.map((_, token) => token);
  return {
    task: first.task,
    length: first.length,
    prompt: NEXT_SYMBOLS,
    tokens,
    ...tokensOf(tokenizer),
    shots,
  };
}

const SEQUENCE = 'sequence';
const NEXT_SYMBOLS = 'next symbols';

function tokensOf(tokenizer: Tokenizer) {
  const symbols = tokenizer.encode(tokenizer.symbols);
  return { symbols, random: { begin: tokenizer.bos, tokens: symbols } };
}
