/** `lengthwise compare`: several models, or the same on two days, in one table and one report. */
import { UserError } from '../common/errors.ts';
import type { MeasureReportInput } from '../measure/rows.ts';
import type { Register } from './command.ts';
import { respondentsIn } from './folders.ts';
import { filePath, realNumber } from './options.ts';
import { writeReportText } from './report-file.ts';

interface CompareFlags {
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
      'of measurements (measure --out) or studies; the others are compared with the first',
    )
    .option(
      '--threshold <share>',
      'what the horizons have to keep (default: as the first was measured)',
      realNumber('--threshold', { min: 0, max: 1 }),
    )
    .option('--out <file>', 'where to write the report', filePath('--out'), 'comparison.html')
    .option('--json', 'one JSON object')
    .addHelpText('after', '\nExample:\n  $ lengthwise compare runs/monday runs/tuesday --out compared.html')
    .action(async (folders: string[], flags: CompareFlags) => {
      const comparison = await compareFolders(folders, flags.threshold);
      const { renderMeasureReport } = await import('../report/index.ts');
      await writeReportText(renderMeasureReport(comparison), flags.out);
      await io.out(
        flags.json
          ? `${JSON.stringify({ ...comparisonJson(comparison), report: flags.out })}\n`
          : await comparisonText(comparison, flags.out),
      );
    });
};

async function compareFolders(folders: readonly string[], threshold?: number): Promise<MeasureReportInput> {
  const found = [];
  for (const folder of folders) found.push(...(await respondentsIn(folder)));
  if (found.length < 2) {
    throw new UserError(
      `compare ${folders[0]} with what? Name another folder: lengthwise compare ${folders[0]} OTHER`,
    );
  }
  const { compared, labelsOf } = await import('../measure/reading/compare.ts');
  return compared(labelsOf(found).join(' and '), found, threshold);
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
      adaptive: each.adaptive,
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
  const { comparisonTable, horizonMatrix } = await import('../measure/print.ts');
  const { respondents, comparisons, notes } = comparison;
  const parts = [
    horizonMatrix(respondents),
    comparisons.length === 0 ? 'nothing was asked of both at the same length' : comparisonTable(comparisons),
    ...(notes.length === 0 ? [] : [notes.map((note) => `note: ${note}`).join('\n')]),
    `report: ${report}`,
  ];
  return `${parts.join('\n\n')}\n`;
}
