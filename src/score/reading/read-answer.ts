/**
 * From a raw output to an answer: what stands before and after it is set apart and kept, so that it neither counts as
 * part of the answer nor disappears.
 */

/** How an answer stands in an output. */
export interface AnswerFormat {
  /** What ends an answer, if the server did not stop there by itself; the first that occurs counts. */
  readonly stop: readonly string[];
  /** Marks around the answer, where the prompt asks for them; without the opening one everything is answer. */
  readonly open?: string;
  readonly close?: string;
}

export interface ReadAnswer {
  readonly before: string;
  /** As it came, white space and all. */
  readonly answer: string;
  readonly after: string;
}

/** Separates the answer from what stands before and after it. The three parts and the marks make up the output. */
export function readAnswer(output: string, format: AnswerFormat): ReadAnswer {
  const { open, close } = format;
  const opened = open === undefined ? -1 : output.indexOf(open);
  const start = opened === -1 || open === undefined ? 0 : opened + open.length;
  const inside = output.slice(start);
  const ends = close === undefined ? format.stop : [close, ...format.stop];
  const { answer, after } = cutAtFirst(inside, ends);
  return { before: opened === -1 ? '' : output.slice(0, opened), answer, after };
}

function cutAtFirst(text: string, marks: readonly string[]): { answer: string; after: string } {
  const found = marks
    .map((mark) => ({ mark, at: mark === '' ? -1 : text.indexOf(mark) }))
    .filter(({ at }) => at !== -1)
    .sort((x, y) => x.at - y.at || y.mark.length - x.mark.length);
  if (found.length === 0) return { answer: text, after: '' };
  const [{ mark, at }] = found;
  return { answer: text.slice(0, at), after: text.slice(at + mark.length) };
}
