/**
 * Refusals of prompts for their length, or maybe for it, that may pass. One as long may be answered, which is waited for as long as any is
 * under way: then it is asked once more. Of a prompt that is longer than all that were answered, only a question that was answered before
 * tells: if it is answered again, it is the prompt that is refused; if not, the server refuses everything at that time.
 */
import type { Output } from '../../score/output.ts';
import type { Ending, Prompted } from '../respondent.ts';
import type { AnswerRoom } from './answer-room.ts';
import { backoff } from './due.ts';
import type { Due, Next } from './due.ts';
import { refusedPrompt } from './reply/refusals.ts';
import { promptCharacters } from './tried-room.ts';

export interface RefusalDoubtsOptions<P extends Prompted> {
  readonly room: Pick<AnswerRoom, 'hasTakenAsLong'>;
  /** Whether prompts of its task were answered, and it is longer than all of them. */
  readonly isLonger: (prompted: P) => boolean;
  readonly maxRetries: number;
  readonly next: Next<P>;
}

interface Doubt<P> {
  readonly due: Due<P>;
  readonly output: Output;
  /** Milliseconds. */
  readonly since: number;
  /** Whether anything was answered that was sent after it came. */
  isAnsweredSince: boolean;
}

export class RefusalDoubts<P extends Prompted> {
  private readonly options: RefusalDoubtsOptions<P>;
  private held: Doubt<P>[] = [];
  /** By task: words of refusals that are of longer prompts, since the server answered others at that time. */
  private readonly confirmed = new Map<string, Set<string>>();

  constructor(options: RefusalDoubtsOptions<P>) {
    this.options = options;
  }

  /** A question has come to that. Whether it is kept here for now. */
  holds(due: Due<P>, output: Output): boolean {
    const { prompted, isTrial = false } = due;
    if (isTrial || !this.mayBeOfLength(prompted, output)) return false;
    if (this.confirmed.get(prompted.task.name)?.has(wordsOf(output)) === true) return false;
    this.held.push({ due, output, since: Date.now(), isAnsweredSince: false });
    return true;
  }

  /** Vague words say nothing of a prompt that is no longer than others. */
  private mayBeOfLength(prompted: P, { failure, error }: Output): boolean {
    if (failure === 'too-long') return true;
    return failure === 'form' && refusedPrompt(error ?? '').ofPrompt && this.options.isLonger(prompted);
  }

  /** A question was answered that was sent then. To be told before it counts among those that were answered. */
  answered(prompted: P, sentAt: number): void {
    if (this.confirmed.size > 0 && this.options.isLonger(prompted)) this.confirmed.delete(prompted.task.name);
    for (const doubt of this.held) doubt.isAnsweredSince ||= sentAt >= doubt.since;
  }

  /**
   * Settles what is known by now.
   * @param underWay the prompts that are under way
   * @returns whether some are left of which nothing under way will tell
   */
  settle(underWay: readonly P[]): boolean {
    const { room, isLonger, next } = this.options;
    for (const doubt of this.held.splice(0)) {
      const { due, output, isAnsweredSince } = doubt;
      const { prompted } = due;
      if (due.askedOnceMore !== true && room.hasTakenAsLong(prompted, output))
        next.again({ ...usual(doubt), at: Date.now(), askedOnceMore: true });
      else if (underWay.some((other) => isAsLong(other, prompted))) this.held.push(doubt);
      else if (!isLonger(prompted)) next.keep(due, output);
      else if (isAnsweredSince) this.confirm(doubt);
      else this.held.push(doubt);
    }
    return this.held.length > 0 && underWay.length === 0;
  }

  /** The server answers others at this time: these prompts are refused. */
  refused(): void {
    for (const doubt of this.held.splice(0)) this.confirm(doubt);
  }

  private confirm({ due, output }: Doubt<P>): void {
    const { name } = due.prompted.task;
    this.confirmed.set(name, (this.confirmed.get(name) ?? new Set()).add(wordsOf(output)));
    this.options.next.keep(due, output);
  }

  /** The server refuses at this time what it has answered before: they are asked again later, as often as anything that fails. */
  pass(): void {
    const { maxRetries, next } = this.options;
    for (const doubt of this.held.splice(0)) {
      const { due } = doubt;
      const attempts = due.attempts + 1;
      const again = { failedAt: doubt.since, ...usual(doubt), attempts, failed: passing(doubt) };
      if (attempts <= maxRetries) next.again({ ...again, at: Date.now() + backoff(attempts) });
      else next.keep(due, again.failed);
    }
  }

  /** The run ends before it is known. After Ctrl-C, they are left to the next run. */
  leave({ kind }: Ending): void {
    for (const doubt of this.held.splice(0)) {
      if (kind === 'interrupted') continue;
      this.options.next.keep(doubt.due, kind === 'stopped' ? passing(doubt) : doubt.output);
    }
  }
}

/** The same question, to be asked with as much as there is for it. */
function usual<P>({ due, output }: Doubt<P>): Due<P> {
  return { ...due, smaller: 0, limit: undefined, refusedWith: undefined, failed: output };
}

/** The output of a question that is refused while everything is. */
function passing({ output }: Doubt<unknown>): Output {
  const error = `${output.error ?? ''} (so was a question that was answered before)`;
  return { ...output, error, failure: 'server' };
}

/** Numbers differ from prompt to prompt. */
function wordsOf({ error }: Output): string {
  return (error ?? '').replace(/\d+/g, '#');
}

function isAsLong(one: Prompted, other: Prompted): boolean {
  return one.task.name === other.task.name && promptCharacters(one) >= promptCharacters(other);
}
