/**
 * Kinds of answers: all that tables count of one, so that counts are kept and not the answers. Where samples were asked
 * several times, each is one observation, and what is counted of it is the share of its answers: the outcomes of a cell
 * add up to its samples, and no column exceeds them.
 */
import { nearWhole } from '../near-whole.ts';
import { isAnswer, isLost } from '../output.ts';
import type { FailureKind, Outcome, PromptSize } from '../output.ts';
import { binOf, CopyTally, EvidenceTally, failedPartOf } from '../places/index.ts';
import type { Level, Observations } from '../statistics/index.ts';
import type { AnswerScore } from './answer-score.ts';
import type { PlaceRow } from './rows.ts';
import { SourceTable } from './source-table.ts';

/** What is counted of an answer. */
export interface AnswerKind {
  readonly outcome: Outcome;
  /**
   * Of what failed: the prompt was too long; the model was not asked (`isLost`), and, `of-size`, in words that may mean that it was too
   * long; or neither.
   */
  readonly failed: 'too-long' | 'lost' | 'of-size' | null;
  /** How long a prompt was that was too long, where that is known. */
  readonly size: PromptSize | null;
  readonly exact: boolean;
  readonly retrieved: boolean;
  readonly extra: boolean;
  readonly error: string | null;
  /** Of look-ups: the part of the source in which the evidence lies. */
  readonly evidencePart: number | null;
  /** Of copies that are an answer: the part of the first error (see `failedPartOf`). */
  readonly failedPart: number | null;
  /** Of copies that are an answer: whether there is a first wrong place, and whether it is an ambiguous one. */
  readonly firstWrong: 'none' | 'plain' | 'ambiguous';
}

/** Why an answer failed, as far as tables count it. */
interface Failed {
  readonly failure: FailureKind | null;
  /** Whether it was refused for its form in words that speak of its size. */
  readonly ofSize: boolean;
  readonly size: PromptSize | null;
}

function kindOf(
  { outcome, exact, retrieved, extra, error, evidence, firstError, copy }: AnswerScore,
  { failure, ofSize, size }: Failed,
): AnswerKind {
  const wrongCopy = copy !== undefined && isAnswer(outcome) && copy.firstWrong !== null;
  const place = evidence?.place ?? null;
  return {
    ...{ outcome, exact, retrieved, extra, error },
    failed:
      failure === 'too-long' ? failure : isLost(outcome, failure) ? (ofSize ? 'of-size' : 'lost') : null,
    size: failure === 'too-long' ? size : null,
    evidencePart: place === null ? null : binOf(place),
    failedPart: firstError === undefined ? null : failedPartOf(firstError),
    firstWrong: wrongCopy ? (copy.ambiguous ? 'ambiguous' : 'plain') : 'none',
  };
}

/** Whether the model was not asked, as far as is known of the answer alone. */
export function isLostKind(failed: AnswerKind['failed']): boolean {
  return failed === 'lost' || failed === 'of-size';
}

/** A sample's name without its number, which stands before what is asked (`sourceKeyOf`). */
function askedIn(sourceKey: string): string {
  return sourceKey.slice(sourceKey.lastIndexOf(' ') + 1);
}

/** Answers to sources, counted by kind: a few dozen kinds, however many answers. */
export class AnswerCounts {
  readonly sources = new SourceTable();
  /** The same by what was asked alone: samples that are alike are one here, whatever their numbers. */
  readonly unnumbered = new SourceTable();
  /** Answers in all. */
  answers = 0;
  private readonly kinds: AnswerKind[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly totals: number[] = [];

  add(sourceKey: string, score: AnswerScore, failed: Failed): void {
    const number = this.numberOf(kindOf(score, failed));
    this.count(number, 1);
    const right = score.outcome === 'right';
    this.sources.add(sourceKey, right, number);
    this.unnumbered.add(askedIn(sourceKey), right, number);
  }

  /** @param apart see `SourceTable.addAll` */
  addAll(other: AnswerCounts, apart = ''): void {
    const numbers = other.kinds.map((kind) => this.numberOf(kind));
    other.totals.forEach((times, number) => this.count(numbers[number], times));
    this.sources.addAll(other.sources, (number) => numbers[number], apart);
    this.unnumbered.addAll(other.unnumbered, (number) => numbers[number], apart);
  }

  /** The same as if the model had been right wherever it was not asked. */
  withLostRight(): AnswerCounts {
    return this.with((kind) =>
      isLostKind(kind.failed) ? { ...kind, outcome: 'right', failed: null } : kind,
    );
  }

  /** The same where what was refused in words of its size was too long. */
  withSizeTooLong(): AnswerCounts {
    return this.with((kind) => (kind.failed === 'of-size' ? { ...kind, failed: 'too-long' } : kind));
  }

  /** The same where the model was not asked with prompts that were refused for their size, though they fit. */
  withFitting(fits: (size: PromptSize) => boolean): AnswerCounts {
    return this.with((kind) =>
      kind.size !== null && fits(kind.size) ? { ...kind, failed: 'lost', size: null } : kind,
    );
  }

  private with(change: (kind: AnswerKind) => AnswerKind): AnswerCounts {
    const completed = new AnswerCounts();
    const kinds = this.kinds.map(change);
    const numbers = kinds.map((kind) => completed.numberOf(kind));
    this.totals.forEach((times, number) => completed.count(numbers[number], times));
    const isRight = (number: number): boolean => kinds[number].outcome === 'right';
    completed.sources.addAll(this.sources, (number) => numbers[number], '', isRight);
    completed.unnumbered.addAll(this.unnumbered, (number) => numbers[number], '', isRight);
    return completed;
  }

  private numberOf(kind: AnswerKind): number {
    const name = JSON.stringify(kind);
    const known = this.numbers.get(name);
    if (known !== undefined) return known;
    this.numbers.set(name, this.kinds.length);
    return this.kinds.push(kind) - 1;
  }

  private count(number: number, times: number): void {
    this.totals[number] = (this.totals[number] ?? 0) + times;
    this.answers += times;
  }

  /** Whether a sample was asked several times. */
  get repeated(): boolean {
    return this.sources.size < this.answers;
  }

  /**
   * Samples by a name for the kind of their answers, null for those not to count: of one that was asked several times, the share
   * of its answers. Shares with the same denominator are added up before they are divided: a third three times is one, and
   * the sum is the same in whichever order answers came.
   */
  samplesBy<Name>(nameOf: (kind: AnswerKind) => Name | null): Map<Name, number> {
    const names = this.kinds.map(nameOf);
    const byTimes = new Map<number, Map<Name, number>>();
    const count = (number: number, answers: number, times: number): void => {
      const name = names[number];
      if (name === null || answers === 0) return;
      const sums = byTimes.get(times) ?? new Map<Name, number>();
      byTimes.set(times, sums.set(name, (sums.get(name) ?? 0) + answers));
    };
    this.once().forEach((answers, number) => count(number, answers, 1));
    for (const counts of this.sources.repeated()) {
      const times = sum(counts.values());
      for (const [number, answers] of counts) count(number, answers, times);
    }
    const samples = new Map<Name, number>();
    for (const [times, sums] of [...byTimes].sort(([a], [b]) => a - b)) {
      for (const [name, answers] of sums) samples.set(name, (samples.get(name) ?? 0) + answers / times);
    }
    return new Map([...samples].map(([name, count]) => [name, nearWhole(count)]));
  }

  /** Samples of which something is so, see `samplesBy`. */
  samplesWhere(so: (kind: AnswerKind) => boolean): number {
    return this.samplesBy((kind) => so(kind) || null).get(true) ?? 0;
  }

  /** The answers by kind to samples that were asked once. */
  private once(): number[] {
    const left = [...this.totals];
    for (const counts of this.sources.repeated()) {
      for (const [number, count] of counts) left[number] -= count;
    }
    return left;
  }

  /** Of each sample with a right or a wrong answer, the share of right ones among them: whole ones counted, others listed. */
  answered(): Observations {
    const found = { right: 0, wrong: 0, shares: [] as number[] };
    this.once().forEach((times, number) => {
      const { outcome } = this.kinds[number];
      if (isAnswer(outcome)) found[outcome] += times;
    });
    for (const counts of this.sources.repeated()) {
      const of = (wanted: Outcome): number =>
        sum([...counts].map(([number, count]) => (this.kinds[number].outcome === wanted ? count : 0)));
      const [right, wrong] = [of('right'), of('wrong')];
      if (right + wrong === 0) continue;
      if (wrong === 0) found.right += 1;
      else if (right === 0) found.wrong += 1;
      else found.shares.push(right / (right + wrong));
    }
    return found;
  }

  /** Of each sample the share of right answers. */
  right(): Observations {
    return this.sharesOf(({ outcome }) => outcome === 'right');
  }

  /** Of each sample the largest share of right answers that it can have: what was lost counts as right. */
  mostRight(): Observations {
    return this.sharesOf(({ outcome, failed }) => outcome === 'right' || isLostKind(failed));
  }

  private sharesOf(so: (kind: AnswerKind) => boolean): Observations {
    const found = { right: 0, wrong: 0, shares: [] as number[] };
    this.once().forEach((times, number) => {
      found[so(this.kinds[number]) ? 'right' : 'wrong'] += times;
    });
    for (const counts of this.sources.repeated()) {
      const right = [...counts].map(([number, count]) => (so(this.kinds[number]) ? count : 0));
      found.shares.push(sum(right) / sum(counts.values()));
    }
    return found;
  }

  /**
   * Five equal parts of the source with n, right and interval, of right and wrong answers alone: what was never answered says
   * nothing of a place. undefined where no place is known.
   */
  places(level: Level): readonly PlaceRow[] | undefined {
    const [evidence, copies] = [new EvidenceTally(), new CopyTally()];
    this.once().forEach((times, number) => {
      const { evidencePart, failedPart, outcome } = this.kinds[number];
      if (times === 0 || !isAnswer(outcome)) return;
      if (evidencePart !== null) evidence.addPart(evidencePart, Number(outcome === 'right'), times);
      else if (failedPart !== null) copies.addParts([failedPart], times);
    });
    for (const counts of this.sources.repeated()) {
      const answers = [...counts]
        .map(([number, count]) => ({ kind: this.kinds[number], count }))
        .filter(({ kind }) => isAnswer(kind.outcome));
      if (answers.length === 0) continue;
      const part = answers.find(({ kind }) => kind.evidencePart !== null)?.kind.evidencePart ?? null;
      const right = sum(answers.map(({ kind, count }) => (kind.outcome === 'right' ? count : 0)));
      if (part !== null) evidence.addPart(part, right / sum(answers.map(({ count }) => count)));
      else {
        copies.addParts(
          answers.flatMap(({ kind: { failedPart }, count }) =>
            failedPart === null ? [] : new Array<number>(count).fill(failedPart),
          ),
        );
      }
    }
    if (evidence.n > 0) return evidence.rows(level);
    return copies.n > 0 ? copies.rows(level) : undefined;
  }
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
