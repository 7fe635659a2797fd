/** Strongly connected components (Tarjan 1972, without recursion). */
import type { Dfa } from '../automata/dfa.ts';

/** What of an automaton the components depend on. */
export type Graph = Pick<Dfa, 'states' | 'next' | 'alphabet'>;

export interface Components {
  /** Each component's states, ascending; a component comes after all those that lead into it. */
  readonly members: readonly (readonly number[])[];
  readonly componentOf: Int32Array;
}

export function componentsOf({ states, next, alphabet }: Graph): Components {
  const letters = alphabet.length;
  const order = new Int32Array(states).fill(-1);
  const low = new Int32Array(states);
  const componentOf = new Int32Array(states).fill(-1);
  const members: number[][] = [];
  const open: number[] = [];
  let visited = 0;

  function enter(state: number): [number, number] {
    order[state] = low[state] = visited++;
    open.push(state);
    return [state, 0];
  }

  function close(root: number): void {
    const component: number[] = [];
    let state: number | undefined;
    do {
      state = open.pop();
      if (state === undefined) break;
      componentOf[state] = members.length;
      component.push(state);
    } while (state !== root);
    members.push(component.sort((a, b) => a - b));
  }

  for (let root = 0; root < states; root++) {
    if (order[root] >= 0) continue;
    const path = [enter(root)];
    while (path.length > 0) {
      const frame = path[path.length - 1];
      const [state, letter] = frame;
      if (letter < letters) {
        frame[1]++;
        const target = next[state * letters + letter];
        if (order[target] < 0) path.push(enter(target));
        else if (componentOf[target] < 0) low[state] = Math.min(low[state], order[target]);
        continue;
      }
      path.pop();
      if (low[state] === order[state]) close(state);
      if (path.length > 0) {
        const parent = path[path.length - 1][0];
        low[parent] = Math.min(low[parent], low[state]);
      }
    }
  }
  // Tarjan closes a component before those that lead into it.
  members.reverse();
  for (let state = 0; state < states; state++) componentOf[state] = members.length - 1 - componentOf[state];
  return { members, componentOf };
}
