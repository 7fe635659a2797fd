/** One question of a task, which stands for all where its prompt is looked at. */
import { questionOf } from '../../plan/question.ts';
import type { Asked, Question } from '../../plan/question.ts';
import { FIRST_LENGTH } from '../../plan/search.ts';
import type { MeasureSpec } from '../../plan/spec.ts';

/** The question that shows how a task's prompts are cut. */
export function firstQuestion(
  asked: Asked,
  { lengths, seed, rendering }: Pick<MeasureSpec, 'lengths' | 'seed' | 'rendering'>,
): Question {
  const { min, max } = asked.task.admits();
  const admitted = (lengths ?? []).filter((length) => length >= min && length <= max);
  const length = admitted.length > 0 ? Math.min(...admitted) : Math.min(Math.max(FIRST_LENGTH, min), max);
  return questionOf(asked, { fingerprint: '', seed, rendering }, { length, index: 0, repeat: 0 });
}
