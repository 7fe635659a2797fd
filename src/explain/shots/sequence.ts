/** The sequence of a model trained here: `<bos> source <sep> query`, then the answer; copies end in `<eos>`. */
import type { Tokenizer } from '../../model/index.ts';
import { specialSymbols } from '../../common/special-symbols.ts';
import { taskNamed } from '../../tasks/index.ts';
import type { Instance } from '../../tasks/index.ts';
import { answerRows } from './rows.ts';
import type { Shot, ShotSet } from './shot.ts';

const { bos, sep, eos } = specialSymbols;

/** @throws UserError for a symbol that the model does not know */
export function sequenceShots(tokenizer: Tokenizer, samples: readonly Instance[]): ShotSet {
  const [{ task, length }] = samples;
  const endsItself = taskNamed(task).family === 'copying';
  const shots = samples.map((sample): Shot => {
    const { source, query } = sample;
    const texts = {
      asked: [bos, ...source, sep, ...(query === null ? [] : [query])],
      answer: [...sample.answer, ...(endsItself ? [eos] : [])],
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
  const symbols = tokenizer.encode(tokenizer.symbols);
  const tokens = [...symbols, ...(endsItself ? [tokenizer.eos] : [])];
  const random = { begin: tokenizer.bos, tokens: symbols };
  return { task, length, prompt: 'sequence', tokens, symbols, random, shots };
}
