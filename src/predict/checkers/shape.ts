/** What a program is made of: its depth and its fragment, as `lengthwise crasp check` says them. */
import { metrics } from '../../crasp/index.ts';
import type { CoreProgram } from '../../crasp/index.ts';
import { must } from './refusal.ts';

/** Refuses a program of another depth than is stated, or that is not of the fragment. */
export function checkShape(program: CoreProgram, depth: number, fragment: 'plain' | 'pos'): void {
  const found = metrics(program);
  must(found.depth === depth, `the program's depth is ${found.depth}, not ${depth}`);
  must(
    fragment === 'pos' || found.fragment === 'plain',
    `the program is one of ${found.fragmentName}: it looks at positions`,
  );
}
