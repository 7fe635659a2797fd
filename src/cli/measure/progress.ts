/** The lines that a measurement writes while it runs: each cell once it is full, and every long wait. */
import { formatDuration } from '../../common/duration.ts';
import { timeText } from '../../common/time-text.ts';
import type { Progress } from '../../measure/measured.ts';
import type { Gathered } from '../../measure/gather/gathered.ts';
import { countText } from '../../score/tables/percent.ts';
import type { Cell } from '../../score/tables/tally.ts';
import type { AskState } from '../../respond/respondent.ts';
import type { Io } from '../shared/command.ts';

/** Shorter waits than this are not worth a line. */
const LONG_WAIT_MS = 3000;

/** The cells as they are counted, which of them a search is done with, and from which length on prompts are taken no longer. */
interface Filling {
  cells(): Cell[];
  readonly lengths: Pick<Gathered['lengths'], 'limit' | 'isOver'>;
}

/** A line about one of several ways of asking begins with its prompts. */
export function wayLine(way: string | null, line: string): string {
  return way === null ? line : `${way}: ${line}`;
}

interface Filled extends Pick<Progress, 'planned'> {
  readonly gathered: Filling;
}

/**
 * The table as it fills: one line a cell, once it is full. Where a search decides how many samples that takes, it is full when
 * the search is done with it.
 */
export class CellLines {
  private readonly io: Pick<Io, 'say'>;
  private readonly said = new Map<Filling, Set<string>>();
  private readonly ways = new Map<Filling, string | null>();
  private way: string | null = null;

  constructor(io: Pick<Io, 'say'>) {
    this.io = io;
  }

  /** From now on the cells are of this way of asking. */
  begin(way: string | null): void {
    this.way = way;
  }

  show({ gathered, planned }: Filled): void {
    if (!this.ways.has(gathered)) this.ways.set(gathered, this.way);
    for (const cell of gathered.cells())
      if (isFull(cell, { gathered, planned })) this.say(gathered, cell, 'right');
  }

  /** The cells that are left when a run ends. Where none had its line, the table is all that there is to say. */
  end({ gathered, planned }: Filled): void {
    if (!this.said.has(gathered)) return;
    for (const cell of gathered.cells()) {
      const limit = gathered.lengths.limit(cell.task)?.length ?? Infinity;
      const full = isFull(cell, { gathered, planned }) || cell.length >= limit;
      const open = planned === null ? 'right so far' : `right so far (of ${planned.n})`;
      this.say(gathered, cell, full ? 'right' : open);
    }
  }

  private say(gathered: Filling, { task, length, counts }: Cell, what: string): void {
    const said = this.said.get(gathered) ?? new Set();
    this.said.set(gathered, said);
    const name = `${task} ${length}`;
    if (said.has(name)) return;
    said.add(name);
    const failed = counts.failed === 0 ? '' : `, ${countText(counts.failed)} failed`;
    const line = `${name}: ${countText(counts.correct)} of ${counts.n} ${what}${failed}`;
    this.io.say(wayLine(this.ways.get(gathered) ?? null, line));
  }
}

function isFull({ task, length, answerCount }: Cell, { gathered, planned }: Filled): boolean {
  return planned === null
    ? gathered.lengths.isOver(task, length)
    : answerCount >= planned.n * planned.repeats;
}

/** Says of each long wait how long it is and why; of shorter ones of one kind only of the first. */
export class Waits {
  private readonly io: Io;
  private until = 0;
  private readonly saidShort = new Set<string>();

  constructor(io: Io) {
    this.io = io;
  }

  say(milliseconds: number, why: string | null): void {
    if (milliseconds <= 0) return;
    const until = Date.now() + milliseconds;
    const isLong = milliseconds >= LONG_WAIT_MS;
    // What stands in brackets or behind a colon differs from time to time.
    const kind = (why ?? '').split(/[:(']/, 1)[0];
    if (isLong ? until < this.until + LONG_WAIT_MS : this.saidShort.has(kind)) return;
    if (isLong) this.until = until;
    else this.saidShort.add(kind);
    const more = isLong ? '' : `; other waits shorter than ${LONG_WAIT_MS / 1000} s are not shown`;
    this.io.say(`waiting for ${Math.ceil(milliseconds / 1000)} s: ${why ?? 'the server asks for it'}${more}`);
  }
}

/** How many answers were nothing at all, although they were asked for twice; null without any. */
export function emptyLine(states: readonly { readonly empty?: number }[], answers: number): string | null {
  const empty = states.reduce((all, state) => all + (state.empty ?? 0), 0);
  if (empty === 0) return null;
  return `${empty} of ${answers} answers are empty, asked for twice: the model said nothing`;
}

/** How many empty answers were taken before the server had ever said anything, though it did later; null without any. */
export function unheardLine(states: readonly Pick<AskState, 'unheard'>[]): string | null {
  const unheard = states.reduce((all, state) => all + (state.unheard ?? 0), 0);
  if (unheard === 0) return null;
  return `WARNING: ${unheard} empty ${unheard === 1 ? 'answer came' : 'answers came'} before the server had said anything at all, which it did later: the same command asks for them again`;
}

/** From when to when nothing but empty answers came, which were waited for in vain; null where that never was. */
export function silentLine(states: readonly Pick<AskState, 'silent'>[], zone?: string): string | null {
  const silences = states.flatMap(({ silent }) => silent ?? []);
  if (silences.length === 0) return null;
  const count = silences.reduce((sum, silent) => sum + silent.count, 0);
  const [from, to] = [
    Math.min(...silences.map((silent) => silent.from)),
    Math.max(...silences.map((silent) => silent.to)),
  ].map((time) => timeText(new Date(time).toISOString(), zone));
  return `WARNING: from ${from} to ${to} the server gave nothing but empty answers, after others that were not: ${count} ${count === 1 ? 'question has' : 'questions have'} failed for it, and the same command asks them again`;
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

/** How many replies came from another model than was asked, which take requests and tokens and do not count; null without any. */
export function discardedLine(states: readonly Pick<AskState, 'discarded'>[]): string | null {
  const discarded = states.reduce((all, state) => all + (state.discarded ?? 0), 0);
  if (discarded === 0) return null;
  const came = discarded === 1 ? 'reply was' : 'replies were';
  return `${discarded} ${came} from another model than was asked: discarded, paid for, and their questions asked again`;
}

/** What is stored is soon counted: how far that is says nothing of the run. */
const COUNTED_WITHIN_MS = 1000;

/** Whether a line of progress says how far the run is: something has come back, or counting what is stored takes long. */
export function isWorthALine(
  { answered, failed, startedAt }: Pick<Progress, 'answered' | 'failed' | 'startedAt'>,
  now: number,
): boolean {
  return answered + failed > 0 || now - startedAt >= COUNTED_WITHIN_MS;
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
  const left = Math.ceil((most - reused - answered - failed) / rate);
  const latest = gathered.cells().at(-1);
  const shown =
    latest === undefined
      ? ''
      : `; ${latest.task} ${latest.length}: ${countText(latest.counts.correct)} of ${latest.counts.n} so far`;
  const { retries = 0, inFlight = 0, tokens = 0 } = state ?? {};
  return (
    `${rate === 0 ? '' : `at most ${formatDuration(left)} left: `}${answered + reused} of at most ${most} done, ${failed} failed, ${retries} retried, ${inFlight} under way, ` +
    `${rate.toFixed(0)} requests/s, ${(tokens / seconds).toFixed(0)} tokens/s${shown}`
  );
}

/** The line of progress of a model that runs here. @param left seconds, where they are known better than by what was done */
export function modelLine(
  { answered, reused, most, startedAt }: Pick<Progress, 'answered' | 'reused' | 'most' | 'startedAt'>,
  left: number | null = null,
): string {
  const done = answered + reused;
  const seconds = Math.max(0.001, (Date.now() - startedAt) / 1000);
  const rate = answered / seconds;
  const rest = left ?? (rate === 0 ? null : (most - done) / rate);
  const words = rest === null ? '' : `, ${left === null ? 'at most' : 'about'} ${formatDuration(rest)} left`;
  return `${done} of ${left === null ? 'at most ' : ''}${most} questions${words}`;
}
