/**
 * Whether a server is there that gives nothing but trouble: it is asked a question that it has answered before. If it answers, the trouble
 * is with the prompts, and nobody waits for the server. Some prompts fail each time, and a run that resumes has nothing else left to ask.
 */
import type { Prompted, Questions } from '../respondent.ts';
import type { Connection } from './connection.node.ts';
import { firstDue } from './due.ts';
import type { Requests } from './due.ts';
import { isFault } from './endpoint.node.ts';
import { NOT_SAID } from './pace/budget.ts';

export interface ServerCheckOptions<P extends Prompted> {
  readonly connection: Pick<Connection, 'budget'>;
  readonly requests: Requests;
  readonly questions: Pick<Questions<P>, 'answeredOne'>;
}

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
    return (this.known ??= this.options.questions.answeredOne?.() ?? null);
  }

  /** Asks. Whether the server answers with words; null: it can't be asked, for lack of a question or of budget. Never rejects. */
  begin(signal: AbortSignal): Promise<boolean> | null {
    const { connection, requests } = this.options;
    const { budget } = connection;
    const { question } = this;
    const plan = question === null ? null : requests(question, firstDue(question));
    if (plan === null || !budget.allows(plan.most)) return null;
    this.isUnderWay = true;
    budget.begin(plan.most);
    return plan.send(signal).then(({ result }) => {
      this.isUnderWay = false;
      const isAnswer = !isFault(result);
      budget.end(plan.most, isAnswer ? result.usage : (result.usage ?? (result.charged ? NOT_SAID : null)));
      const isThere = isAnswer && ('undecided' in result || result.isEmpty !== true);
      this.found = isThere ? this.found + 1 : 0;
      return isThere;
    });
  }
}
