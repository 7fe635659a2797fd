/** `lengthwise export FOLDER --results FILE`: the results of a measurement or a study as one portable record. */
import { UserError } from '../../common/errors.ts';
import type { ResultsFile } from '../../measure/results/results.ts';
import type { Io } from '../shared/command.ts';
import { isMeasurementFolder, isStudyFolder, refuseFolder } from '../shared/folders.ts';
import { writeReportText } from '../shared/report-file.ts';
import { packageVersion } from '../../common/version.node.ts';

interface ResultsFlags {
  readonly results: string;
  readonly format?: string;
  readonly table?: string;
  readonly out?: string;
  readonly json?: true;
}

export async function exportResults(folder: string, flags: ResultsFlags, io: Io): Promise<void> {
  for (const name of ['format', 'table', 'out'] as const) {
    if (flags[name] !== undefined) {
      throw new UserError(
        `--${name} is about tables; --results writes one JSON file: leave one of them away`,
      );
    }
  }
  const { file: record, unheard } = await resultsOf(folder);
  writeReportText(`${JSON.stringify(record, null, 1)}\n`, flags.results);
  const said = {
    file: flags.results,
    results: record.results.map(({ name, rows }) => ({
      name,
      samples: rows.reduce((sum, { n }) => sum + n, 0),
    })),
  };
  const lines = said.results.map(({ name, samples }) => `${name}, ${samples} samples`);
  await io.out(
    flags.json ? `${JSON.stringify(said)}\n` : `results of ${lines.join('; ')}: ${flags.results}\n`,
  );
  for (const line of unheard) io.say(line);
}

interface Written {
  readonly file: ResultsFile;
  readonly unheard: readonly string[];
}

async function resultsOf(folder: string): Promise<Written> {
  if (await isMeasurementFolder(folder)) {
    const { measurementResults } = await import('../../measure/results/write.node.ts');
    return { file: measurementResults(folder, packageVersion()), unheard: [] };
  }
  if (!(await isStudyFolder(folder))) refuseFolder(folder);
  const { studyResultsFile } = await import('../../study/export/results.ts');
  return studyResultsFile(folder, packageVersion());
}
