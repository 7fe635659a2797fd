/** What the end of every measurement prints, whoever was asked, and with which status it exits. */
import { shellWord } from '../../common/shell-word.ts';
import { fitsNowhere, isRecorded, missingText } from '../../measure/store/ending.ts';
import { wayLine } from './progress.ts';
import type { Measured, OtherAnswers } from '../../measure/measured.ts';
import type { PilotChoice } from '../../prompt/pilot.ts';
import type { MeasurementResult } from '../../measure/result.ts';
import type { Move } from '../../measure/scoring/moves.ts';
import type { Io } from '../shared/command.ts';
import { Exit, exits } from '../shared/exit.ts';
import { optionTexts } from '../../score/tables/settings.ts';
import { notShown, nothingAskedText, shownByAll, surelyMissed } from './at-least.ts';
import type { AtLeast } from './at-least.ts';
import { waysIn, writeJunit } from './junit-file.ts';

export interface ResultOptions {
  readonly json?: true;
  readonly atLeast?: readonly AtLeast[];
  readonly junit?: string;
  /** Whether nothing was asked: what is stored was scored again. */
  readonly rescore?: true;
}

/**
 * Prints the tables (or the JSON), writes what CI reads, and ends with the status that the result deserves.
 * @param text what people read instead of the usual tables
 * @throws Exit where not all was answered, or a horizon is not shown; the signal's reason after Ctrl-C
 */
export async function finish(
  result: MeasurementResult,
  options: ResultOptions,
  io: Io,
  started: Date,
  text?: string,
): Promise<void> {
  await io.out(options.json ? `${JSON.stringify(result)}\n` : (text ?? (await resultText(result))));
  sayEnding(result, io);
  const wanted = options.atLeast ?? [];
  writeJunit(options, wanted, [result], started);
  if (result.ending.kind === 'interrupted' && io.signal.aborted) throw io.signal.reason;
  const faults = notShown(wanted, result);
  for (const fault of faults) io.say(fault);
  if (!surelyMissed(wanted, result)) endIncomplete([result], options);
  if (faults.length > 0) throw new Exit('not shown: see above', exits.notShown);
  endIncomplete([result], options);
}

/** @throws Exit where not all was answered */
function endIncomplete(results: readonly MeasurementResult[], { rescore }: ResultOptions): void {
  const incomplete = results.find((result) => missingText(result) !== null);
  if (incomplete === undefined) return;
  const goesOn = rescore ? 'the command that asked goes on from there' : 'the same command goes on from here';
  const way = isRecorded(incomplete) || fitsNowhere(incomplete) ? '' : `; ${goesOn}`;
  throw new Exit(`incomplete: ${missingText(incomplete) ?? ''}${way}`, exits.incomplete);
}

/**
 * The same for several ways of asking: the tables of each, and what the best and the worst differ by.
 * @throws as `finish`: where any of them is incomplete, or does not show a horizon
 */
export async function finishWays(
  results: readonly MeasurementResult[],
  options: ResultOptions,
  io: Io,
  started: Date,
): Promise<void> {
  const { spreadTable, wayTitle } = await import('./tables.ts');
  const told = optionTexts(results);
  if (options.json) {
    const { handedOn } = await import('../../measure/results/handed-on.ts');
    await io.out(`${JSON.stringify(handedOn(results))}\n`);
  } else {
    for (const [i, result] of results.entries())
      await io.out(`${wayTitle(result, told[i])}\n${await resultText(result)}\n`);
    const { promptSpread } = await import('../../score/tables/prompt-spread.ts');
    const spread = promptSpread(results);
    if (spread.length > 0) await io.out(`${spreadTable(spread)}\n`);
  }
  const names = waysIn(results);
  for (const [i, result] of results.entries()) sayEnding(result, io, names[i]);
  const wanted = options.atLeast ?? [];
  const last = results[results.length - 1];
  writeJunit(options, wanted, results, started);
  if (last.ending.kind === 'interrupted' && io.signal.aborted) throw io.signal.reason;
  const decided = shownByAll(wanted, results);
  for (const { line } of decided) io.say(line);
  if (!results.some((result) => surelyMissed(wanted, result))) endIncomplete(results, options);
  if (decided.some(({ shown }) => !shown)) {
    throw new Exit(
      told.every((text) => text === '')
        ? 'not shown with every prompt: see above; to ask for one of them, name it with --prompt'
        : 'not shown in every way of asking: see above; to ask in one of them, give its options and another --out',
      exits.notShown,
    );
  }
  endIncomplete(results, options);
}

/** Which of the given lengths were not asked, and why. */
export function sayBeyond({ notAsked }: Pick<Measured, 'notAsked'>, io: Io): void {
  for (const { task, lengths, limit } of notAsked) {
    const more = lengths.length - MOST_LISTED;
    const shown = [...lengths.slice(0, MOST_LISTED), ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
    const why =
      limit.why === 'context'
        ? `prompts of length ${limit.length} do not fit the context`
        : `prompts of length ${limit.length} are refused`;
    io.say(`${task} was not asked at ${shown}: ${why}`);
  }
}

/** More lengths than these are not listed. */
const MOST_LISTED = 10;

/**
 * What a folder holds that the tables above do not count, and why: of a run that was interrupted, how much. Answers are counted as far as they are to the questions that
 * were to be asked: a search chooses its lengths and stops by itself, `--lengths` and `--n` say what is wanted.
 */
export function sayOthers(
  { others, planned, gathered, ending }: Pick<Measured, 'others' | 'planned' | 'gathered' | 'ending'>,
  io: Io,
): void {
  if (others.length === 0) return;
  const folder = gathered.facts.folder ?? 'the folder';
  const way = `lengthwise report ${shellWord(folder)} counts them`;
  if (ending.kind === 'interrupted') {
    const left = others.reduce((sum, { n, counted }) => sum + n - counted, 0);
    io.say(`${folder} also holds ${left} answers not counted above, since the run was interrupted; ${way}`);
    return;
  }
  const [notAsked, more] = [
    others.filter(({ counted }) => counted === 0),
    others.filter(({ counted }) => counted > 0),
  ];
  const whys =
    planned === null
      ? ['at lengths that the search did not choose', 'more than the search asks']
      : ['at lengths that --lengths does not name', 'beyond the --n samples of a length'];
  const texts = [
    ...listed(notAsked, ({ task, length, n, right }) => `${task} ${length}: ${right} of ${n} right`, whys[0]),
    ...listed(more, ({ task, length, n, counted }) => `${task} ${length}: ${n - counted} answers`, whys[1]),
  ];
  io.say(`${folder} also holds answers not counted above: ${texts.join('; ')}; ${way}`);
}

function listed(others: readonly OtherAnswers[], text: (one: OtherAnswers) => string, why: string): string[] {
  if (others.length === 0) return [];
  const more = others.length - MOST_LISTED;
  const shown = [...others.slice(0, MOST_LISTED).map(text), ...(more > 0 ? [`and ${more} more`] : [])];
  return [`${shown.join(', ')} (${why})`];
}

async function resultText(result: MeasurementResult): Promise<string> {
  const { asymmetryTable, cellTable, horizonTable, placeTable, promiseLines } = await import('./tables.ts');
  if (result.rows.length === 0) return 'nothing was answered\n';
  const parts = [
    [horizonTable(result), ...promiseLines(result), ...(await pilotLines(result))].join('\n'),
    cellTable(result.rows),
    placeTable(result),
    ...(result.asymmetries.length === 0 ? [] : [asymmetryTable(result.asymmetries)]),
  ].filter((part) => part !== '');
  return `${parts.join('\n\n')}\n`;
}

/** Which prompt a pilot has chosen, and what the others reached. */
async function pilotLines({ respondent: { pilot } }: MeasurementResult): Promise<string[]> {
  if (!Array.isArray(pilot)) return [];
  const { pilotLine } = await import('../../prompt/pilot.ts');
  return (pilot as PilotChoice[]).map(pilotLine);
}

/** @param way the prompts that were asked, where there are others */
function sayEnding(result: MeasurementResult, io: Io, way: string | null = null): void {
  const { respondent, run, failures, ending } = result;
  const say = (line: string): void => io.say(wayLine(way, line));
  const { answered, reused, failed, failedBefore = 0, moved, spent, folder } = run;
  const money = spent.money === null ? '' : `, ${spent.money.toFixed(4)} in the currency of --price`;
  const tokens = spent.tokens === 0 ? '' : `, ${spent.tokens} tokens`;
  say(
    `${answered} answered, ${reused} from before, ${failed} failed; ${spent.requests} requests${tokens}${money}` +
      (folder === null ? '' : `; rows in ${folder}`),
  );
  const nothingAsked = nothingAskedText(run);
  if (nothingAsked !== null) say(nothingAsked);
  // Where some are asked by the next run, what came after them may have shown that such prompts are taken.
  const isSettled = ending.kind === 'done' && missingText(result) === null;
  if (failedBefore > 0 && isSettled && respondent.kind === 'endpoint') {
    say(
      `${failedBefore} of those that failed are from before and were not asked again, since the server did not take such prompts: if it does now, choose another folder with --out`,
    );
  }
  if (moved > 0) say(`${moved} stored answers are scored otherwise than when they came (docs/scoring.md)`);
  for (const line of moveLines(run.moves ?? [])) say(line);
  for (const { reason, count } of failures.slice(0, 10))
    say(`failed ${count === 1 ? 'once' : `${count} times`}: ${reason}`);
}

/** Which numbers moved, a line each length. */
function moveLines(moves: readonly Move[]): string[] {
  const cells = Map.groupBy(moves, ({ task, length }) => `${task} ${length}`);
  return [...cells].map(([name, of]) => {
    const texts = of.map(({ from, to, count }) =>
      from === to
        ? `${count} still ${to}, with another error or similarity`
        : `${count} from ${from} to ${to}`,
    );
    return `${name}: ${texts.join(', ')}`;
  });
}
