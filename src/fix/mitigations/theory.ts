/** What `predict` says of the task that is asked instead. */
import { KNOWN } from '../../predict/tasks/table.ts';
import type { Theory } from './mitigation.ts';

/**
 * @param operation the task
 * @param asked what is asked instead
 */
export function theoryOf(operation: string, asked: string): Theory {
  const verdict = verdictOf(asked);
  const before = verdictOf(operation);
  if (verdict === null) {
    return {
      ...{ verdict, task: null, kind: 'heuristic' },
      text: 'a task over lines has no verdict of its own; what is easier of symbols (forward, right, first) is asked',
    };
  }
  const known = KNOWN[asked].pos;
  const source = known.published === null ? 'derived here' : known.published;
  return {
    verdict,
    task: asked,
    kind: verdict === 'in' ? 'proved' : 'heuristic',
    text:
      asked === operation
        ? `${operation} is ${verdict === 'in' ? 'in' : 'out of'} C-RASP[pos] (${source})`
        : before === verdict
          ? `${operation} and ${asked} are both ${verdict} ${verdict === 'in' ? '' : 'of '}C-RASP[pos] (${source}); what differs is what models have learned`
          : `${operation} is ${before === 'in' ? 'in' : 'out of'} C-RASP[pos], ${asked} is ${verdict === 'in' ? 'in it' : 'out of it'} (${source})`,
  };
}

function verdictOf(task: string): 'in' | 'out' | null {
  const known = Object.hasOwn(KNOWN, task) ? KNOWN[task].pos : undefined;
  if (known === undefined) return null;
  return known.proof.how === 'program' ? 'in' : 'out';
}
