/**
 * Whether a server is there that gives nothing but trouble: it is asked a question that it has answered before. If it answers, or refuses for
 * how much it is asked, the trouble is with the prompts, and nobody waits for the server. Some prompts fail each time, and a run that resumes
 * has nothing else left to ask.
 */
import type { Prompted, Questions } from '../respondent.ts';
import type { Connection } from './connection.node.ts';
import { firstDue } from './due.ts';
import type { RequestPlan, Requests } from './due.ts';
import { isFault } from './endpoint.node.ts';
import { NOT_SAID } from './pace/budget.ts';
import type { Fault } from './reply/faults.ts';
import { isDown, tooLong } from './trouble.ts';

/** While everybody waits, it is looked so often whether the run is interrupted. */
const LOOK_EVERY_MS = 250;

export interface ServerCheckOptions<P extends Prompted> {
  readonly connection: Pick<Connection, 'budget' | 'limiter'>;
  readonly requests: Requests;
  readonly questions: Pick<Questions<P>, 'answeredOne'>;
}

/** Whether the server answers with words, is there and refuses for how much it is asked, or neither. */
export type Found = 'answers' | 'refuses' | 'gone';

export class ServerCheck<P extends Prompted> {
  private readonly options: ServerCheckOptions<P>;
  /** The last question of this run whose answer said something; else one of an earlier run, undefined until it is looked for. */
  private known: P | null | undefined = undefined;
  isUnderWay = false;
  /** How often in a row the server was found to be there, with no question answered between. */
  found = 0;

  constructor(options: ServerCheckOptions<P>) {
    this.options = options;
  }

  /** A question of this run was answered, with words. */
  said(prompted: P): void {
    this.known = prompted;
    this.found = 0;
  }

  /** A question that the server has answered with words; null: none is known. */
  get question(): P | null {
    // Looked for once: where all rows are of failures, each of them is looked at.
    if (this.known === undefined) this.known = this.options.questions.answeredOne?.() ?? null;
    return this.known;
  }

  /** Asks, once nobody waits for the server any more. null: it can't be asked, for lack of a question or of budget. Never rejects. */
  begin(signal: AbortSignal): Promise<Found> | null {
    const asked = this.look(signal);
    return asked === null
      ? null
      : asked.then((found) => {
          this.found = found === 'gone' ? 0 : this.found + 1;
          return found;
        });
  }

  /** The same where the trouble is none of the server's: whatever is found says nothing of what is in a row. */
  look(signal: AbortSignal): Promise<Found> | null {
    const { connection, requests } = this.options;
    const { question } = this;
    const plan = question === null ? null : requests(question, firstDue(question));
    if (plan === null || !connection.budget.allows(plan.most)) return null;
    this.isUnderWay = true;
    return this.ask(plan, signal).then((found) => {
      this.isUnderWay = false;
      return found;
    });
  }

  private async ask(plan: RequestPlan, signal: AbortSignal): Promise<Found> {
    const { budget, limiter } = this.options.connection;
    for (let wait = limiter.waiting(Date.now()); wait !== null; wait = limiter.waiting(Date.now())) {
      // The run ends for a wait that is too long.
      if (signal.aborted || tooLong(wait) !== null) return 'refuses';
      const ms = Math.min(wait.ms, LOOK_EVERY_MS);
      await new Promise((resolve) => setTimeout(resolve, ms));
    }
    budget.begin(plan.most);
    const sentAt = Date.now();
    const { result } = await plan.send(signal);
    const isAnswer = !isFault(result);
    budget.end(plan.most, isAnswer ? result.usage : (result.usage ?? (result.charged ? NOT_SAID : null)));
    if (!isAnswer) {
      if (!isOfLoad(result)) return 'gone';
      limiter.congested(Date.now(), sentAt, result.waitMs);
      return 'refuses';
    }
    if (!('undecided' in result) && result.isEmpty === true) return 'gone';
    limiter.answered();
    return 'answers';
  }
}

/** Whether a server that is there refuses for how much it is asked. */
function isOfLoad(fault: Fault): boolean {
  const { failure, congested, ofPace, waitMs } = fault;
  return failure !== 'connection' && !isDown(fault) && (congested || ofPace || waitMs !== null);
}
