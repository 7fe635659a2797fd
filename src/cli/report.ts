/** `lengthwise report`: the rows of a study, or of a measurement, as one HTML file, also while it runs. */
import { contradictionLines } from '../score/tables/contradiction-text.ts';
import type { Io, Register } from './shared/command.ts';
import {
  isExplanationFolder,
  isMeasurementFolder,
  isStudyFolder,
  refuseFolder,
  respondentsIn,
} from './shared/folders.ts';
import { filePath, outputFile } from './shared/options.ts';
import { reportFile, writeReport, writeReportText } from './shared/report-file.ts';

interface ReportFlags {
  out?: string;
  json?: true;
}

export const registerReport: Register = (program, io) => {
  program
    .command('report')
    .description(
      'write the report of a study, a measurement or an explanation: one HTML file, with no network and no script in it',
    )
    .argument(
      '<dir>',
      'the folder of a study, a measurement or an explanation, finished or not',
      filePath('the folder'),
    )
    .option('--out <file>', 'where to write it (default: DIR/report.html)', outputFile('--out'))
    .option('--json', 'one JSON object: where it is, and the numbers in it (docs/measure.md, docs/study.md)')
    .addHelpText('after', '\nExample:\n  $ lengthwise report runs/quick')
    .action(async (folder: string, flags: ReportFlags) => {
      if (await isMeasurementFolder(folder)) return reportMeasurement(folder, flags, io);
      if (await isExplanationFolder(folder)) return reportExplanation(folder, flags, io);
      if (!(await isStudyFolder(folder))) refuseFolder(folder);
      const { readStudy } = await import('../study/index.ts');
      const study = readStudy(folder);
      const file = flags.out ?? reportFile(folder);
      await writeReport(study, file);
      const { countItems } = await import('../report/index.ts');
      const { mendedIn, summarize } = await import('../study/summary.ts');
      const counts = {
        name: study.name,
        folder,
        report: file,
        ...countItems(study),
        rows: summarize(study),
        fixes: mendedIn(study),
        finetuned: study.tuned ?? [],
      };
      await io.out(flags.json ? `${JSON.stringify(counts)}\n` : `report: ${file}\n`);
    });
};

async function reportMeasurement(folder: string, flags: ReportFlags, io: Io): Promise<void> {
  const { reported } = await import('../measure/gather/compare.ts');
  const { handedOn } = await import('../measure/results/handed-on.ts');
  const { storedResult } = await import('../measure/result.ts');
  const { respondents: found } = await respondentsIn(folder);
  const { renderMeasureReport } = await import('../report/index.ts');
  const file = flags.out ?? reportFile(folder);
  writeReportText(renderMeasureReport(reported(found)), file);
  const results = found.map(storedResult);
  const json = (): string => JSON.stringify(handedOn(results, { report: file }));
  await io.out(flags.json ? `${json()}\n` : `report: ${file}\n`);
  for (const { lacking } of found) if (lacking !== null) io.say(`incomplete: ${lacking}`);
  for (const { horizons } of results) for (const line of contradictionLines(horizons)) io.say(line);
}

async function reportExplanation(folder: string, flags: ReportFlags, io: Io): Promise<void> {
  const { readExplanations } = await import('../explain/kept/folder.node.ts');
  const { writeExplainReport } = await import('./explain/keeper.ts');
  const found = readExplanations(folder);
  const file = flags.out ?? reportFile(folder);
  await writeExplainReport(folder, found, file);
  await io.out(flags.json ? `${JSON.stringify({ folder, report: file, ...found })}\n` : `report: ${file}\n`);
}
