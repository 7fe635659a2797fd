/** The lines that a measurement writes while it runs: each cell once it is full, and every long wait. */
import type { Progress } from '../../measure/measure.node.ts';
import type { Io } from '../shared/command.ts';

/** Shorter waits than this are not worth a line. */
const LONG_WAIT_MS = 3000;

/** A line about one of several ways of asking begins with its prompts. */
export function wayLine(way: string | null, line: string): string {
  return way === null ? line : `${way}: ${line}`;
}

/** The table as it fills: a line for every cell that is followed by another of its task, once. */
export class CellLines {
  private readonly io: Io;
  private said = new Set<string>();
  private way: string | null = null;

  constructor(io: Io) {
    this.io = io;
  }

  /** From now on the cells are of this way of asking. */
  begin(way: string | null): void {
    this.way = way;
    this.said = new Set();
  }

  show({ gathered }: Progress): void {
    const cells = gathered.cells();
    for (const [i, cell] of cells.entries()) {
      const name = `${cell.task} ${cell.length}`;
      if (this.said.has(name) || !cells.slice(i + 1).some(({ task }) => task === cell.task)) continue;
      this.said.add(name);
      const { n, correct, failed } = cell.counts;
      const shown = Number.isInteger(correct) ? String(correct) : correct.toFixed(1);
      const text = `${name}: ${shown} of ${n} right${failed === 0 ? '' : `, ${failed} failed`}`;
      this.io.say(wayLine(this.way, text));
    }
  }
}

/** Says once of each long wait how long it is and why. */
export class Waits {
  private readonly io: Io;
  private until = 0;

  constructor(io: Io) {
    this.io = io;
  }

  say(milliseconds: number, why: string | null): void {
    const until = Date.now() + milliseconds;
    if (milliseconds < LONG_WAIT_MS || until < this.until + LONG_WAIT_MS) return;
    this.until = until;
    this.io.say(`waiting for ${Math.ceil(milliseconds / 1000)} s: ${why ?? 'the server asks for it'}`);
  }
}

/** The line of progress of an endpoint. */
export function endpointLine({
  answered,
  failed,
  reused,
  most,
  startedAt,
  state,
  gathered,
}: Progress): string {
  const seconds = Math.max(0.001, (Date.now() - startedAt) / 1000);
  const rate = (answered + failed) / seconds;
  const left = rate === 0 ? '?' : `${Math.ceil((most - reused - answered - failed) / rate)} s`;
  const latest = gathered.cells().at(-1);
  const shown =
    latest === undefined
      ? ''
      : `; ${latest.task} ${latest.length}: ${latest.counts.correct}/${latest.counts.n}`;
  const { retries = 0, inFlight = 0, tokens = 0 } = state ?? {};
  return (
    `${answered + reused} of at most ${most} done, ${failed} failed, ${retries} retried, ${inFlight} under way, ` +
    `${rate.toFixed(0)} requests/s, ${(tokens / seconds).toFixed(0)} tokens/s, at most ${left} left${shown}`
  );
}
