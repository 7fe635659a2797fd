/**
 * The prompt of the field's figures: demonstrations, then the sample, all symbols one token each with a blank before, `,`
 * between question and answer and `.` after the answer. `<begin> a b c, a b c. d e f, d e f. …` for copies,
 * `<begin> a b c, b c. …` for look-ups.
 */
import { UserError } from '../../common/errors.ts';
import { tasks } from '../../tasks/index.ts';
import type { Instance } from '../../tasks/index.ts';
import { answerRows } from './rows.ts';
import type { Shot, ShotSet } from './shot.ts';

/** Where the tokens of a text model come from. */
export interface TextTokens {
  /** The token that begins texts, where there is one. */
  readonly begin: number | undefined;
  /** The one token that is this text as a whole; undefined where it is none, or several. */
  single(text: string): number | undefined;
  /** All that stand for text, and neither begin nor end one or say who speaks: what random sequences are drawn from. */
  readonly ordinary?: readonly number[];
}

/** A sample with what is shown before it. */
export interface DemonstratedSample {
  readonly sample: Instance;
  readonly demonstrations: readonly Pick<Instance, 'source' | 'query' | 'answer'>[];
  /** Instead of an answer, which symbols may come next, `<eos>` among them: before the first of the source and after each. */
  readonly next?: readonly (readonly string[])[];
}

export const DEMONSTRATED = 'demonstrated';
const [COMMA, STOP] = [',', '.'];

/** Tasks that this prompt can ask: the answers of the others are not symbols of their source. */
export const demonstratedTasks: readonly string[] = tasks
  .filter(({ family }) => family !== 'flip-flop')
  .map(({ name }) => name);

/**
 * @param alphabet symbols that count as possible answers
 * @throws UserError for a symbol that is not one token of the model
 */
export function demonstratedShots(
  tokens: TextTokens,
  alphabet: readonly string[],
  samples: readonly DemonstratedSample[],
): ShotSet {
  if (samples.some(({ next }) => next !== undefined))
    throw new UserError(
      '"next": a model of text says one token, not all that may come; give "answer" instead',
    );
  const token = tokenOf(tokens);
  const [comma, stop] = [COMMA, STOP].map((mark) => token(mark));
  const symbol = (text: string) => token(` ${text}`);
  const question = ({ source, query }: Pick<Instance, 'source' | 'query'>) => [
    ...source.map(symbol),
    comma,
    ...(query === null ? [] : [symbol(query)]),
  ];
  const shots = samples.map(({ sample, demonstrations }): Shot => {
    const asked = question(sample);
    const answer = sample.answer.map(symbol);
    return {
      sample,
      prefix: [
        ...(tokens.begin === undefined ? [] : [tokens.begin]),
        ...demonstrations.flatMap((shown) => [...question(shown), ...shown.answer.map(symbol), stop]),
      ],
      tail: [...asked, ...answer.slice(0, -1)],
      answer,
      texts: [...sample.source, COMMA, ...(sample.query === null ? [] : [sample.query]), ...sample.answer],
      first: asked.length - 1,
      source: sample.source.map((_, i) => i),
      rows: answerRows(sample, answer.length),
    };
  });
  const [{ sample }] = samples;
  return {
    task: sample.task,
    length: sample.length,
    prompt: DEMONSTRATED,
    tokens: alphabet.map(symbol),
    ...(tokens.ordinary && { random: { begin: tokens.begin, tokens: tokens.ordinary } }),
    shots,
  };
}

function tokenOf(tokens: TextTokens): (text: string) => number {
  const known = new Map<string, number>();
  return (text) => {
    const token = known.get(text) ?? tokens.single(text);
    if (token === undefined) {
      throw new UserError(
        `${JSON.stringify(text)} is not one token of this model: take other symbols (--alphabet), or a model that has it`,
      );
    }
    known.set(text, token);
    return token;
  };
}
