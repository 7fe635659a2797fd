/** The lines of a file, as a stream. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { messageOf, UserError } from '../../common/errors.ts';

/** A line longer than this many characters is no record (the longest of the paper's have 10,000). */
const MAX_LINE = 64_000_000;

/** The lines of a text file in UTF-8, without their ends; a mark of the byte order is skipped. UserError when unreadable. */
export async function* linesOf(file: string): AsyncGenerator<string> {
  await checkReadable(file);
  let rest = '';
  let first = true;
  const stream = createReadStream(file, { encoding: 'utf8' }) as AsyncIterable<string>;
  for await (const chunk of stream) {
    rest += first ? chunk.replace(/^\uFEFF/, '') : chunk;
    first = false;
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield line.replace(/\r$/, '');
    if (rest.length > MAX_LINE) {
      throw new UserError(`${file}: a line of more than ${MAX_LINE} characters: this is no JSONL`);
    }
  }
  if (rest !== '') yield rest.replace(/\r$/, '');
}

async function checkReadable(file: string): Promise<void> {
  try {
    if (!(await stat(file)).isFile()) throw new Error('it is no file');
  } catch (error) {
    throw new UserError(`cannot read ${file}: ${messageOf(error)}`);
  }
}
