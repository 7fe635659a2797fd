/** What is tried of a task, and how many samples it takes to show something. */
import { UserError } from '../common/errors.ts';
import { hasOwnPrompt } from './asking/prompts.ts';
import { mitigationsOf } from './mitigations/table.ts';
import { ERROR } from './outcome/compared.ts';
import { fewestToHold } from './outcome/recommend.ts';
import { partLengths } from './choose-chunk.ts';
import { shorterThan } from './shorter.ts';
import type { FixSpec } from './spec.ts';

/** Fresh samples a length, at most, where nobody says otherwise. */
export const FRESH_SAMPLES = 300;

/** The shortest parts that are tried: whatever is chosen asks no more. */
const SHORTEST_PART = 4;

function allIn(spec: FixSpec) {
  const chunk = partLengths(spec).length === 0 ? null : SHORTEST_PART;
  return mitigationsOf(spec.plain.task, { chunk, ownPrompt: hasOwnPrompt(spec.plain) });
}

function mitigationsIn(spec: FixSpec) {
  return allIn(spec).filter(({ name }) => spec.only === null || spec.only.includes(name));
}

/** The names of the mitigations that the task has at that length, whatever is wanted of them. */
export function namesFor(spec: FixSpec): string[] {
  return allIn(spec).map(({ name }) => name);
}

/** Those that it has, however long its sources are. */
function namesAtAnyLength({ plain }: FixSpec): string[] {
  const options = { chunk: SHORTEST_PART, ownPrompt: hasOwnPrompt(plain) };
  return mitigationsOf(plain.task, options).map(({ name }) => name);
}

/**
 * What the task calls a mitigation: code reverses the source of a backward copy before it cuts it, so that `chunk` is `reverse+chunk`
 * there. A name that it has in no form stays.
 */
export function nameInTask(spec: FixSpec, name: string): string {
  const all = namesAtAnyLength(spec);
  return [name, `reverse+${name}`].find((one) => all.includes(one)) ?? name;
}

/** @throws UserError for a mitigation that the task does not have */
export function checkNames(spec: FixSpec): void {
  const own = namesFor(spec);
  const other = spec.only?.find((name) => !own.includes(name));
  if (other !== undefined) throw new UserError(`--only ${other}: ${whyNot(spec, other)}`);
}

/** Why the task has no mitigation of that name, in words. */
export function whyNot(spec: FixSpec, name: string): string {
  if (namesAtAnyLength(spec).includes(name))
    return `sources of ${spec.length} are too short to be cut: parts have ${SHORTEST_PART} symbols or more, and no more than half of a source`;
  return `${spec.plain.task.name} has no ${name}; it has ${namesFor(spec).join(', ')}`;
}

/** @throws UserError for a mitigation that is not tried */
export function checkHandOver(spec: FixSpec, name: string | undefined): void {
  const names = mitigationsIn(spec).map((one) => one.name);
  if (name === undefined || names.includes(name)) return;
  throw new UserError(`--hand-over ${name}: it is not tried; tried are ${names.join(', ')}`);
}

/** Why nothing can be shown with so few samples, in words; null: it can. */
export function fewestFor(spec: FixSpec): string | null {
  const { threshold, n, length, plain } = spec;
  const lengths = 1 + shorterThan(length, plain.task.admits().min).length;
  const compared = mitigationsIn(spec).length * lengths;
  // All pairs differ in favour of one mitigation: p is 2 / 2^n, times how many comparisons there can be.
  const toHelp = Math.ceil(Math.log2((2 * compared) / ERROR));
  const fewest = fewestToHold({ threshold, n: Math.max(n, toHelp) });
  if (n >= fewest) return null;
  return `${n} is too few to show that anything holds at ${threshold} and helps: it takes ${fewest} samples a length, all right`;
}
