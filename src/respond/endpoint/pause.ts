/** Waiting until something comes. */
import { STATE_EVERY_MS } from './ask-progress.ts';

export class Pause {
  private wake: (() => void) | null = null;
  private isEnding = false;

  /** Until something came, at most so long; the state is due now and then in any case. */
  begin(waitMs: number | null): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.wake = null;
        resolve();
      };
      const timer = setTimeout(done, Math.min(waitMs ?? STATE_EVERY_MS, STATE_EVERY_MS));
      this.wake = done;
    });
  }

  end(): void {
    this.wake?.();
  }

  /** What arrives together goes on together: a batch costs whoever stores it as much as one output. */
  endSoon(): void {
    if (this.isEnding) return;
    this.isEnding = true;
    setImmediate(() => {
      this.isEnding = false;
      this.wake?.();
    });
  }
}
