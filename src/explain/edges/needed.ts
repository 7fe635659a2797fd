/** Whether answers need some edges: what cutting them does, beside what cutting others does. Pure: pages use it, too. */
import type { ExplainedEdges } from './explained.ts';

/** A cross-entropy changes by this much before it is spoken of, in nats. */
export const NOTABLE = 0.1;
/** Standard errors within which nothing is told from chance. */
export const SURE = 2;

/** The two ways to a neighbour: induction edges lead to the right one, anti-induction edges to the left one. */
export type NeededEdges = 'induction' | 'anti-induction';

const CONTROLS: Readonly<Record<NeededEdges, string>> = {
  induction: 'control-keys',
  'anti-induction': 'control-values',
};

export interface EdgeNeed {
  readonly need:
    | 'not needed'
    /** It may be chance. */
    | 'too few samples'
    /** Cutting other edges hurts at least half as much. */
    | 'as others'
    | 'needed';
  readonly n: number;
  /** By how much the cross-entropy rises without the edges, in nats a token. */
  readonly harm: number;
  /** Its standard error over samples; null for one sample. */
  readonly error: number | null;
  /** By how much it rises without as many others. */
  readonly otherHarm: number;
  /**
   * By how much the edges move the preference to their own side, in logits: induction edges to the right neighbour, anti-induction
   * edges to the left one. Null where answers have no neighbours to prefer.
   */
  readonly pull: number | null;
  /** The same of the other edges. */
  readonly otherPull: number | null;
}

/** @param edges all conditions of an explanation */
export function needOf(edges: readonly ExplainedEdges[], name: NeededEdges): EdgeNeed {
  const of = (condition: string) => edges.find((one) => one.condition === condition)!;
  const [base, cut, control] = [of('base'), of(name), of(CONTROLS[name])];
  const harm = cut.crossEntropy - base.crossEntropy;
  const otherHarm = control.crossEntropy - base.crossEntropy;
  const error = cut.change?.error ?? null;
  const pull = ({ rightMinusLeft }: ExplainedEdges): number | null => {
    if (rightMinusLeft === null || base.rightMinusLeft === null) return null;
    const lost = base.rightMinusLeft - rightMinusLeft;
    return name === 'induction' ? lost : -lost;
  };
  return {
    need: judged(harm, error, otherHarm),
    ...{ n: cut.n, harm, error, otherHarm },
    ...{ pull: pull(cut), otherPull: pull(control) },
  };
}

function judged(harm: number, error: number | null, otherHarm: number): EdgeNeed['need'] {
  if (harm < NOTABLE) return 'not needed';
  if (error === null || harm < SURE * error) return 'too few samples';
  return otherHarm >= harm / 2 ? 'as others' : 'needed';
}
