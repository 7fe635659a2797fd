/** How many samples it takes, and how many questions. */
import { UserError } from '../common/errors.ts';
import { fewestAnswers } from '../score/statistics/exact.ts';
import { mitigationsOf } from './mitigations/table.ts';
import { FIRST } from './fix.ts';
import { MOST_TRIED_PARTS, SAMPLES } from './choose-chunk.ts';
import { ruleOf } from './mitigations/rules.ts';
import { shorterThan } from './shorter.ts';
import type { FixSpec } from './spec.ts';

/** The shortest parts that are tried: whatever is chosen asks no more. */
const SHORTEST_PART = 4;

function mitigationsIn({ plain, only }: FixSpec) {
  return mitigationsOf(plain.task, { chunk: SHORTEST_PART }).filter(
    ({ name }) => only === null || only.includes(name),
  );
}

/** @throws UserError for a mitigation that the task does not have */
export function checkNames({ plain, only }: FixSpec): void {
  const own = mitigationsOf(plain.task, { chunk: SHORTEST_PART }).map(({ name }) => name);
  const other = only?.find((name) => !own.includes(name));
  if (other === undefined) return;
  throw new UserError(`--only ${other}: ${plain.task.name} has no ${other}; it has ${own.join(', ')}`);
}

/** Why nothing can be shown to hold with so few samples, in one line; null: it can. */
export function fewestFor({ threshold, n }: FixSpec): string | null {
  const fewest = fewestAnswers(threshold);
  if (n >= fewest) return null;
  return `--n ${n} is too few to show that anything holds at ${threshold}: it takes ${fewest} samples a length, all right`;
}

/** The most questions that are asked. */
export function mostQuestions(spec: FixSpec): number {
  const { plain, length, n } = spec;
  const mitigations = mitigationsIn(spec);
  const cuts = mitigations.some(({ chunk }) => chunk !== null) && ruleOf(plain.task)?.kind === 'copy';
  const lengths = [length, ...shorterThan(length, plain.task.admits().min)];
  const of = (one: number): number =>
    mitigations.reduce(
      (sum, { chunk, transform }) =>
        sum + (chunk === null ? transform.asks.length : Math.ceil(one / SHORTEST_PART)),
      1,
    );
  const choosing = cuts ? 2 * SAMPLES * MOST_TRIED_PARTS : 0;
  return choosing + FIRST * of(length) + n * lengths.reduce((sum, one) => sum + of(one), 0);
}
