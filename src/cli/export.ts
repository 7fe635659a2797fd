/** `lengthwise export`: a study's rows as a table for other programs. */
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { messageOf, UserError } from '../common/errors.ts';
import type { Format, Sink } from '../common/table/formats.ts';
import type { Io, Register } from './shared/command.ts';
import { draftOf, type Draft } from './shared/draft.ts';
import { filePath, oneOf } from './shared/options.ts';

const FORMATS = ['csv', 'jsonl', 'parquet'] as const satisfies readonly Format[];

interface ExportFlags {
  format?: Format;
  table: string;
  out?: string;
  json?: true;
}

export const registerExport: Register = (program, io) => {
  program
    .command('export')
    .description("a study's rows as CSV, JSON lines or Parquet")
    .argument('<dir>', 'the folder of a study', filePath('the folder'))
    .option('--format <format>', 'csv (the default), jsonl or parquet', oneOf('format', FORMATS))
    .option(
      '--table <table>',
      'cells, horizons, instances, asked, progress, trained, verdicts or items (docs/export.md)',
      'cells',
    )
    .option('--out <file>', 'where to write it (default: standard output)', filePath('--out'))
    .option('--json', 'with --out: say what was written as a JSON object; else the same as --format jsonl')
    .addHelpText(
      'after',
      '\nExample:\n  $ lengthwise export runs/quick --table cells --format parquet --out cells.parquet',
    )
    .action((folder: string, flags: ExportFlags) => exportTable(folder, flags, io));
};

async function exportTable(folder: string, flags: ExportFlags, io: Io): Promise<void> {
  const { tables } = await import('../study/export/tables.ts');
  const { writeTable } = await import('../common/table/formats.ts');
  const { openReader } = await import('../study/store/index.ts');
  const names = tables.map(({ name }) => name);
  const name = oneOf('table', names)(flags.table);
  const table = tables.find((candidate) => candidate.name === name)!;
  const format = formatOf(flags);
  const reader = openReader(folder);
  try {
    const write = (sink: Sink) => writeTable(format, table.columns, table.rows(reader), sink);
    if (flags.out === undefined) {
      await write(process.stdout.isTTY ? toTerminal(io) : toStream(process.stdout));
      return;
    }
    const rows = await toFile(flags.out, write);
    const said = { table: table.name, format, rows, file: flags.out };
    await io.out(
      flags.json ? `${JSON.stringify(said)}\n` : `${rows} rows of the table ${table.name}: ${flags.out}\n`,
    );
  } finally {
    reader.close();
  }
}

function formatOf({ format, json, out }: ExportFlags): Format {
  if (json && out === undefined) {
    if (format !== undefined && format !== 'jsonl') {
      throw new UserError(`--json without --out writes JSON lines, not ${format}: leave one of them away`);
    }
    return 'jsonl';
  }
  if (format === 'parquet' && out === undefined && process.stdout.isTTY) {
    throw new UserError('a Parquet file is no text for a terminal: name a file with --out');
  }
  return format ?? 'csv';
}

function toStream(stream: Writable): Sink {
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
  const { isDiskFull } = await import('../study/store/index.ts');
  if (isDiskFull(error)) return new Error(`the disk is full: ${file} was not written`);
  const fromSystem = (error as NodeJS.ErrnoException).syscall !== undefined;
  if (!fromSystem) return error;
  return new UserError(`cannot write ${file} (${messageOf(error)}): name another file with --out`);
}
