/** The lines that a measurement writes while it runs: each cell once it is full, and every long wait. */
import type { Progress } from '../../measure/measure.node.ts';
import type { Io } from '../shared/command.ts';

/** Shorter waits than this are not worth a line. */
const LONG_WAIT_MS = 3000;

/** The table as it fills: a line for every cell that is followed by another of its task, once. */
export class CellLines {
  private readonly io: Io;
  private readonly said = new Set<string>();

  constructor(io: Io) {
    this.io = io;
  }

  show({ gathered }: Progress): void {
    const cells = gathered.cells();
    for (const [i, cell] of cells.entries()) {
      const name = `${cell.task} ${cell.length}`;
      if (this.said.has(name) || !cells.slice(i + 1).some(({ task }) => task === cell.task)) continue;
      this.said.add(name);
      const { n, correct, failed } = cell.counts;
      const shown = Number.isInteger(correct) ? String(correct) : correct.toFixed(1);
      this.io.say(`${name}: ${shown} of ${n} right${failed === 0 ? '' : `, ${failed} failed`}`);
    }
  }
}

/** Says of each long wait how long it is and why, and of shorter ones that there are some. */
export class Waits {
  private readonly io: Io;
  private until = 0;
  private saidShort = false;

  constructor(io: Io) {
    this.io = io;
  }

  say(milliseconds: number, why: string | null): void {
    if (milliseconds <= 0) return;
    const until = Date.now() + milliseconds;
    const isLong = milliseconds >= LONG_WAIT_MS;
    if (isLong ? until < this.until + LONG_WAIT_MS : this.saidShort) return;
    if (isLong) this.until = until;
    else this.saidShort = true;
    const more = isLong ? '' : `; other waits shorter than ${LONG_WAIT_MS / 1000} s are not shown`;
    this.io.say(`waiting for ${Math.ceil(milliseconds / 1000)} s: ${why ?? 'the server asks for it'}${more}`);
  }
}

/** What the server's limits and its load have cost; null where it has refused nothing. */
export function refusedLine(
  states: readonly { readonly requests: number; readonly refused: number }[],
  answers: number,
): string | null {
  const sum = (count: 'requests' | 'refused'): number => states.reduce((all, state) => all + state[count], 0);
  const refused = sum('refused');
  if (refused === 0) return null;
  return `${sum('requests')} requests for ${answers} answers: the server refused ${refused} for its limits or its load, which were asked again`;
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
