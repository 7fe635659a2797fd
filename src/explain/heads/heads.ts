/** Where heads look, and what they would say of what they see: on the task itself, on random tokens, and by their weights. */
import { rng } from '../../common/random.ts';
import type { Passes } from '../passes/passes.ts';
import { copyingOfHeads } from './copying.ts';
import type { Copying } from './copying.ts';
import { repeatedAttention, repeatedTokens, scoresOfRepeated } from './repeated.ts';
import type { HeadsOfRepeated, RepeatedTokens } from './repeated.ts';

/** What needs no sample of the task. */
export interface HeadsBesideTask {
  /** Null where the alphabet has one symbol. */
  readonly copying: Copying | null;
  /** Null where it is not known which tokens could be drawn, or there are too few, or too few positions. */
  readonly repeated: (HeadsOfRepeated & RepeatedTokens) | null;
}

/** @param onShare how much of it is done, from 0 to 1 */
export async function headsBesideTask(
  { model, set }: Passes,
  seed: number,
  onShare: (share: number) => void,
): Promise<HeadsBesideTask> {
  const symbols = set.symbols ?? set.tokens;
  const copying =
    symbols.length < 2 ? null : await copyingOfHeads(model, symbols, rng('permuted pairings', seed));
  const tokens =
    set.random && repeatedTokens(set.random, { positions: model.room }, rng('repeated random tokens', seed));
  if (!tokens) return { copying, repeated: null };
  const attention = await repeatedAttention(model, tokens, onShare);
  const scored = scoresOfRepeated(tokens, attention, rng('permuted matches of random tokens', seed));
  return { copying, repeated: { ...tokens, ...scored } };
}
