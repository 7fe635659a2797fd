/** `lengthwise report`: a study's rows as one HTML file, also while the study runs. */
import type { Register } from './command.ts';
import { filePath } from './options.ts';
import { reportFile, writeReport } from './report-file.ts';

interface ReportFlags {
  out?: string;
  json?: true;
}

export const registerReport: Register = (program, io) => {
  program
    .command('report')
    .description('write the report of a study: one HTML file, with no network and no script in it')
    .argument('<dir>', 'the folder of a study, finished or not')
    .option('--out <file>', 'where to write it (default: DIR/report.html)', filePath('--out'))
    .option('--json', 'one JSON object: where it is and what is in it')
    .addHelpText('after', '\nExample:\n  $ lengthwise report runs/quick')
    .action(async (folder: string, flags: ReportFlags) => {
      const { readStudy } = await import('../study/index.ts');
      const study = readStudy(folder);
      const file = flags.out ?? reportFile(folder);
      await writeReport(study, file);
      const { countItems } = await import('../report/index.ts');
      const counts = { name: study.name, folder, report: file, ...countItems(study) };
      await io.out(flags.json ? `${JSON.stringify(counts)}\n` : `report: ${file}\n`);
    });
};
