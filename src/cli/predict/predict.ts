/** `lengthwise predict`: whether a task, a language or a program is in, with a certificate. */
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { fileFault, messageOf, UserError } from '../../common/errors.ts';
import { readTextFile } from '../../common/read-text.node.ts';
import type * as Predict from '../../predict/index.ts';
import type { Fragment, Prediction, Read } from '../../predict/index.ts';
import { writeCertificateFile } from './certificate-file.ts';
import type { Io, Register } from '../shared/command.ts';
import { filePath, oneOf, outputFile, wholeNumber } from '../shared/options.ts';
import { predictionText, residualsText, tableText } from './text.ts';

/** An automaton of 1,000 states and 50 symbols has about 600,000 characters. */
const MAX_FILE_BYTES = 20_000_000;
/** Of a file of expressions: a hundred times what an expression may have. */
const MAX_LINE = 1_000_000;

interface Options {
  regex?: string;
  alphabet?: string;
  dfa?: string;
  program?: string;
  regexFile?: string;
  fragment?: Fragment;
  read?: Read;
  certificate?: string;
  residuals?: true;
  upTo?: number;
  json?: true;
}

export const registerPredict: Register = (program, io) => {
  program
    .command('predict')
    .description(
      'whether a transformer can learn a task or a language so that it holds at every length, and why',
    )
    .argument(
      '[task...]',
      'tasks (see `lengthwise tasks list`); without anything to predict: the table of all',
    )
    .option('--regex <expression>', 'a regular expression: | * + ? {n,m} [abc] . ~ & || and ( )')
    .option('--alphabet <symbols>', 'the symbols of the language, as in ab; by default those that occur')
    .option(
      '--dfa <file>',
      'an automaton: JSON, or lines `from to symbol` as OpenFST and foma write them',
      filePath('--dfa'),
    )
    .option('--program <file>', 'a .crasp program', filePath('--program'))
    .option(
      '--regex-file <file>',
      'one expression a line (- for standard input): one JSON object a line comes out',
      filePath('--regex-file'),
    )
    .option(
      '--fragment <name>',
      'plain (no positions) or pos (periodic and local); default: pos for tasks, plain for languages',
      oneOf('fragment', ['plain', 'pos']),
    )
    .option(
      '--read <where>',
      'where the answer is read: eos (the default) or last',
      oneOf('value of --read', ['eos', 'last']),
    )
    .option(
      '--certificate <out>',
      'write the certificate of the one verdict to a file, after checking it',
      outputFile('--certificate'),
    )
    .option(
      '--residuals',
      'how much a program has to remember for each task: prefixes that differ, by length',
    )
    .option('--up-to <length>', 'with --residuals: the longest prefixes', wholeNumber('--up-to', { min: 1 }))
    .option('--json', 'one JSON object, or an array for several subjects')
    .addHelpText(
      'after',
      '\nExample:\n  $ lengthwise predict NRLast\n  $ lengthwise predict --regex "(ab|ba)*" --alphabet ab\n' +
        '  $ lengthwise predict --regex "(a|b)*b" --read last --certificate ends-in-b.json',
    )
    .action(async (tasks: string[], options: Options) => {
      checkTogether(tasks, options);
      const predict = await import('../../predict/index.ts');
      if (options.residuals) await countResiduals(predict, tasks, options, io);
      else if (options.regexFile !== undefined) await predictLines(predict, options, io);
      else if (tasks.length === 0 && subjects(options) === 0) await predictAllTasks(predict, options, io);
      else await predictSubjects(predict, tasks, options, io);
    });
};

function subjects({ regex, dfa, program }: Options): number {
  return [regex, dfa, program].filter((given) => given !== undefined).length;
}

/** Options that have nothing to say together are refused rather than ignored. */
function checkTogether(tasks: readonly string[], options: Options): void {
  const count = tasks.length + subjects(options);
  const { alphabet, regex, dfa, regexFile, residuals, upTo, certificate } = options;
  if (regexFile !== undefined && count > 0)
    throw new UserError('--regex-file stands alone: leave out other subjects');
  if (
    alphabet !== undefined &&
    regex === undefined &&
    dfa === undefined &&
    regexFile === undefined &&
    !residuals
  )
    throw new UserError('--alphabet needs --regex, --regex-file, --dfa or --residuals');
  if (upTo !== undefined && !residuals) throw new UserError('--up-to needs --residuals');
  if (residuals && (subjects(options) > 0 || regexFile !== undefined || certificate !== undefined))
    throw new UserError('--residuals is about tasks: give their names, or nothing for all');
  if (certificate !== undefined && count !== 1)
    throw new UserError(
      `--certificate writes one certificate, and there ${count === 0 ? 'is no subject' : `are ${count} subjects`}`,
    );
}

async function predictSubjects(
  predict: typeof Predict,
  tasks: readonly string[],
  options: Options,
  io: Io,
): Promise<void> {
  const { fragment, read } = options;
  const progress = (line: string): void => io.progress(line);
  const predictions = tasks.map((task) => predict.predictTask(task, { fragment, read }));
  const alphabet = options.alphabet === undefined ? undefined : predict.parseAlphabet(options.alphabet);
  let language: Language | undefined;
  if (options.regex !== undefined) {
    language = readRegex(predict, options.regex, alphabet, io);
    predictions.push(predict.predictLanguage(language.dfa, language.about, { fragment, read, progress }));
  }
  if (options.dfa !== undefined) {
    const text = readText(options.dfa);
    predictions.push(
      predict.predictAutomaton(text, path.basename(options.dfa), { fragment, read, alphabet, progress }),
    );
  }
  if (options.program !== undefined)
    predictions.push(await predictProgramFile(predict, options.program, options, io));
  await writeCertificate(predict, predictions[0], options.certificate, io);
  if (options.json) {
    await io.out(`${JSON.stringify(predictions.length === 1 ? predictions[0] : predictions)}\n`);
    return;
  }
  const texts: string[] = [];
  for (const prediction of predictions) {
    const remarks = remarksOn(predict, prediction, options, language);
    texts.push(predictionText(prediction, await programSize(prediction), remarks));
  }
  await io.out(texts.join('\n'));
}

type Language = ReturnType<typeof Predict.languageOf>;

function readRegex(
  predict: typeof Predict,
  regex: string,
  alphabet: readonly string[] | undefined,
  io: Io,
): Language {
  try {
    return predict.languageOf(regex, alphabet);
  } catch (error) {
    if (error instanceof predict.RegexError) io.say(error.excerpt);
    throw error;
  }
}

async function predictProgramFile(
  predict: typeof Predict,
  file: string,
  { fragment, read }: Options,
  io: Io,
): Promise<Prediction> {
  const { parse, renderDiagnostic } = await import('../../crasp/index.ts');
  const text = readText(file);
  const { errors } = parse(text);
  if (errors !== undefined) {
    for (const error of errors) io.say(renderDiagnostic(error, file));
    throw new UserError(`${file} has ${errors.length === 1 ? 'an error' : `${errors.length} errors`}`);
  }
  return predict.predictProgram(text, path.basename(file), { fragment, read });
}

async function predictAllTasks(
  predict: typeof Predict,
  { fragment, read, json }: Options,
  io: Io,
): Promise<void> {
  const names = predict.predictableTasks();
  if (json) {
    const fragments = fragment === undefined ? (['pos', 'plain'] as const) : [fragment];
    const all = names.flatMap((task) =>
      fragments.map((one) => predict.predictTask(task, { fragment: one, read })),
    );
    await io.out(`${JSON.stringify(all)}\n`);
    return;
  }
  const rows = names.map((task) => ({
    task,
    pos: predict.predictTask(task, { fragment: 'pos' }),
    plain: predict.predictTask(task, { fragment: 'plain' }),
  }));
  await io.out(tableText(rows));
}

/** One object a line, as soon as it is known; a wrong line is an object with its error, and the exit code is 2. */
async function predictLines(predict: typeof Predict, options: Options, io: Io): Promise<void> {
  const { fragment, read, regexFile = '-' } = options;
  const alphabet = options.alphabet === undefined ? undefined : predict.parseAlphabet(options.alphabet);
  const wrong: number[] = [];
  let number = 0;
  for await (const line of linesOf(regexFile, io)) {
    io.signal.throwIfAborted();
    number++;
    const text = line.trim();
    if (text === '') continue;
    try {
      const prediction = predict.predictExpression(text, {
        fragment,
        read,
        alphabet,
        progress: (line) => io.progress(`line ${number}: ${line}`),
      });
      await io.out(`${JSON.stringify(prediction)}\n`);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      wrong.push(number);
      const column = error instanceof predict.RegexError ? error.column : undefined;
      await io.out(`${JSON.stringify({ subject: text, line: number, column, error: messageOf(error) })}\n`);
    }
  }
  if (wrong.length > 0) {
    const listed = wrong.slice(0, 20).join(', ') + (wrong.length > 20 ? ', …' : '');
    const where = regexFile === '-' ? 'standard input' : regexFile;
    throw new UserError(
      wrong.length === 1
        ? `${where}: line ${listed} was not decided`
        : `${where}: ${wrong.length} lines were not decided: lines ${listed}`,
    );
  }
}

async function* linesOf(file: string, io: Io): AsyncGenerator<string> {
  const input = file === '-' ? io.input() : createReadStream(file);
  input.setEncoding('utf8');
  let rest = '';
  try {
    for await (const chunk of input as AsyncIterable<string>) {
      const lines = (rest + chunk).split(/\r?\n/);
      rest = lines.pop() ?? '';
      yield* lines;
      if (rest.length > MAX_LINE) throw new UserError(`a line has more than ${MAX_LINE} characters`);
    }
    if (rest !== '') yield rest;
  } catch (error) {
    throw new UserError(`cannot read ${file}: ${fileFault(error)}`);
  }
}

async function countResiduals(
  predict: typeof Predict,
  tasks: readonly string[],
  options: Options,
  io: Io,
): Promise<void> {
  const names = tasks.length > 0 ? tasks : predict.predictableTasks();
  const alphabet = options.alphabet === undefined ? undefined : predict.parseAlphabet(options.alphabet);
  const counted = names.map((task) => predict.residuals(task, { alphabet, upTo: options.upTo }));
  if (options.json) await io.out(`${JSON.stringify(counted.length === 1 ? counted[0] : counted)}\n`);
  else await io.out(counted.map(residualsText).join('\n'));
}

/** What another way to ask would have said, where it differs. */
function remarksOn(
  predict: typeof Predict,
  prediction: Prediction,
  options: Options,
  language: Language | undefined,
): string[] {
  const { certificate, read, verdict, subject } = prediction;
  if (certificate?.about.kind === 'task') {
    if (options.fragment !== undefined) return [];
    const plain = predict.predictTask(subject, { fragment: 'plain' });
    const why = plain.argument === prediction.argument ? 'for the same reason' : plain.argument;
    return [`Without positions (plain C-RASP): ${plain.verdict}, ${plain.status}. Why: ${why}`];
  }
  if (language === undefined || subject !== options.regex) return [];
  const { otherRead, withPositions } = predict.otherVerdicts(language.dfa, prediction);
  const where = read === 'last' ? 'at <eos>' : 'at the last symbol';
  return [
    ...(otherRead === verdict
      ? []
      : [`It depends on where the answer is read: ${where}, the verdict is '${otherRead}'.`]),
    ...(withPositions === null ? [] : [`With positions (--fragment pos): ${withPositions}.`]),
  ];
}

/** The number of operations of the program in a certificate. */
async function programSize({ certificate }: Prediction): Promise<number | undefined> {
  if (certificate === null) return undefined;
  const { compile, metrics } = await import('../../crasp/index.ts');
  const { evidence, about } = certificate;
  const text =
    evidence.kind === 'program' ? evidence.program : about.kind === 'program' ? about.text : undefined;
  return text === undefined ? undefined : metrics(compile(text)).size;
}

async function writeCertificate(
  predict: typeof Predict,
  { certificate, verdict }: Prediction,
  file: string | undefined,
  io: Io,
): Promise<void> {
  if (file === undefined) return;
  if (certificate === null) {
    io.say(`nothing was written to ${file}: '${verdict}' has no certificate`);
    return;
  }
  await writeCertificateFile(certificate, file, io, (written, isLong) =>
    predict.verifyBesideLiterature(written, (step) => {
      if (isLong) io.progress(`checking whether ${step}`);
    }),
  );
}

function readText(file: string): string {
  try {
    return readTextFile(file, MAX_FILE_BYTES);
  } catch (error) {
    throw new UserError(`cannot read ${file}: ${fileFault(error)}`);
  }
}
