/**
 * OV copying: whether a head that looks at a symbol says this symbol. No pass is needed: it is asked of the weights, for each
 * symbol of the alphabet, which of them the head's value and output matrices make most likely.
 */
import type { Rng } from '../../common/random.ts';
import type { LocalModel } from '../../model/index.ts';
import { againstDraws, byLayer, nullMaximumOf, PERMUTATIONS } from './nulls.ts';
import type { Draws, ScoreOfHead } from './nulls.ts';
import { strictMaximum } from './retrieval.ts';

export interface Copying {
  /** [layer][head]: the share of symbols of which a head says themselves most. */
  readonly scores: readonly (readonly ScoreOfHead[])[];
  /** Symbols of the alphabet. */
  readonly n: number;
  /** The 95 % point of the largest head where symbols are paired at random. */
  readonly nullMaximum: number | null;
}

/** @param symbols the tokens of the alphabet, two or more */
export async function copyingOfHeads(
  model: LocalModel,
  symbols: readonly number[],
  rng: Rng,
  permutations = PERMUTATIONS,
): Promise<Copying> {
  const { heads } = model.config;
  const n = symbols.length;
  const logits = await model.ovLogits(symbols); // [H, C, C] each
  const said = logits.flatMap((numbers) =>
    Array.from({ length: heads }, (_, head) =>
      symbols.map((_symbol, read) => strictMaximum(numbers, (head * n + read) * n, n)),
    ),
  );
  const share = (pairing: readonly number[]) =>
    Float64Array.from(said, (own) => own.filter((one, read) => one === pairing[read]).length / n);
  const itself = symbols.map((_, read) => read);
  const draws: Draws = Array.from({ length: permutations }, () => share(rng.shuffle([...itself])));
  const nulls = said.map((own) => own.filter((one) => one >= 0).length / n ** 2);
  return {
    scores: byLayer(againstDraws(share(itself), nulls, draws), heads),
    n,
    nullMaximum: nullMaximumOf(draws),
  };
}
