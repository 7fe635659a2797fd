/** `lengthwise crasp`: check, run, trace, format and compare programs in the language C-RASP. */
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { DiskFullError, fileFault, messageOf, UserError } from '../../common/errors.ts';
import { readTextFile } from '../../common/read-text.node.ts';
import type { CoreProgram, Diagnostic, SearchOptions } from '../../crasp/index.ts';
import type { Io, Register } from '../shared/command.ts';
import type { Answer } from './text.ts';
import { writeLines } from '../shared/lines.ts';
import { outputFile, wholeNumber } from '../shared/options.ts';

/** The language ends at a million characters (`crasp/limits.ts`); this is what reads no more of a file that has no end. */
const MAX_PROGRAM_BYTES = 10_000_000;

export const registerCrasp: Register = (program, io) => {
  const crasp = program
    .command('crasp')
    .description('programs in C-RASP, the language of what transformers can learn at every length')
    .addHelpText(
      'after',
      '\nExamples:\n  $ lengthwise crasp check examples/crasp/dyck1.crasp\n' +
        '  $ lengthwise crasp run examples/crasp/majority.crasp --input "a b a"',
    );
  registerCheck(crasp, io);
  registerRun(crasp, io);
  registerTrace(crasp, io);
  registerFormat(crasp, io);
  registerEqual(crasp, io);
  registerRefute(crasp, io);
};

/** A program file that was read and has no errors. */
interface Loaded {
  readonly file: string;
  readonly text: string;
  readonly program: CoreProgram;
}

function registerCheck(crasp: Command, io: Io): void {
  crasp
    .command('check')
    .description('all errors of a program, or its fragment, depth, size and other measures, and warnings')
    .argument('<file>', 'a .crasp file')
    .option('--json', 'one JSON object')
    .addHelpText('after', '\nExample:\n  $ lengthwise crasp check examples/crasp/dyck1.crasp')
    .action(async (file: string, options: { json?: true }) => {
      const { lint, metrics, parse } = await import('../../crasp/index.ts');
      const { checkText, faultsText } = await import('./text.ts');
      const text = readProgram(file);
      const parsed = parse(text);
      const { program, warnings } = parsed;
      if (program === undefined) {
        await reportFaults(file, parsed.errors, warnings, io, options.json);
        return;
      }
      const measured = metrics(program);
      const remarks = lint(program);
      if (options.json) {
        const all = [
          ...warnings,
          ...remarks.map(({ message, about }) => ({ severity: 'warning', about, message })),
        ];
        const { kind } = program.output;
        const read = program.output.kind === 'accept' ? program.output.read : 'next';
        const report = { ok: true, file, errors: [], warnings: all, output: kind, read, ...measured };
        await io.out(`${JSON.stringify(report)}\n`);
      } else {
        await io.out(checkText(file, program, measured));
        if (warnings.length > 0) io.say(faultsText(warnings, file));
        for (const { message } of remarks) io.say(`warning: ${message}`);
      }
    });
}

interface RunOptions {
  input?: string[];
  generate?: true;
  maxSteps: number;
  json?: true;
}

function registerRun(crasp: Command, io: Io): void {
  crasp
    .command('run')
    .description('what a program says about inputs: accepted or not, what comes next, or what it generates')
    .argument('<file>', 'a .crasp file')
    .option(
      '--input <symbols>',
      'symbols separated by blanks; may be repeated (default: standard input, one string a line, an empty line is the empty string)',
      (text: string, before: string[] = []) => [...before, text],
    )
    .option('--generate', 'go on with next[…] until <eos> and print what was added (without the <eos>)')
    .option(
      '--max-steps <count>',
      'symbols to generate at most',
      wholeNumber('--max-steps', { min: 1 }),
      10_000,
    )
    .option('--json', 'one JSON object a line: {input, accept}, {input, next} or {input, output}')
    .addHelpText(
      'after',
      '\nExample:\n  $ lengthwise crasp run examples/crasp/majority.crasp --input "a b a"',
    )
    .action(async (file: string, options: RunOptions) => {
      const loaded = await load(file, io, options.json);
      if (loaded === null) return;
      const { splitInput } = await import('../../crasp/index.ts');
      const { answerLines } = await import('./text.ts');
      const answer = await answerLines(loaded.program, options);
      if (options.input !== undefined) {
        await writeAnswers(io, answer, options.input.map(splitInput), (index) => `input ${index + 1}`);
        return;
      }
      if (io.inputIsTerminal)
        throw new UserError('no input: give --input "a b a", or lines on standard input');
      for await (const { lines, first } of batches(io.input())) {
        await writeAnswers(io, answer, lines.map(splitInput), (index) => `line ${first + index}`);
      }
    });
}

/** Writes the answers; an input at fault ends it, after the answers to those before it, with an error that says which. */
async function writeAnswers(
  io: Io,
  answer: Answer,
  inputs: string[][],
  place: (index: number) => string,
): Promise<void> {
  const faults: UserError[] = [];
  const lines = answer(inputs, (error, index) => {
    faults.push(new UserError(`${place(index)}: ${messageOf(error)}`));
  });
  await writeLines(io, lines);
  if (faults.length > 0) throw faults[0];
}

/** Lines that are read before they are answered together. */
const BATCH = 4096;

async function* batches(
  stream: NodeJS.ReadableStream,
): AsyncIterable<{ readonly lines: string[]; readonly first: number }> {
  let lines: string[] = [];
  let first = 1;
  for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
    lines.push(line);
    if (lines.length < BATCH) continue;
    yield { lines, first };
    first += lines.length;
    lines = [];
  }
  if (lines.length > 0) yield { lines, first };
}

function registerTrace(crasp: Command, io: Io): void {
  crasp
    .command('trace')
    .description("every operation's value at every position of one input")
    .argument('<file>', 'a .crasp file')
    .requiredOption('--input <symbols>', 'symbols separated by blanks')
    .option(
      '--html <file>',
      'write a page on which pointing at a value shows what it was made from',
      outputFile('--html'),
    )
    .option('--json', 'one JSON object: {input, symbols, result, rows, outputs}')
    .addHelpText(
      'after',
      '\nExample:\n  $ lengthwise crasp trace examples/crasp/dyck1.crasp --input "( ( ) )"',
    )
    .action(async (file: string, options: { input: string; html?: string; json?: true }) => {
      const loaded = await load(file, io, options.json);
      if (loaded === null) return;
      const { splitInput, trace, tracePage, traceTable } = await import('../../crasp/index.ts');
      const input = splitInput(options.input);
      const traced = trace(loaded.program, input);
      if (options.html !== undefined) {
        await writeText(io, options.html, tracePage(traced, `${file} on '${input.join(' ')}'`));
        io.say(`wrote ${options.html}`);
      }
      if (options.json) await io.out(`${JSON.stringify({ input: input.join(' '), ...traced })}\n`);
      else if (options.html === undefined) await io.out(traceTable(traced, io.columns ?? 120));
    });
}

interface FormatOptions {
  write?: true;
  check?: true;
  json?: true;
}

function registerFormat(crasp: Command, io: Io): void {
  crasp
    .command('fmt')
    .description('programs in the one way to write them, comments kept')
    .argument('<file...>', '.crasp files')
    .option('--write', 'rewrite the files instead of printing them')
    .option('--check', 'print nothing but the files that are not formatted; exit code 1 if there are any')
    .option('--json', 'one JSON object a line: {file, formatted, changed, text}')
    .addHelpText('after', '\nExample:\n  $ lengthwise crasp fmt examples/crasp/majority.crasp')
    .action(async (files: string[], options: FormatOptions) => {
      for (const file of files) await formatFile(file, options, io);
    });
}

async function formatFile(file: string, options: FormatOptions, io: Io): Promise<void> {
  const { CraspError, format } = await import('../../crasp/index.ts');
  const before = readProgram(file);
  let text: string;
  try {
    text = format(before);
  } catch (error) {
    if (!(error instanceof CraspError)) throw error;
    await reportFaults(file, error.errors, [], io, options.json);
    return;
  }
  const changed = text !== before;
  if (options.write && changed) await writeText(io, file, text);
  if (options.check && changed && process.exitCode === undefined) process.exitCode = 1;
  if (options.json) await io.out(`${JSON.stringify({ file, formatted: !changed, changed, text })}\n`);
  else if (options.check || options.write) await io.out(changed ? `${file}\n` : '');
  else await io.document(text);
}

interface SearchCommandOptions {
  upTo: number;
  maxConfigurations: number;
  json?: true;
}

function addSearchOptions(command: Command): Command {
  return command
    .option(
      '--up-to <N>',
      'the longest strings to compare',
      wholeNumber('--up-to', { min: 0, max: 100_000 }),
      12,
    )
    .option(
      '--max-configurations <count>',
      'give up beyond that many (a million take about half a gigabyte)',
      wholeNumber('--max-configurations', { min: 1, max: 10_000_000 }),
      1_000_000,
    )
    .option('--json', 'one JSON object');
}

/** A search over fewer configurations is over before one has read that it goes on. */
const WORTH_TELLING = 20_000;

function searchOptions(options: SearchCommandOptions, io: Io): SearchOptions {
  return {
    maxConfigurations: options.maxConfigurations,
    signal: io.signal,
    onLength: (length, configurations) => {
      if (configurations < WORTH_TELLING) return;
      io.progress(`strings of length ${length} of ${options.upTo}, ${configurations} configurations`);
    },
  };
}

function registerEqual(crasp: Command, io: Io): void {
  const command = crasp
    .command('equal')
    .description('whether two programs say the same of every string up to a length; exact')
    .argument('<A>', 'a .crasp file')
    .argument('<B>', 'a .crasp file');
  addSearchOptions(command)
    .addHelpText(
      'after',
      '\nExample:\n  $ lengthwise crasp equal examples/crasp/dyck1.crasp examples/crasp/dyckk.crasp --up-to 8',
    )
    .action(async (fileA: string, fileB: string, options: SearchCommandOptions) => {
      const a = await load(fileA, io, options.json);
      const b = await load(fileB, io, options.json);
      if (a === null || b === null) return;
      const { equality } = await import('./proof.ts');
      const { comparisonJson, comparisonText } = await import('./text.ts');
      const { comparison, proof } = equality(a.program, b.program, options.upTo, searchOptions(options, io));
      if (options.json) {
        await io.out(`${JSON.stringify({ a: fileA, b: fileB, ...comparisonJson(comparison, proof) })}\n`);
      } else await io.out(comparisonText(comparison, [fileA, fileB], proof));
    });
}

function registerRefute(crasp: Command, io: Io): void {
  const command = crasp
    .command('refute')
    .description('a string on which a program and a regular language differ')
    .argument('<program>', 'a .crasp file that accepts')
    .requiredOption('--regex <expression>', "a regular expression over the program's alphabet");
  addSearchOptions(command)
    .addHelpText(
      'after',
      "\nExample:\n  $ lengthwise crasp refute examples/crasp/parity4.crasp --regex 'b*(ab*ab*)*' --up-to 8",
    )
    .action(async (file: string, options: SearchCommandOptions & { regex: string }) => {
      const loaded = await load(file, io, options.json);
      if (loaded === null) return;
      const { refute } = await import('./refute.ts');
      const found = refute(loaded.program, options.regex, options.upTo, searchOptions(options, io));
      if (options.json)
        await io.out(`${JSON.stringify({ program: file, regex: options.regex, ...found.json })}\n`);
      else await io.out(found.text(file));
    });
}

/** Compiles a file; on errors prints them all, sets the exit code and gives null. */
async function load(file: string, io: Io, json?: true): Promise<Loaded | null> {
  const { parse } = await import('../../crasp/index.ts');
  const text = readProgram(file);
  const parsed = parse(text);
  if (parsed.program !== undefined) return { file, text, program: parsed.program };
  await reportFaults(file, parsed.errors, parsed.warnings, io, json);
  return null;
}

/** All that is wrong with a program, as text on stderr or as JSON on stdout; the exit code is 2 then. */
async function reportFaults(
  file: string,
  errors: readonly Diagnostic[],
  warnings: readonly Diagnostic[],
  io: Io,
  json?: true,
): Promise<void> {
  const { faultsText } = await import('./text.ts');
  if (json) await io.out(`${JSON.stringify({ ok: false, file, errors, warnings })}\n`);
  else io.say(faultsText([...errors, ...warnings], file));
  process.exitCode = 2;
}

function readProgram(file: string): string {
  try {
    return readTextFile(file, MAX_PROGRAM_BYTES);
  } catch (error) {
    throw new UserError(`cannot read the program ${file}: ${fileFault(error)}`);
  }
}

async function writeText(io: Io, file: string, text: string): Promise<void> {
  try {
    await io.write(file, text);
  } catch (error) {
    if (error instanceof DiskFullError) throw error;
    throw new UserError(`cannot write ${file}: ${fileFault(error, 'write')}`);
  }
}
