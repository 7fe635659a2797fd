/** The file that `--junit` names: what CI reads, whether there is a result or not. */
import { writeFileSync } from 'node:fs';
import { fileFault, messageOf, UserError } from '../../common/errors.ts';
import { optionTexts } from '../../score/tables/settings.ts';
import { promptNames } from '../../measure/result.ts';
import type { MeasurementResult } from '../../measure/result.ts';
import type { Io } from '../shared/command.ts';
import { junitXml } from '../shared/junit.ts';
import type { JunitCase } from '../shared/junit.ts';
import { junitCases } from './at-least.ts';
import type { AtLeast } from './at-least.ts';

export interface JunitOptions {
  readonly junit?: string;
  readonly atLeast?: readonly AtLeast[];
  readonly model?: string;
}

/** Options whose file is written. */
const written = new WeakSet<JunitOptions>();

/** Writes the results, if a file is named. @throws UserError where it can't be written */
export function writeJunit(
  options: JunitOptions,
  wanted: readonly AtLeast[],
  results: readonly MeasurementResult[],
  started: Date,
): void {
  const { model, kind } = results[0].respondent;
  const name = suiteName(typeof model === 'string' ? model : String(kind));
  const ways = waysIn(results);
  const cases =
    results.length === 1
      ? junitCases(wanted, results[0], name)
      : results.flatMap((result, i) => {
          const own = wanted.filter(({ task }) => task in result.prompts);
          return junitCases(own, result, `${name}.${ways[i]}`);
        });
  write(options, name, cases, started);
}

/** In which way each was asked: `pair+input-output`; where options differ, `pair, alphabet lower`. */
export function waysIn(results: readonly MeasurementResult[]): string[] {
  const told = optionTexts(results);
  return results.map(({ prompts }, i) =>
    [promptNames(Object.values(prompts)), told[i]].filter((text) => text !== '').join(', '),
  );
}

/**
 * Does the work of a command. If it ends without a result (the server is gone before the start, Ctrl-C, a mistake in the
 * command line), the file has an error with the reason: a CI system that finds no file says only that.
 * @param who is measured, by the name that its results would have, as far as that is known before
 * @throws what the work throws
 */
export async function withJunit(
  options: JunitOptions,
  io: Io,
  work: () => Promise<void>,
  who = options.model,
): Promise<void> {
  const started = new Date();
  try {
    await work();
  } catch (error) {
    if (options.junit !== undefined && !written.has(options)) {
      const isStopped =
        io.signal.aborted && (error === io.signal.reason || (error as Error).name === 'AbortError');
      writeError(options, isStopped ? 'interrupted' : messageOf(error), started, who);
    }
    throw error;
  }
}

function writeError(options: JunitOptions, message: string, started: Date, who?: string): void {
  const name = suiteName(who);
  const tasks = [...new Set((options.atLeast ?? []).map(({ task }) => task))];
  const cases = (tasks.length === 0 ? ['measure'] : tasks).map((task): JunitCase => ({
    name: task,
    group: name,
    outcome: { kind: 'error', message },
  }));
  try {
    write(options, name, cases, started);
  } catch {
    // why there is no result is to be said, not why the file isn't there
  }
}

function suiteName(who?: string): string {
  return ['lengthwise.measure', ...(who === undefined ? [] : [who])].join('.');
}

function write(options: JunitOptions, name: string, cases: readonly JunitCase[], started: Date): void {
  if (options.junit === undefined) return;
  const seconds = (Date.now() - started.getTime()) / 1000;
  try {
    writeFileSync(options.junit, junitXml({ name, started, seconds, cases }));
  } catch (error) {
    throw new UserError(`--junit: cannot write ${options.junit}: ${fileFault(error, 'write')}`);
  }
  written.add(options);
}
