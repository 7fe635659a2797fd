/**
 * What a program's local counts see at earlier positions. The symbol and the residue of a position decide what they can
 * of the operations there; what depends on counts is not followed (MAYBE).
 */
import { operands, reachable } from '../../crasp/index.ts';
import type { CoreNode, NodeId, Window } from '../../crasp/index.ts';
import { exactly, type Interval, type Intervals, MAYBE, NO, oneIf, YES } from './intervals.ts';
import type { Budget } from './refusal.ts';
import type { Situations } from './situations.ts';

export class LookBack {
  private readonly situations: Situations;
  /** Per operation that a local count rests on, its truth value by residue · letters + letter. */
  private readonly truth: Uint8Array[] = [];

  constructor(nodes: readonly CoreNode[], needed: readonly boolean[], situations: Situations, work: Budget) {
    this.situations = situations;
    const seen = nodes.flatMap((node, id) =>
      needed[id] && node.kind === 'count' && node.guard !== null ? [node.of] : [],
    );
    const behind = reachable(nodes, seen);
    const { letters, period } = situations;
    for (const [id, node] of nodes.entries()) {
      if (behind[id]) work.spend(period * letters * (1 + operands(node).length));
      this.truth.push(
        behind[id] ? new Uint8Array(period * letters).map((_, at) => this.truthOf(node, at)) : NOTHING,
      );
    }
  }

  /**
   * Per place, how many positions of the window of the next one have the operation, without the next one itself: the
   * count of the place before, with the position that comes into the window and without the one that leaves it.
   */
  countsInWindow(of: NodeId, { near, far }: Window): Intervals {
    const { places } = this.situations;
    const [low, high] = [new Float64Array(places), new Float64Array(places)];
    for (let place = 1; place < places; place++) {
      const from = this.situations.reachedFrom(place)?.from ?? 0;
      const enters = this.at(of, place, Math.max(near, 1));
      const leaves = this.at(of, from, far);
      low[place] = low[from] + enters.low - leaves.low;
      high[place] = high[from] + enters.high - leaves.high;
    }
    return { low, high };
  }

  /** 1 if the position so far before the next one has the operation; 0 where there is none. */
  private at(of: NodeId, place: number, back: number): Interval {
    const position = this.situations.before(place, back);
    return position < 0 ? exactly(0) : oneIf(this.truth[of][position]);
  }

  private truthOf(node: CoreNode, at: number): number {
    const { letters } = this.situations;
    switch (node.kind) {
      case 'const':
        return node.value === true ? YES : NO;
      case 'Q':
        return at % letters === node.symbol ? YES : NO;
      case 'mod':
        return Math.floor(at / letters) % node.modulus === node.residue ? YES : NO;
      case 'not': {
        const value = this.truth[node.of][at];
        return value === MAYBE ? MAYBE : 1 - value;
      }
      case 'and': {
        const values = node.of.map((operand) => this.truth[operand][at]);
        return values.includes(NO) ? NO : values.includes(MAYBE) ? MAYBE : YES;
      }
      case 'ge0':
      case 'count':
      case 'lin':
      case 'cond':
        return MAYBE;
    }
  }
}

const NOTHING = new Uint8Array();
