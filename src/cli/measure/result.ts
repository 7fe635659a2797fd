/** What the end of every measurement prints, whoever was asked, and with which status it exits. */
import { writeFileSync } from 'node:fs';
import { UserError } from '../../common/errors.ts';
import { isComplete } from '../../measure/result.ts';
import type { MeasurementResult } from '../../measure/result.ts';
import type { Io } from '../shared/command.ts';
import { Exit, exits } from '../shared/exit.ts';
import { junitXml } from '../shared/junit.ts';
import { junitCases, missingText, notShown } from './at-least.ts';
import type { AtLeast } from './at-least.ts';

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
  if (options.junit !== undefined) writeJunit(options.junit, wanted, result, started);
  if (result.ending.kind === 'interrupted' && io.signal.aborted) throw io.signal.reason;
  const faults = notShown(wanted, result);
  for (const fault of faults) io.say(fault);
  if (faults.length > 0) throw new Exit('not shown: see above', exits.notShown);
  if (!isComplete(result)) {
    const missing = missingText(result);
    const goesOn = options.rescore
      ? 'the command that asked goes on from there'
      : 'the same command goes on from here';
    throw new Exit(`incomplete: ${missing}; ${goesOn}`, exits.incomplete);
  }
}

/**
 * The same for several ways of asking: the tables of each, and what the best and the worst differ by.
 * @throws as `finish`: where any of them is incomplete, or the best does not show a horizon
 */
export async function finishWays(
  results: readonly MeasurementResult[],
  options: ResultOptions,
  io: Io,
  started: Date,
): Promise<void> {
  const { spreadTable, wayTitle } = await import('./tables.ts');
  if (options.json) {
    const { handedOn } = await import('../../measure/results/handed-on.ts');
    await io.out(`${JSON.stringify(handedOn(results))}\n`);
  } else {
    for (const result of results) await io.out(`${wayTitle(result)}\n${await resultText(result)}\n`);
    const { promptSpread } = await import('../../measure/prompt-spread.ts');
    const spread = promptSpread(results);
    if (spread.length > 0) await io.out(`${spreadTable(spread)}\n`);
  }
  for (const result of results) sayEnding(result, io);
  const wanted = options.atLeast ?? [];
  const last = results[results.length - 1];
  if (options.junit !== undefined) writeJunit(options.junit, wanted, last, started);
  if (last.ending.kind === 'interrupted' && io.signal.aborted) throw io.signal.reason;
  const missed = wanted.filter((one) => results.every((result) => notShown([one], result).length > 0));
  for (const one of missed) io.say(notShown([one], last)[0]);
  if (missed.length > 0) throw new Exit('not shown by any prompt: see above', exits.notShown);
  const incomplete = results.find((result) => !isComplete(result));
  if (incomplete === undefined) return;
  const missing = missingText(incomplete);
  throw new Exit(`incomplete: ${missing}; the same command goes on from here`, exits.incomplete);
}

async function resultText(result: MeasurementResult): Promise<string> {
  const { asymmetryTable, cellTable, horizonTable, placeTable, promiseLines } = await import('./tables.ts');
  if (result.rows.length === 0) return 'nothing was answered\n';
  const parts = [
    [horizonTable(result), ...promiseLines(result)].join('\n'),
    cellTable(result.rows),
    placeTable(result),
    ...(result.asymmetries.length === 0 ? [] : [asymmetryTable(result.asymmetries)]),
  ].filter((part) => part !== '');
  return `${parts.join('\n\n')}\n`;
}

function sayEnding({ run, failures }: MeasurementResult, io: Io): void {
  const { answered, reused, failed, moved, spent, folder } = run;
  const money = spent.money === null ? '' : `, ${spent.money.toFixed(4)} in money`;
  const tokens = spent.tokens === 0 ? '' : `, ${spent.tokens} tokens`;
  io.say(
    `${answered} answered, ${reused} from before, ${failed} failed; ${spent.requests} requests${tokens}${money}` +
      (folder === null ? '' : `; rows in ${folder}`),
  );
  if (moved > 0) io.say(`${moved} stored answers are scored otherwise than when they came (docs/scoring.md)`);
  for (const { reason, count } of failures.slice(0, 10)) io.say(`failed ${count} times: ${reason}`);
}

function writeJunit(
  file: string,
  wanted: readonly AtLeast[],
  result: MeasurementResult,
  started: Date,
): void {
  const { model, kind } = result.respondent;
  const name = `lengthwise.measure.${typeof model === 'string' ? model : String(kind)}`;
  const seconds = (Date.now() - started.getTime()) / 1000;
  try {
    writeFileSync(file, junitXml({ name, started, cases: junitCases(wanted, result, { name, seconds }) }));
  } catch (error) {
    throw new UserError(`--junit: cannot write ${file}: ${(error as Error).message}`);
  }
}
