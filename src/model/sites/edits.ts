/** What can be asked to be looked at and changed in a run. */
import type { CutKind } from './hooks.ts';

/** Other values for a site. */
export interface Edit {
  readonly site: string;
  /** One number for all, or numbers in the site's shape. */
  readonly values: number | Float32Array;
  /** 1 where the values go, 0 where the site keeps its own (`siteMask` makes one); everywhere unless given. */
  readonly mask?: Float32Array;
}

/** Attention edges of one layer to be cut. */
export interface EdgeEdit {
  readonly layer: number;
  /** 1 for edges that are cut, else 0, in the shape of the layer's `attn.hook_pattern`: [sample, head, query, key]. */
  readonly mask: Float32Array;
  /**
   * `remove`: the query's attention goes to its other keys. `zero`: the others keep theirs. `replace`: scores are
   * (1 - M)∘QKᵀ + M∘QK′ᵀ and the output is ((1 - M)∘A)V + (M∘A)V′.
   */
  readonly how: CutKind;
  /** K′ as keys are compared with queries, in the shape of `attn.hook_k`: `attn.hook_rot_k` where the layer has RoPE. */
  readonly keys?: Float32Array;
  /** V′, in the shape of `attn.hook_v`. */
  readonly values?: Float32Array;
  /** Where values are replaced, if not where keys are: in the mask's shape. */
  readonly valuesMask?: Float32Array;
  /**
   * Where K′ and V′ are of other positions than the sequences' own: the first of them, counted from the beginning of what
   * the sequences go on from, and how many they are.
   */
  readonly of?: { readonly from: number; readonly count: number };
}

/** What is looked at and changed in a run. */
export interface Interventions {
  /** Sites whose values (after edits) come out. */
  readonly capture?: readonly string[];
  /** At most one for a site. */
  readonly edits?: readonly Edit[];
  /** At most one for a layer. */
  readonly edges?: readonly EdgeEdit[];
  /**
   * What has to change something in every sample: each intervention (the default), or none (all heads in turn, some of which
   * do nothing). `exist`: none, but of the edges that a sample names in all layers at least one has to be there, not cut
   * already by causality or a window.
   */
  readonly mustChange?: 'each' | 'exist' | 'none';
}
