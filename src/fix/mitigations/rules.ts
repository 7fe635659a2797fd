/**
 * What a mitigation has to know of a task's rule: what it does, and which task asks the same about the source in reverse.
 * The identity is answer(t, x) = answer(dual(t), reverse(x)), or its mirror image where a whole source is the answer: a copy
 * forward of the reversed source is the copy backward.
 */
import { copyingDirection, retrievalRule } from '../../tasks/index.ts';
import type { Askable } from '../../prompt/askable.ts';

/** A rule, as far as mitigations go by it. */
export type Rule =
  | {
      readonly kind: 'copy';
      readonly direction: 'forward' | 'backward';
      /** The rule over numbered symbols, which all differ. */
      readonly numbered: string;
    }
  | {
      readonly kind: 'look-up';
      /** Which occurrence of the query counts. */
      readonly which: 'only' | 'first' | 'last';
      /** Which neighbour is the answer; `itself`: what stands there. */
      readonly side: 'left' | 'right' | 'itself';
      /** Whether symbols of the source are rows, whose first field is their key. */
      readonly rows: boolean;
    };

const LINES: Readonly<Record<string, Rule>> = {
  'git-revert': { kind: 'copy', direction: 'forward', numbered: 'git-revert' },
  'git-cherrypick': { kind: 'copy', direction: 'backward', numbered: 'git-cherrypick' },
  'text-copy': { kind: 'copy', direction: 'forward', numbered: 'text-copy' },
  'text-copy-backward': { kind: 'copy', direction: 'backward', numbered: 'text-copy-backward' },
  'table-lookup-after': { kind: 'look-up', which: 'only', side: 'right', rows: true },
  'table-lookup-before': { kind: 'look-up', which: 'only', side: 'left', rows: true },
  'table-lookup-first': { kind: 'look-up', which: 'first', side: 'itself', rows: true },
  'table-lookup-last': { kind: 'look-up', which: 'last', side: 'itself', rows: true },
};

/** The rule of an operation; null of one that mitigations say nothing of (flip-flop). */
export function ruleOf({ operation }: Pick<Askable, 'operation'>): Rule | null {
  if (Object.hasOwn(LINES, operation)) return LINES[operation];
  const direction = copyingDirection(operation);
  if (direction !== undefined) {
    return { kind: 'copy', direction, numbered: direction === 'forward' ? 'UF' : 'UB' };
  }
  const rule = retrievalRule(operation);
  if (rule === undefined) return null;
  return { kind: 'look-up', which: rule.which, side: rule.side, rows: false };
}

const DUALS: readonly (readonly [string, string])[] = [
  ['UL', 'UR'],
  ['NLFirst', 'NRLast'],
  ['NRFirst', 'NLLast'],
  ['UF', 'UB'],
  ['NF', 'NB'],
  ['git-revert', 'git-cherrypick'],
  ['text-copy', 'text-copy-backward'],
  ['table-lookup-after', 'table-lookup-before'],
  ['table-lookup-first', 'table-lookup-last'],
];

/** The operation that answers the same about the reversed source; null where there is none. */
export function dualOf(operation: string): string | null {
  const pair = DUALS.find((names) => names.includes(operation));
  if (pair === undefined) return null;
  return pair[0] === operation ? pair[1] : pair[0];
}

/**
 * Whether the dual is what transformers find easier, in theory (first rather than last) or in practice (right rather than left,
 * forward rather than backward).
 */
export function isEasierReversed(rule: Rule): boolean {
  if (rule.kind === 'copy') return rule.direction === 'backward';
  if (rule.which === 'only') return rule.side === 'left';
  return rule.which === 'last';
}
