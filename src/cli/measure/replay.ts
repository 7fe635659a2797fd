/** `lengthwise replay`: scores outputs that somebody else recorded, with the tables of `measure`. */
import type { Replayed, ReplayOptions, Scoring } from '../../respond/recording/replay.ts';
import type { FieldNames, SymbolLayout } from '../../respond/recording/record.ts';
import type { LengthGroup } from '../../respond/recording/length-groups.ts';
import type { CellRow } from '../../score/tables/rows.ts';
import type { Summary } from '../../score/tables/summary.ts';
import { UserError } from '../../common/errors.ts';
import type { Register } from '../shared/command.ts';
import { oneOf, realNumber } from '../shared/options.ts';
import { recordedTasks } from './recorded-tasks.ts';

interface Options {
  readonly task: string;
  readonly scoring: Scoring;
  readonly threshold: number;
  readonly sourceField?: string;
  readonly queryField?: string;
  readonly goldField?: string;
  readonly outputField?: string;
  readonly records?: string;
  readonly symbols?: SymbolLayout;
  readonly json?: true;
}

/** One file that was replayed. */
export interface Recording {
  readonly file: string;
  readonly task: string;
  readonly replayed: Replayed;
}

/** Everything that was replayed, and its tables. */
export interface ReplayResult {
  readonly recordings: readonly Recording[];
  /** All answers together. */
  readonly all: CellRow;
  /** Every length by itself. */
  readonly summary: Summary;
  /** Neighbouring lengths together where there are very many of them. */
  readonly groups: readonly LengthGroup[];
  readonly grouped: Summary;
}

export const registerReplay: Register = (program, io) => {
  program
    .command('replay')
    .description('scores recorded outputs (JSONL), and compares their right answers with the oracle')
    .argument('<files...>', 'one JSON object a line; the field names of the paper’s authors are recognised')
    .requiredOption(
      '--task <name>',
      'what was asked: UL, git-revert, … (see `lengthwise tasks list`); or one name for each file: UL,UR',
    )
    .option(
      '--scoring <which>',
      'ours, or authors: as the paper’s authors released it, oddities and all',
      oneOf('scoring', ['ours', 'authors'] satisfies Scoring[]),
      'ours',
    )
    .option(
      '--threshold <share>',
      'what the horizon has to keep',
      realNumber('--threshold', { min: 0, max: 1 }),
      0.9,
    )
    .option('--source-field <name>', 'the field with the source (and `|query`); a.b is the field b in a')
    .option('--query-field <name>', 'the field with the query')
    .option('--gold-field <name>', 'the field with the right answer')
    .option('--output-field <name>', 'the field with the output')
    .option('--records <path>', 'the list of records inside one JSON value: results.results')
    .option(
      '--symbols <how>',
      'how symbols stand in the texts: characters, blanks (between them), lines',
      oneOf('value of --symbols', ['characters', 'blanks', 'lines'] satisfies SymbolLayout[]),
    )
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  $ lengthwise replay examples/recorded/UL.jsonl --task UL\n  $ lengthwise replay examples/recorded/UL.jsonl examples/recorded/UR.jsonl --task UL,UR',
    )
    .action(async (files: string[], options: Options) => {
      const result = await replayAll(files, options);
      const { replayText } = await import('./replay-text.ts');
      await io.out(options.json ? `${JSON.stringify(resultJson(options, result))}\n` : replayText(result));
    });
};

async function replayAll(files: readonly string[], options: Options): Promise<ReplayResult> {
  const { recordsOf } = await import('../../respond/recording/file.node.ts');
  const { noRecords } = await import('../../measure/reading/recording.node.ts');
  const { replay } = await import('../../respond/recording/replay.ts');
  const { byLengthGroup } = await import('../../respond/recording/length-groups.ts');
  const { summarize } = await import('../../score/tables/summary.ts');
  const { Cell, Tally } = await import('../../score/tables/tally.ts');
  const tasks = await recordedTasks(options.task, files.length);
  const tally = new Tally();
  const recordings: Recording[] = [];
  for (const [i, file] of files.entries()) {
    const fields = fieldNames(options);
    const replayOptions: ReplayOptions = { task: tasks[i], scoring: options.scoring, fields, tally };
    const replayed = await replay(recordsOf(file, fields), replayOptions);
    if (replayed.records === 0) throw new UserError(noRecords(file, replayed));
    recordings.push({ file, task: tasks[i].name, replayed });
  }
  const groups = byLengthGroup(tally.all(), options.threshold);
  return {
    recordings,
    all: Cell.together('all', 0, tally.all()).row(),
    summary: summarize(tally.all(), options.threshold),
    groups,
    grouped: summarize(
      groups.map(({ cell }) => cell),
      options.threshold,
    ),
  };
}

function fieldNames({
  sourceField,
  queryField,
  goldField,
  outputField,
  records,
  symbols,
}: Options): FieldNames {
  return {
    ...(sourceField === undefined ? {} : { source: sourceField }),
    ...(queryField === undefined ? {} : { query: queryField }),
    ...(goldField === undefined ? {} : { gold: goldField }),
    ...(outputField === undefined ? {} : { output: outputField }),
    ...(records === undefined ? {} : { records }),
    ...(symbols === undefined ? {} : { symbols }),
  };
}

function resultJson(options: Options, { recordings, all, summary, groups, grouped }: ReplayResult): object {
  const { n, correct, accuracy, low, high, errors, truncated, failed } = all;
  const pooled = (task: string): boolean =>
    groups.some((group) => group.cell.task === task && group.from < group.to);
  const files = recordings.map(({ file }) => file);
  const [first] = recordings;
  return {
    respondent: { kind: 'recording', ...(files.length === 1 ? { file: first.file } : { files }) },
    task: options.task,
    scoring: options.scoring,
    ...{ n, correct, accuracy, low, high, errors, truncated, failed },
    rows: summary.rows,
    horizons: grouped.horizons.map((horizon) => ({ ...horizon, pooled: pooled(horizon.task) })),
    asymmetries: summary.asymmetries,
    ...(recordings.length === 1
      ? recordingJson(first)
      : {
          recordings: recordings.map((recording) => ({ file: recording.file, ...recordingJson(recording) })),
        }),
  };
}

function recordingJson({ task, replayed }: Recording): object {
  const { records, bad, badLines, contradicting, contradictions, correctByOracle } = replayed;
  const { examples, authors, answeredByOracle, all } = replayed;
  const { n, correct, accuracy, low, high, failed } = all.row();
  return {
    ...{ task, n, correct, accuracy, low, high, failed, records },
    ...{ bad, badLines },
    oracle: {
      ...{ contradicting, contradictions, answered: answeredByOracle },
      correct: correctByOracle,
      accuracy: n === 0 ? 0 : correctByOracle / n,
    },
    examples,
    ...(authors === undefined ? {} : { authors }),
  };
}
