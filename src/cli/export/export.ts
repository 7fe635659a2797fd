/** `lengthwise export`: the rows of a study or a measurement as a table for other programs, or its results as one file. */
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { fileFault, UserError } from '../../common/errors.ts';
import { unknownName } from '../../common/nearest.ts';
import type { Format, Sink } from '../../common/table/formats.ts';
import type { Column, TableRow } from '../../common/table/table.ts';
import type { Io, Register } from '../shared/command.ts';
import { draftOf, type Draft } from '../../common/draft.node.ts';
import { isMeasurementFolder, isStudyFolder, refuseFolder } from '../shared/folders.ts';
import { filePath, oneOf, outputFile } from '../shared/options.ts';
import { exportResults } from './results.ts';

const FORMATS = ['csv', 'jsonl', 'parquet'] as const satisfies readonly Format[];

/** What tables were called before. */
const OLDER_NAMES: Readonly<Record<string, string>> = { instances: 'samples' };

interface ExportFlags {
  format?: Format;
  table?: string;
  results?: string;
  out?: string;
  json?: true;
}

export const registerExport: Register = (program, io) => {
  program
    .command('export')
    .description(
      'the rows of a study or a measurement as CSV, JSON lines or Parquet; its results as one JSON file',
    )
    .argument('<dir>', 'the folder of a study or a measurement, finished or not', filePath('the folder'))
    .option(
      '--format <format>',
      'csv, jsonl or parquet (default: as the name of --out ends, else csv)',
      oneOf('format', FORMATS),
    )
    .option(
      '--table <table>',
      'cells (the default), horizons, samples, asked; of a measurement also asymmetries and runs, of a study also progress, trained, finetuned, finetuned-cells, gaps, explanations, heads, edges, fixes, fix-lengths, verdicts and items (docs/export.md)',
    )
    .option('--out <file>', 'where to write it (default: standard output)', outputFile('--out'))
    .option(
      '--results <file>',
      'write a portable record of the results instead of a table, for `compare`',
      outputFile('--results'),
    )
    .option(
      '--json',
      'with --out or --results: print what was written as a JSON object; else the same as --format jsonl',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  $ lengthwise export runs/quick --table cells --format parquet --out cells.parquet\n' +
        '  $ lengthwise export runs/quick --results quick.json',
    )
    .action(async (folder: string, flags: ExportFlags) => {
      await (flags.results === undefined
        ? exportTable(folder, flags, io)
        : exportResults(folder, { ...flags, results: flags.results }, io));
      await sayDoubts(folder, io);
    });
};

async function sayDoubts(folder: string, io: Io): Promise<void> {
  if (!(await isMeasurementFolder(folder))) return;
  const { contradictionsIn, lackingIn } = await import('../../measure/gather/folder.node.ts');
  for (const lacking of lackingIn(folder)) io.say(`incomplete: ${lacking}`);
  for (const line of contradictionsIn(folder)) io.say(line);
}

/** A table of some folder, ready to be read. */
interface OpenTable {
  readonly name: string;
  readonly columns: readonly Column[];
  rows(): Iterable<TableRow>;
  close(): void;
}

async function exportTable(folder: string, flags: ExportFlags, io: Io): Promise<void> {
  const { writeTable } = await import('../../common/table/formats.ts');
  const format = formatOf(flags, io);
  const table = await openTable(folder, flags.table ?? 'cells');
  try {
    const write = (sink: Sink) => writeTable(format, table.columns, table.rows(), sink);
    if (flags.out === undefined) {
      await write(io.stdout.isTTY === true ? toTerminal(io) : toStream(io.stdout));
      return;
    }
    const rows = await toFile(flags.out, write);
    const said = { table: table.name, format, rows, file: flags.out };
    await io.out(
      flags.json ? `${JSON.stringify(said)}\n` : `${rows} rows of the table ${table.name}: ${flags.out}\n`,
    );
  } finally {
    table.close();
  }
}

async function openTable(folder: string, wanted: string): Promise<OpenTable> {
  if (await isMeasurementFolder(folder)) {
    const { measurementTables } = await import('../../measure/export/tables.node.ts');
    const { name, columns, rows } = tableNamed(wanted, measurementTables);
    return { name, columns, rows: () => rows(folder), close: () => undefined };
  }
  if (!(await isStudyFolder(folder))) refuseFolder(folder);
  const { tables } = await import('../../study/export/tables.ts');
  const { openReader } = await import('../../study/store/index.ts');
  const { name, columns, rows } = tableNamed(wanted, tables);
  const reader = openReader(folder);
  return { name, columns, rows: () => rows(reader), close: () => reader.close() };
}

function tableNamed<T extends { readonly name: string }>(wanted: string, tables: readonly T[]): T {
  const known = tables.find(({ name }) => name === (OLDER_NAMES[wanted] ?? wanted));
  if (known !== undefined) return known;
  const names = tables.map(({ name }) => name);
  throw new UserError(unknownName('table', wanted, names));
}

function formatOf({ format, json, out }: ExportFlags, { stdout }: Io): Format {
  if (json && out === undefined) {
    if (format !== undefined && format !== 'jsonl') {
      throw new UserError(`--json without --out writes JSON lines, not ${format}: leave one of them away`);
    }
    return 'jsonl';
  }
  if (format === 'parquet' && out === undefined && stdout.isTTY === true) {
    throw new UserError('a Parquet file is no text for a terminal: name a file with --out');
  }
  return format ?? formatNamed(out) ?? 'csv';
}

/** Other endings of JSON lines. */
const OTHER_ENDINGS: Readonly<Record<string, Format>> = { '.ndjson': 'jsonl' };

/** The format that a file's name tells, as far as it tells one. */
function formatNamed(file = ''): Format | undefined {
  const ending = path.extname(file).toLowerCase();
  return FORMATS.find((format) => ending === `.${format}`) ?? OTHER_ENDINGS[ending];
}

function toStream(stream: NodeJS.WritableStream): Sink {
  return async (bytes) => {
    if (!stream.write(bytes)) await once(stream, 'drain');
  };
}

/** A table on a terminal is for people: foreign text in it is not obeyed. */
function toTerminal(io: Io): Sink {
  const decoder = new TextDecoder();
  return (bytes) => io.out(decoder.decode(bytes, { stream: true }));
}

/** Writes a file whole or not at all. */
async function toFile(file: string, write: (sink: Sink) => Promise<number>): Promise<number> {
  let draft: Draft | undefined;
  try {
    draft = draftOf(file);
    const handle = await open(draft.path, 'w');
    const rows = await write((bytes) => handle.appendFile(bytes)).finally(() => handle.close());
    draft.keep();
    return rows;
  } catch (error) {
    draft?.discard();
    throw await fileError(error, file);
  }
}

async function fileError(error: unknown, file: string): Promise<unknown> {
  const { isDiskFull } = await import('../../study/store/index.ts');
  if (isDiskFull(error)) return new Error(`the disk is full: ${file} was not written`);
  const fromSystem = (error as NodeJS.ErrnoException).syscall !== undefined;
  if (!fromSystem) return error;
  return new UserError(`cannot write ${file}: ${fileFault(error, 'write')}; name another file with --out`);
}
