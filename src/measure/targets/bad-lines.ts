/** Lines of a recording that are no records, and what all of its records lack. */
import type { BadLine, BadLines } from './file-report.ts';

/** Bad lines and contradictions are all counted; this many are kept to be shown. */
export const KEPT = 1_000;

/** Counts all lines that are no records, and keeps the first of them. */
export class LineCount {
  private readonly file: string;
  private readonly kept: BadLine[] = [];
  private count = 0;

  constructor(file: string) {
    this.file = file;
  }

  add({ line, reason }: BadLine): void {
    this.count += 1;
    if (this.kept.length < KEPT) this.kept.push({ line, reason });
  }

  get lines(): BadLines {
    return { file: this.file, bad: this.count, badLines: this.kept };
  }
}

/** Whether any record of a file has something. */
export class Lack {
  /** The first of those without it, while none has it. */
  first: BadLine | null = null;
  private isThere = false;

  /** @param reason why this one has none; null where it has */
  take(line: number, reason: string | null): void {
    this.isThere ||= reason === null;
    this.first = this.isThere || reason === null ? null : (this.first ?? { line, reason });
  }
}
