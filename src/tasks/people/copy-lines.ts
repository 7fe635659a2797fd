/**
 * Copying lines, forward or backward: reverting commits lists them as the log does (newest first), cherry-picking
 * them lists them the other way round (arXiv 2505.21785 §4.2); a text is copied line by line, or from its end.
 */
import { UserError } from '../../common/errors.ts';
import type { Rng } from '../../common/random.ts';
import { commitLines } from './commits.ts';
import type { LineTask, Material } from './line-task.ts';
import { sentences } from './lorem.ts';

interface CopyRule {
  readonly name: string;
  readonly title: string;
  readonly unit: 'commit' | 'sentence';
  readonly operation: 'forward' | 'backward';
  readonly synthetic: (length: number, rng: Rng) => string[];
}

const RULES: readonly CopyRule[] = [
  {
    name: 'git-revert',
    title: 'the commits in the order of the log: what reverting them takes',
    unit: 'commit',
    operation: 'forward',
    synthetic: commitLines,
  },
  {
    name: 'git-cherrypick',
    title: 'the commits from the oldest to the newest: what cherry-picking them takes',
    unit: 'commit',
    operation: 'backward',
    synthetic: commitLines,
  },
  {
    name: 'text-copy',
    title: 'a text again, line by line',
    unit: 'sentence',
    operation: 'forward',
    synthetic: sentences,
  },
  {
    name: 'text-copy-backward',
    title: 'the lines of a text from the last to the first',
    unit: 'sentence',
    operation: 'backward',
    synthetic: sentences,
  },
];

export const copyLineTasks: readonly LineTask[] = RULES.map(copyTask);

function copyTask(rule: CopyRule): LineTask {
  const task: LineTask = {
    name: rule.name,
    family: 'copying',
    title: rule.title,
    unit: rule.unit,
    operation: rule.operation,
    fault: (material) => (material?.length === 0 ? 'there are no lines' : null),
    admits: (material) => ({ min: 1, max: material === undefined ? Infinity : material.length }),
    sample(length, rng, material) {
      const { min, max } = task.admits(material);
      if (!Number.isInteger(length) || length < min || length > max) {
        const range = max === Infinity ? `lengths from ${min}` : `lengths ${min} to ${max}`;
        throw new UserError(`${rule.name} admits ${range}, not ${length}`);
      }
      const source = material === undefined ? rule.synthetic(length, rng) : windowOf(material, length, rng);
      const answer = rule.operation === 'forward' ? [...source] : source.toReversed();
      return { task: rule.name, length, source, query: null, answer, positions: [] };
    },
    answer(source, query) {
      if (source.length === 0) return { refusal: 'the source is empty' };
      if (query !== null && query !== undefined) return { refusal: `${rule.name} has no query` };
      const answer: string[] = [];
      for (const line of source) {
        if (rule.operation === 'forward') answer.push(line);
        else answer.unshift(line);
      }
      return { answer, positions: [] };
    },
  };
  return task;
}

/** `length` lines of the material that follow each other, from a place that is drawn uniformly. */
function windowOf(material: Material, length: number, rng: Rng): string[] {
  const start = rng.below(material.length - length + 1);
  return material.slice(start, start + length);
}
