/** Which marks end an answer: the prompt's, as they are asked for with one answer. */
import { aroundAnswer } from './template.ts';
import type { PromptTemplate } from './template.ts';

/**
 * A mark that stands alone on its line in the demonstrations (`<end>`), and within a line of this answer (a commit about
 * `<end>`), is asked for with the line break before it. Undefined in place of a mark that won't do.
 */
export function stopsOf(template: PromptTemplate, answer: readonly string[]): (string | undefined)[] {
  const text = answer.join(template.symbols);
  return template.stop.map((mark) => {
    if (!text.includes(mark)) return mark;
    const onItsOwnLine = `\n${mark}`;
    const { trail } = aroundAnswer(template);
    return trail.includes(onItsOwnLine) && !`\n${text}`.includes(onItsOwnLine) ? onItsOwnLine : undefined;
  });
}
