/** `lengthwise compare`: several measurements beside each other. */
import { UserError } from '../common/errors.ts';
import type { Comparison } from '../measure/compare.node.ts';
import type { Register } from './command.ts';
import { realNumber } from './options.ts';

interface Options {
  readonly threshold: number;
  readonly json?: true;
}

export const registerCompare: Register = (program, io) => {
  program
    .command('compare')
    .description('measurements beside each other: several models, or one on two days')
    .argument(
      '<folders...>',
      'folders that `measure --endpoint … --out FOLDER` has made; the first is compared with the others',
    )
    .option(
      '--threshold <share>',
      'what the horizon has to keep',
      realNumber('--threshold', { min: 0, max: 1 }),
      0.9,
    )
    .option('--json', 'one JSON object')
    .addHelpText('after', '\nExample:\n  $ lengthwise compare runs/monday runs/tuesday')
    .action(async (folders: string[], options: Options) => {
      if (folders.length < 2) throw new UserError('compare takes two folders or more');
      const { compareFolders } = await import('../measure/compare.node.ts');
      const comparison = compareFolders(folders, options.threshold);
      await io.out(options.json ? `${JSON.stringify(comparison)}\n` : await comparisonText(comparison));
    });
};

async function comparisonText({ respondents, differences }: Comparison): Promise<string> {
  const { differenceTable, horizonText, textTable } = await import('../measure/print.ts');
  const tasks = [...new Set(respondents.flatMap(({ summary }) => summary.horizons.map(({ task }) => task)))];
  const names = respondents.map(
    ({ folder, respondent }) =>
      `${typeof respondent.model === 'string' ? respondent.model : '?'} (${folder})`,
  );
  const horizons = textTable(
    ['horizon', ...names],
    tasks.map((task) => [
      task,
      ...respondents.map(({ summary }) => {
        const horizon = summary.horizons.find((candidate) => candidate.task === task);
        return horizon === undefined ? '–' : horizonText(horizon, summary.rows);
      }),
    ]),
  );
  const table = differences.length === 0 ? 'nothing was asked of both' : differenceTable(differences);
  return `${horizons}\n\n${table}\n`;
}
