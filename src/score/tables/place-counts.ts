/** The samples of a cell by the place of what they turn on: the evidence of look-ups, the first error of copies. */
import { CopyTally, EvidenceTally } from '../places/index.ts';
import type { AnswerScore } from './answer-score.ts';
import type { PlaceRow } from './rows.ts';

/** One sample, with all answers to it. */
interface Sample {
  readonly place: number | null;
  right: number;
  answers: number;
  /** Of copies; none for an output that is no answer, since nobody knows how far it was right. */
  readonly firstErrors: (number | null)[];
}

export class PlaceCounts {
  private readonly samples = new Map<string, Sample>();

  add(sourceKey: string, { outcome, evidence, firstError }: AnswerScore): void {
    if (evidence === undefined && firstError === undefined) return;
    const known = this.samples.get(sourceKey) ?? {
      place: evidence?.place ?? null,
      right: 0,
      answers: 0,
      firstErrors: [],
    };
    known.answers += 1;
    known.right += Number(outcome === 'right');
    if (firstError !== undefined) known.firstErrors.push(firstError);
    this.samples.set(sourceKey, known);
  }

  addAll(other: PlaceCounts): void {
    for (const [key, sample] of other.samples) {
      const known = this.samples.get(key);
      if (known === undefined) this.samples.set(key, { ...sample, firstErrors: [...sample.firstErrors] });
      else {
        known.right += sample.right;
        known.answers += sample.answers;
        known.firstErrors.push(...sample.firstErrors);
      }
    }
  }

  /** Five equal parts of the source with n, right and interval; undefined where no place is known. */
  rows(): readonly PlaceRow[] | undefined {
    if (this.samples.size === 0) return undefined;
    const [evidence, copies] = [new EvidenceTally(), new CopyTally()];
    let found = 0;
    for (const { place, right, answers, firstErrors } of this.samples.values()) {
      found += Number(place !== null);
      if (place === null) copies.add(firstErrors);
      else evidence.add(place, right / answers);
    }
    return found > 0 ? evidence.rows() : copies.rows();
  }
}
