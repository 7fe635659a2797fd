/** `lengthwise replay`: scores outputs that somebody else recorded, with the tables of `measure`. */
import type { AuthorsScores, Replayed, ReplayOptions, Scoring } from '../measure/replay/replay.ts';
import type { FieldNames, SymbolLayout } from '../measure/replay/record.ts';
import type { Summary } from '../measure/summary.ts';
import { UserError } from '../common/errors.ts';
import type { Register } from './command.ts';
import { oneOf, realNumber } from './options.ts';

interface Options {
  readonly task: string;
  readonly scoring: Scoring;
  readonly threshold: number;
  readonly sourceField?: string;
  readonly queryField?: string;
  readonly goldField?: string;
  readonly outputField?: string;
  readonly symbols?: SymbolLayout;
  readonly json?: true;
}

/** Lines about bad records and contradictions that a person reads; the others are counted. `--json` has them all. */
const SHOWN = 5;

export const registerReplay: Register = (program, io) => {
  program
    .command('replay')
    .description('scores recorded outputs (JSONL), and compares their right answers with the oracle')
    .argument('<file>', 'one JSON object a line; the field names of the paper’s authors are recognised')
    .requiredOption('--task <name>', 'what was asked: UL, git-revert, … (see `lengthwise tasks list`)')
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
    .option('--source-field <name>', 'the field with the source (and `|query`)')
    .option('--query-field <name>', 'the field with the query')
    .option('--gold-field <name>', 'the field with the right answer')
    .option('--output-field <name>', 'the field with the output')
    .option(
      '--symbols <how>',
      'how symbols stand in the texts: characters, blanks (between them), lines',
      oneOf('value of --symbols', ['characters', 'blanks', 'lines'] satisfies SymbolLayout[]),
    )
    .option('--json', 'one JSON object')
    .addHelpText('after', '\nExample:\n  $ lengthwise replay examples/recorded/UL.jsonl --task UL')
    .action(async (file: string, options: Options) => {
      const { askableNamed } = await import('../measure/askable.ts');
      const { linesOf } = await import('../measure/replay/lines.node.ts');
      const { replay } = await import('../measure/replay/replay.ts');
      const { summarize } = await import('../measure/summary.ts');
      const replayOptions: ReplayOptions = {
        task: askableNamed(options.task),
        scoring: options.scoring,
        fields: fieldNames(options),
      };
      const replayed = await replay(linesOf(file), replayOptions);
      if (replayed.records === 0) throw new UserError(noRecords(file, replayed));
      const summary = summarize(replayed.cells, options.threshold);
      await io.out(
        options.json
          ? `${JSON.stringify(resultJson(file, options, replayed, summary))}\n`
          : await resultText(replayed, summary, options.scoring),
      );
    });
};

function fieldNames({ sourceField, queryField, goldField, outputField, symbols }: Options): FieldNames {
  return {
    ...(sourceField === undefined ? {} : { source: sourceField }),
    ...(queryField === undefined ? {} : { query: queryField }),
    ...(goldField === undefined ? {} : { gold: goldField }),
    ...(outputField === undefined ? {} : { output: outputField }),
    ...(symbols === undefined ? {} : { symbols }),
  };
}

function noRecords(file: string, { badLines }: Replayed): string {
  if (badLines.length === 0) return `${file} is empty: there is nothing to score`;
  const [{ line, reason }] = badLines;
  return `${file} has no record that can be read; line ${line}: ${reason}`;
}

function resultJson(file: string, options: Options, replayed: Replayed, summary: Summary): object {
  const { records, correctByOracle, badLines, contradictions, examples, authors } = replayed;
  const { n, correct, accuracy, low, high, errors } = overall(replayed);
  return {
    respondent: { kind: 'recording', file },
    task: options.task,
    scoring: options.scoring,
    ...{ n, correct, accuracy, low, high, errors },
    rows: summary.rows,
    horizons: summary.horizons,
    asymmetries: summary.asymmetries,
    records,
    badLines,
    oracle: { contradictions, correct: correctByOracle, accuracy: correctByOracle / records },
    examples,
    ...(authors === undefined ? {} : { authors }),
  };
}

async function resultText(replayed: Replayed, summary: Summary, scoring: Scoring): Promise<string> {
  const { cellTable, horizonText, percent } = await import('../measure/print.ts');
  const { n, correct, accuracy, low, high } = overall(replayed);
  const lines = [cellTable(summary.rows), ''];
  lines.push(
    `all lengths: ${correct} of ${n} right, ${percent(accuracy)} (${percent(low)} – ${percent(high)})`,
  );
  for (const horizon of summary.horizons) {
    const at = `${100 * horizon.threshold} %`;
    lines.push(`horizon at ${at}, by the interval's lower end: ${horizonText(horizon, summary.rows)}`);
  }
  lines.push(...badLineTexts(replayed), ...contradictionTexts(replayed));
  if (replayed.authors !== undefined) lines.push(...(await authorsTexts(replayed.authors, scoring)));
  return `${lines.join('\n')}\n`;
}

function badLineTexts({ badLines }: Replayed): string[] {
  if (badLines.length === 0) return [];
  const shown = badLines.slice(0, SHOWN).map(({ line, reason }) => `  line ${line}: ${reason}`);
  return [
    '',
    `${badLines.length} lines are no records and were not scored:`,
    ...shown,
    ...more(badLines.length),
  ];
}

function contradictionTexts({ contradictions, correctByOracle, records }: Replayed): string[] {
  if (contradictions.length === 0) return [];
  const shown = contradictions
    .slice(0, SHOWN)
    .map(({ line, gold, reason }) => `  line ${line}: recorded '${gold}', but ${reason}`);
  return [
    '',
    `${contradictions.length} recorded answers contradict the task's oracle (${correctByOracle} of ${records} right by the oracle):`,
    ...shown,
    ...more(contradictions.length),
  ];
}

function more(count: number): string[] {
  return count > SHOWN ? [`  … and ${count - SHOWN} more (--json has them)`] : [];
}

async function authorsTexts({ quirks: counts, text }: AuthorsScores, scoring: Scoring): Promise<string[]> {
  if (scoring !== 'authors') return [];
  const { quirks } = await import('../measure/scoring/authors/quirks.ts');
  const lines = Object.entries(counts).map(([name, count]) => {
    const quirk = quirks[name as keyof typeof quirks];
    return `  ${quirk.title}, ${count} records: ${quirk.description}`;
  });
  const head = lines.length === 0 ? [] : ['', 'where the released scoring is odd:', ...lines];
  if (text === undefined) return head;
  const show = ({ overall: all, deterministic, nonDeterministic }: typeof text.corrected): string =>
    `${all.toFixed(4)} overall, ${deterministic.toFixed(4)} deterministic, ${nonDeterministic.toFixed(4)} other`;
  const released = text.released === null ? 'nothing was compared' : show(text.released);
  return [
    ...head,
    '',
    `as released: ${text.exact} exact, ${text.mismatch} too short, ${text.compared} compared: ${released}`,
    `corrected, all records: ${show(text.corrected)}`,
  ];
}

interface Overall {
  readonly n: number;
  readonly correct: number;
  readonly accuracy: number;
  readonly low: number;
  readonly high: number;
  readonly errors: Readonly<Record<string, number>>;
}

/** All cells together. */
function overall({ all }: Replayed): Overall {
  return all.row();
}
