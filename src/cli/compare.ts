/** `lengthwise compare`: several models, or the same on two days, in one table and one report. */
import { existsSync, statSync } from 'node:fs';
import { UserError } from '../common/errors.ts';
import { shellWord } from '../common/shell-word.ts';
import type { Comparable } from '../measure/results/compare-results.ts';
import type { RecordedFile } from '../measure/targets/recording.node.ts';
import type { MeasureReportInput } from '../measure/store/rows.ts';
import type { Register } from './shared/command.ts';
import { respondentsIn } from './shared/folders.ts';
import { outputFile, realNumber } from './shared/options.ts';
import { recordedFiles, recordedTasks } from './measure/recorded-tasks.ts';
import { writeReportText } from './shared/report-file.ts';

interface CompareFlags {
  readonly task?: string;
  readonly threshold?: number;
  readonly out: string;
  readonly json?: true;
}

export const registerCompare: Register = (program, io) => {
  program
    .command('compare')
    .description('several models, or the same on two days, in one table and one report')
    .argument(
      '<folders...>',
      'of measurements (measure --out) or studies; files of results (export --results) or of recorded outputs. The others are compared with the first',
    )
    .option('--task <names>', 'of recorded outputs: what was asked; one name for all files, or one for each')
    .option(
      '--threshold <share>',
      'what the horizons have to keep (default: as the first was measured)',
      realNumber('--threshold', { min: 0, max: 1 }),
    )
    .option('--out <file>', 'where to write the report', outputFile('--out'), 'comparison.html')
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      '\nExample:\n  $ lengthwise compare runs/monday runs/tuesday --out compared.html\n  $ lengthwise compare results/*.json',
    )
    .action(async (folders: string[], flags: CompareFlags) => {
      const comparison = await compareAll(folders, flags);
      const { renderMeasureReport } = await import('../report/index.ts');
      writeReportText(renderMeasureReport(comparison), flags.out);
      const { contradictionNotes, incompleteNotes } = await import('../measure/gather/notes.ts');
      // The report has places of its own for these.
      const { respondents } = comparison;
      const notes = [
        ...incompleteNotes(respondents),
        ...contradictionNotes(respondents),
        ...comparison.notes,
      ];
      const said = { ...comparison, notes };
      await io.out(
        flags.json
          ? `${JSON.stringify({ ...comparisonJson(said), report: flags.out })}\n`
          : await comparisonText(said, flags.out),
      );
    });
};

async function compareAll(
  places: readonly string[],
  { task, threshold }: CompareFlags,
): Promise<MeasureReportInput> {
  const { isResultsFile, readResults } = await import('../measure/results/results-file.node.ts');
  const files = places.filter(isFile);
  const results = new Set(files.filter(isResultsFile));
  const recorded = await recordedIn(
    files.filter((file) => !results.has(file)),
    task,
  );
  const { measureRecording } = await import('../measure/targets/recording.node.ts');
  const { badLineNotes, mixedLine } = await import('./measure/recording-text.ts');
  const recordingNotes: string[] = [];
  const found: Comparable[] = [];
  const unheard: string[] = [];
  for (const place of places) {
    if (!files.includes(place)) {
      if (isNameOfFile(place)) refuseMissingFile(place);
      const inFolder = await respondentsIn(place);
      found.push(...inFolder.respondents);
      unheard.push(...inFolder.unheard);
    } else if (results.has(place)) found.push(...readResults(place));
    else {
      const own = recorded.shift() ?? [];
      const measured = await measureRecording(own, { threshold: threshold ?? 0.9 });
      found.push(measured.gathered);
      recordingNotes.push(
        ...badLineNotes(measured),
        ...measured.mixed.map((mixed) => `${mixedLine(mixed)}.`),
      );
    }
  }
  if (found.length < 2) {
    const why = unheard.map((line) => ` (${line})`).join('');
    throw new UserError(
      `compare ${places[0]} with what? Name another folder: lengthwise compare ${shellWord(places[0])} OTHER${why}`,
    );
  }
  const { comparedWithResults } = await import('../measure/results/compare-results.ts');
  const comparison = comparedWithResults(found, threshold);
  return { ...comparison, notes: [...unheard, ...recordingNotes, ...comparison.notes] };
}

/** What each file of recorded outputs holds. Rows of an export say themselves of which tasks they are. */
async function recordedIn(files: readonly string[], task: string | undefined): Promise<RecordedFile[][]> {
  if (files.length === 0) {
    if (task !== undefined)
      throw new UserError('--task says what files of recorded outputs are about; there is none');
    return [];
  }
  const page = files.find((file) => /\.html?$/i.test(file));
  if (page !== undefined) {
    throw new UserError(
      `${page} is a web page, such as a report: compare takes folders of measurements or studies, files of results (lengthwise export FOLDER --results FILE) and files of recorded outputs`,
    );
  }
  const { namedTasks } = await import('../measure/targets/exported-rows.node.ts');
  const exported = await Promise.all(files.map((file) => namedTasks(file, {})));
  const others = files.filter((_, i) => exported[i] === null);
  if (others.length > 0 && task === undefined) {
    const [file] = others;
    throw new UserError(
      file.endsWith('.jsonl')
        ? `${file} is a file of recorded outputs: say what was asked with --task UL, …`
        : `${file} is no file of results (lengthwise export FOLDER --results FILE makes one); if it is one of recorded outputs, say what was asked with --task UL, …`,
    );
  }
  const tasks = others.length === 0 ? [] : await recordedTasks(task ?? '', others.length);
  const found: RecordedFile[][] = [];
  for (const [i, file] of files.entries()) {
    const named = exported[i] === null ? tasks.shift() : undefined;
    found.push(
      named === undefined
        ? await recordedFiles([file], others.length === 0 ? task : undefined, {})
        : [{ file, task: named }],
    );
  }
  return found;
}

/** Whether a place that is no file has a name that only files have. */
function isNameOfFile(place: string): boolean {
  return /\.jsonl?$/i.test(place) && !existsSync(place);
}

function refuseMissingFile(file: string): never {
  throw new UserError(
    /l$/i.test(file)
      ? `there is no file ${file}: name a file of recorded outputs, or make one: lengthwise export FOLDER --table samples --format jsonl --out ${shellWord(file)}`
      : `there is no file ${file}; to make a file of results: lengthwise export FOLDER --results ${shellWord(file)}`,
  );
}

function isFile(place: string): boolean {
  return statSync(place, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** The numbers, and of each prompt its name; texts and examples are in the report. */
function comparisonJson({ respondents, comparisons, notes }: MeasureReportInput): object {
  return {
    respondents: respondents.map((each) => ({
      label: each.label,
      folder: each.folder,
      started: each.started,
      respondent: each.respondent,
      prompts: Object.fromEntries(each.asked.map(({ task, prompt }) => [task, prompt.name])),
      settings: each.settings ?? {},
      adaptive: each.adaptive,
      missing: each.missing,
      threshold: each.threshold,
      rows: each.rows,
      horizons: each.horizons,
      asymmetries: each.asymmetries,
      failures: each.failures,
      spent: each.spent,
    })),
    comparisons,
    notes,
  };
}

async function comparisonText(comparison: MeasureReportInput, report: string): Promise<string> {
  const { comparisonTable, horizonMatrix } = await import('./measure/tables.ts');
  const { respondents, comparisons, notes } = comparison;
  const parts = [
    horizonMatrix(respondents),
    comparisons.length === 0 ? noComparisonText(respondents) : comparisonTable(comparisons),
    ...(notes.length === 0 ? [] : [notes.map((note) => `note: ${note}`).join('\n')]),
    `report: ${report}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

function noComparisonText([first, ...others]: MeasureReportInput['respondents']): string {
  const isShared = others.some(({ rows }) =>
    rows.some(({ task, length, n }) =>
      first.rows.some((own) => own.task === task && own.length === length && own.n > 0 && n > 0),
    ),
  );
  return isShared
    ? 'no difference has an interval: the notes say why'
    : 'nothing was asked of both at the same length';
}
