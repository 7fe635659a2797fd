/** What is wrong with a study file, all of it. */
import { UserError } from '../../common/errors.ts';
import type { Mistake } from './reading.ts';

/** A file that is not a valid study, with everything that is wrong with it. */
export class StudyFileError extends UserError {
  readonly file: string;
  readonly mistakes: readonly Mistake[];

  constructor(file: string, mistakes: readonly Mistake[]) {
    super(
      `${file} has ${mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`}; nothing was done`,
    );
    this.file = file;
    this.mistakes = mistakes;
  }
}
