/** How many samples it takes, and how many questions. */
import { UserError } from '../common/errors.ts';
import { fewestAnswers } from '../score/statistics/exact.ts';
import { hasOwnPrompt } from './asking/prompts.ts';
import { ruleOf } from './mitigations/rules.ts';
import { mitigationsOf } from './mitigations/table.ts';
import { FIRST } from './fix.ts';
import { ERROR } from './outcome/compared.ts';
import { partLengths, SAMPLES } from './choose-chunk.ts';
import { shorterThan } from './shorter.ts';
import type { FixSpec } from './spec.ts';

/** The shortest parts that are tried: whatever is chosen asks no more. */
const SHORTEST_PART = 4;

function allIn(spec: FixSpec) {
  const chunk = partLengths(spec).length === 0 ? null : SHORTEST_PART;
  return mitigationsOf(spec.plain.task, { chunk, ownPrompt: hasOwnPrompt(spec.plain) });
}

function mitigationsIn(spec: FixSpec) {
  return allIn(spec).filter(({ name }) => spec.only === null || spec.only.includes(name));
}

/** @throws UserError for a mitigation that the task does not have */
export function checkNames(spec: FixSpec): void {
  const { plain, only, length } = spec;
  const own = allIn(spec).map(({ name }) => name);
  const other = only?.find((name) => !own.includes(name));
  if (other === undefined) return;
  if (other.includes('chunk') && ruleOf(plain.task)?.kind === 'copy')
    throw new UserError(
      `--only ${other}: sources of ${length} are too short to be cut: parts have ${SHORTEST_PART} symbols or more`,
    );
  throw new UserError(`--only ${other}: ${plain.task.name} has no ${other}; it has ${own.join(', ')}`);
}

/** @throws UserError for a mitigation that is not tried */
export function checkHandOver(spec: FixSpec, name: string | undefined): void {
  const names = mitigationsIn(spec).map((one) => one.name);
  if (name === undefined || names.includes(name)) return;
  throw new UserError(`--hand-over ${name}: it is not tried; tried are ${names.join(', ')}`);
}

/** Why nothing can be shown with so few samples, in one line; null: it can. */
export function fewestFor(spec: FixSpec): string | null {
  const { threshold, n } = spec;
  const tried = mitigationsIn(spec).length;
  // All pairs differ in favour of one mitigation: p is 2 / 2^n, times how many are tried.
  const fewest = Math.max(fewestAnswers(threshold), Math.ceil(Math.log2((2 * tried) / ERROR)));
  if (n >= fewest) return null;
  return `--n ${n} is too few to show that anything holds at ${threshold} and helps: it takes ${fewest} samples a length, all right`;
}

/** The most questions that are asked. */
export function mostQuestions(spec: FixSpec): number {
  const { plain, length, n } = spec;
  const mitigations = mitigationsIn(spec);
  const cuts = mitigations.some(({ chunk }) => chunk !== null);
  const lengths = [length, ...shorterThan(length, plain.task.admits().min)];
  const of = (one: number): number =>
    mitigations.reduce(
      (sum, { chunk, transform }) =>
        sum + (chunk === null ? transform.asks.length : Math.ceil(one / SHORTEST_PART)),
      1,
    );
  const choosing = cuts ? SAMPLES * partLengths(spec).length : 0;
  return choosing + FIRST * of(length) + n * lengths.reduce((sum, one) => sum + of(one), 0);
}
