/** Answers that a server gives as a stream only where they are allowed many tokens. */
import type { Fault } from './reply/faults.ts';
import { wantsStream } from './reply/stream-refusals.ts';

/** Told once: answers with more tokens than that are asked for as a stream from now on, for this refusal. */
export interface Streamed {
  readonly above: number;
  readonly reason: string;
}

export class StreamedAnswers {
  private readonly onStreamed: (streamed: Streamed) => void;
  /** A larger limit than this is one of a stream. */
  private above = Infinity;
  private isTaken = false;
  private isRefused = false;

  constructor(onStreamed: (streamed: Streamed) => void) {
    this.onStreamed = onStreamed;
  }

  /** Whether an answer with so many tokens is asked for as a stream. */
  isFor(limit: number): boolean {
    return limit > this.above;
  }

  /**
   * A request was refused. Whether another one like it has to be a stream, or, where streams are refused, must not be one.
   * @param taken the largest limit that was taken in one piece
   */
  refused(
    fault: Fault,
    { tokenLimit: limit, stream }: { readonly tokenLimit: number | null; readonly stream: boolean },
    taken: number,
  ): boolean {
    if (limit === null || fault.failure !== 'form') return false;
    if (!stream) return wantsStream(fault.reason) && this.begin(fault, limit, taken);
    if (this.isTaken || fault.limitsNamed !== null) return false;
    this.isRefused = true;
    this.above = Infinity;
    return true;
  }

  private begin({ reason, limitsNamed }: Fault, limit: number, taken: number): boolean {
    if (this.isRefused) return false;
    // Sent before the first of them was refused.
    if (this.isFor(limit)) return true;
    const isFirst = this.above === Infinity;
    this.above = Math.min(limit - 1, Math.max(taken, ...(limitsNamed ?? []).filter((one) => one < limit)));
    if (isFirst) this.onStreamed({ above: this.above, reason });
    return true;
  }

  /** An answer came as a stream. */
  take(): void {
    this.isTaken = true;
  }
}

/** As it is told. */
export function describeStreamed({ above, reason }: Streamed): string {
  const which = above === 0 ? 'answers' : `answers that are allowed more than ${above} tokens`;
  return `${which} are refused in one piece (${reason}): they are asked for as a stream, and read whole`;
}
