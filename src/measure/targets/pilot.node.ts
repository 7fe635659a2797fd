/** `--prompt auto`: which prompt is asked, chosen by a pilot on samples of its own; the choice is a fact of the folder. */
import { drained } from '../../common/closing.ts';
import { canonicalJson } from '../../common/json.ts';
import { sha256 } from '../../common/sha256.ts';
import type { Askable } from '../../prompt/askable.ts';
import { candidatePrompts } from '../../prompt/files.node.ts';
import { pilotDraws, pilotFamilies, runPilot } from '../../prompt/pilot.ts';
import type { AskPilot, PilotChoice, PilotFamily } from '../../prompt/pilot.ts';
import type { RenderOptions } from '../../prompt/as-sent.ts';
import type { PromptTemplate } from '../../prompt/template.ts';
import type { Api } from '../../respond/endpoint/protocol/protocol.ts';
import type { Respondent } from '../../respond/respondent.ts';
import type { Ending } from '../../respond/respondent.ts';
import { questionOf, rowFor, wayOf } from '../plan/question.ts';
import type { Asked, Question } from '../plan/question.ts';
import { promptedTask, scoreRow } from '../scoring/scoring.ts';
import type { MeasureSpec } from '../plan/spec.ts';
import { PILOT_FACT, PILOT_KEY } from '../store/pilots.ts';
import type { RowStore } from '../store/row-store.ts';

export type { PilotChoice } from '../../prompt/pilot.ts';

/** Not all of a pilot's questions were answered: nothing was chosen, and nothing can be measured yet. */
export class PilotEnded extends Error {
  override readonly name = 'PilotEnded';
  readonly ending: Exclude<Ending, { readonly kind: 'done' }>;

  constructor(ending: PilotEnded['ending']) {
    super(ending.kind === 'stopped' ? ending.reason : ending.kind);
    this.ending = ending;
  }
}

export interface PilotOptions {
  readonly api: Api;
  readonly seed: number;
  /** The most samples of a length that are asked afterwards: the pilot keeps away from them. */
  readonly n: number;
  readonly rendering: RenderOptions;
  /** By task, what determines its samples beside length, seed and index. */
  readonly sources: MeasureSpec['sources'];
  readonly respondent: Respondent;
  readonly store: RowStore;
  readonly signal: AbortSignal;
}

/**
 * Every task with its prompt: the one that was named, or the one that a pilot chooses for all that are compared with it.
 * @throws PilotEnded where a question of a pilot was not answered; what was answered is kept for the next run
 */
export async function chosenTemplates(
  wanted: readonly { readonly task: Askable; readonly template: PromptTemplate | null }[],
  options: PilotOptions,
): Promise<{ readonly asked: readonly Asked[]; readonly pilot: readonly PilotChoice[] }> {
  const open = wanted.filter(({ template }) => template === null).map(({ task }) => task);
  const chosen = new Map<string, PromptTemplate>();
  const pilot: PilotChoice[] = [];
  for (const family of pilotFamilies(open)) {
    const templates = candidatePrompts(family.shape, options.api);
    const choice = await choiceOf(family, templates, options);
    pilot.push(choice);
    const template = templates.find(({ name }) => name === choice.chosen) ?? templates[0];
    for (const { name } of family.tasks) chosen.set(name, template);
  }
  const asked = wanted.map(({ task, template }) => {
    const found = template ?? chosen.get(task.name);
    if (found === undefined) throw new Error(`${task.name}: no prompt was chosen`);
    return { task, template: found };
  });
  return { asked, pilot };
}

/**
 * From the folder where an earlier run has chosen among the same prompts for tasks asked in the same ways, else by asking. More samples
 * (`--n`) are no other way: a choice is kept for all that is asked in it.
 */
async function choiceOf(
  family: PilotFamily,
  templates: readonly PromptTemplate[],
  options: PilotOptions,
): Promise<PilotChoice> {
  const { store, seed, rendering, sources } = options;
  const ways = family.tasks.flatMap((task) =>
    templates.map((template) => wayOf({ task, template }, rendering, sources[task.name])),
  );
  const fact = `${PILOT_FACT}${sha256(canonicalJson([ways, templates, seed])).slice(0, 16)}`;
  const known = store.fact(fact) as PilotChoice | undefined;
  if (known !== undefined) return known;
  const draws = pilotDraws(family, options);
  const choice = await runPilot(family, templates, draws, askPilot(options));
  store.setFact(fact, choice);
  return choice;
}

/** The way of a pilot's rows. */
const PILOT = 'pilot';

/** Asks samples and says which were answered rightly; what was asked before is not asked again. */
function askPilot({ respondent, seed, rendering, store, signal }: PilotOptions): AskPilot {
  const source = { fingerprint: canonicalJson(respondent.identity), seed, rendering };
  return async (task, template, draws) => {
    const scored = promptedTask(task, template);
    const right = new Map<string, boolean>();
    const questions = draws.map(({ length, index, seed: own }) => {
      const question = questionOf({ task, template }, { ...source, seed: own }, { length, index, repeat: 0 });
      return { ...question, key: `${PILOT_KEY}${question.key}` };
    });
    const failures: string[] = [];
    const take = (row: ReturnType<typeof rowFor>): boolean => {
      const { outcome } = scoreRow(row, scored).score;
      // A question that failed says nothing of the prompt: it is open, not wrong.
      if (outcome !== 'failed') right.set(row.key, outcome === 'right');
      return outcome !== 'failed';
    };
    const open: Question[] = [];
    for (const question of questions) {
      const [stored] = store.sentAs(question.key);
      const again = stored === undefined || respondent.asksAgain?.(question, stored.output) === true;
      if (again || !take(stored)) open.push(question);
    }
    const next = open.values();
    const asking = { answeredBefore: store.holdsAnswers, next: () => next.next().value ?? 'done' } as const;
    const answering = respondent.ask<Question>(asking, { signal });
    const ending = await drained(answering, (came) => {
      const rows = came.map(({ prompted, output }) => rowFor(prompted, PILOT, output));
      store.putAll(rows);
      for (const row of rows) if (!take(row)) failures.push(row.output.error ?? 'the reply says so');
    });
    if (ending.kind !== 'done') throw new PilotEnded(ending);
    if (failures.length > 0) throw new PilotEnded({ kind: 'stopped', reason: failedText(failures) });
    return questions.map(({ key }) => right.get(key) ?? false);
  };
}

function failedText(failures: readonly string[]): string {
  const questions = `${failures.length} question${failures.length === 1 ? '' : 's'}`;
  return `${questions} of the pilot failed, so no prompt was chosen (${failures[0]})`;
}
