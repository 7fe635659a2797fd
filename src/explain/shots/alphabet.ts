/** The symbols that samples of an explanation are drawn from. */
import { UserError } from '../../common/errors.ts';

/** Letters: one token each, with a blank before, in nearly every vocabulary. */
export const LETTERS: readonly string[] = [...'abcdefghijklmnopqrstuvwxyz'];

interface Wishes {
  /** The symbols that somebody named. */
  readonly named?: readonly string[] | undefined;
  /** Those that the model was trained with, of all that it has: a task is drawn from them as it was learned. */
  readonly trainedWith?: readonly string[] | undefined;
}

/**
 * @param symbols all that a symbol model has; null for a model of text
 * @throws UserError for a symbol that a symbol model has not
 */
export function drawnFrom(
  symbols: readonly string[] | null,
  { named, trainedWith }: Wishes,
): readonly string[] {
  if (symbols === null) return named ?? LETTERS;
  const unknown = named?.find((symbol) => !symbols.includes(symbol));
  if (unknown !== undefined)
    throw new UserError(
      `--alphabet: the model does not know the symbol ${JSON.stringify(unknown)}; it has ${symbols.slice(0, SHOWN).join(' ')}${symbols.length > SHOWN ? ' …' : ''}`,
    );
  return named ?? trainedWith ?? symbols;
}

const SHOWN = 8;
