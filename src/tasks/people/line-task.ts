/**
 * Tasks at the level that people use: their symbols are lines (commits, sentences, rows of a table), blanks and all.
 * Otherwise they are what the ten tasks are: a closed-form sampler, an oracle written apart from it, one right answer.
 */
import type { Rng } from '../../common/random.ts';
import type { Answer, Instance, Refusal, SourcePart } from '../task.ts';

/** Lines of one's own to draw from, in their order: the log of a repository, the lines of a text, the rows of a table. */
export type Material = readonly string[];

export interface LineTask {
  readonly name: string;
  readonly family: 'copying' | 'retrieval';
  /** A line for people: what is asked. */
  readonly title: string;
  /** What one symbol is. */
  readonly unit: 'commit' | 'sentence' | 'row';
  /** What is done with the source, as prompts say it. */
  readonly operation: 'forward' | 'backward' | 'after' | 'before' | 'first' | 'last';
  /** Why nothing can be asked about these lines at any length, or null. */
  fault(material?: Material): string | null;
  /**
   * The lengths that exist; with material of one's own, no more than it has lines. Where the evidence has to lie in a
   * part of the source, from the shortest one that has such. A UserError where none does.
   */
  admits(material?: Material, place?: SourcePart): { readonly min: number; readonly max: number };
  /**
   * One instance of exactly that length: synthetic, or from a place in the material that is drawn; its evidence in a part
   * of the source, where one is given. Pure.
   */
  sample(length: number, rng: Rng, material?: Material, place?: SourcePart): Instance;
  /** The fifths of the source in which evidence can lie at that length; absent where nothing is looked up. */
  parts?(length: number, material?: Material): readonly SourcePart[];
  /** The oracle. Total: it answers, or says why this is no instance. */
  answer(source: readonly string[], query?: string | null): Answer | Refusal;
}
