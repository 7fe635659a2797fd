/** Two files with the same rows: a copy under another name would count as a second answer to every sample. */
import { hash } from 'node:crypto';
import { canonicalJson } from '../../common/json.ts';
import { UserError } from '../../common/errors.ts';
import type { Fields } from '../../respond/recording/fields.ts';
import type { RecordedFile } from './file-report.ts';

/** Sums of hashes wrap around. */
const MODULUS = 1n << 256n;

interface RowsOfFile {
  /** Counts a record among those of the file. */
  readonly add: (fields: Fields) => void;
  /** @throws UserError where another file has the same records */
  readonly check: () => void;
}

export class SameContents {
  private readonly files: readonly RecordedFile[];
  private readonly known = new Map<string, string>();

  constructor(files: readonly RecordedFile[]) {
    this.files = files;
  }

  /** The rows of a task in a file; null where no other file has any of it. */
  of({ file, task }: RecordedFile): RowsOfFile | null {
    if (this.files.filter((other) => other.task.name === task.name).length < 2) return null;
    // A sum of hashes is the same in whatever order the rows are.
    let [count, sum] = [0, 0n];
    return {
      add: (fields) => {
        count += 1;
        sum = (sum + BigInt(`0x${hash('sha256', canonicalJson(fields))}`)) % MODULUS;
      },
      check: () => {
        const contents = `${task.name} ${count} ${sum}`;
        const before = this.known.get(contents);
        if (before === undefined) this.known.set(contents, file);
        else throw new UserError(`${file} has the same rows as ${before}: name one of them`);
      },
    };
  }
}
