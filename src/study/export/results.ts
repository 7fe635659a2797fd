/** The portable record of a study: the models that it trained and measured, and those that it asked. */
import { rowsOfNamed } from '../../measure/gather/named-tasks.node.ts';
import { hashOfRows, resultsFile, resultsOf, SamplesHash } from '../../measure/results/write.node.ts';
import type { Results, ResultsFile, SamplesRecord } from '../../measure/results/results.ts';
import { labelsOf } from '../../measure/gather/labels.ts';
import type { Gathered } from '../../measure/gather/gathered.ts';
import { studyRespondents } from '../respondents.ts';
import { openReader } from '../store/index.ts';

/**
 * @param lengthwise the version that writes it
 * @returns `unheard`: a line on each respondent of whom there are no numbers
 * @throws UserError where nothing was measured yet, or a store can't be read
 */
export function studyResultsFile(
  folder: string,
  lengthwise: string,
): { readonly file: ResultsFile; readonly unheard: readonly string[] } {
  const { respondents, unheard } = studyRespondents(folder);
  const names = labelsOf(respondents.map(({ gathered }) => gathered));
  const results = respondents.map(({ gathered, tasks }, i): Results => {
    const samples = tasks === null ? trainedSamples(folder, gathered) : hashOfRows(rowsOfNamed(tasks));
    return resultsOf(gathered, names[i], samples);
  });
  return { file: resultsFile(results, lengthwise), unheard };
}

/** Of a model that was trained, all seeds: what is hashed are fields of the table `samples`. */
function trainedSamples(folder: string, { facts }: Gathered): SamplesRecord {
  const hash = new SamplesHash();
  const reader = openReader(folder);
  try {
    for (const item of reader.study().items) {
      if (item.kind !== 'measure' || item.state !== 'done' || item.model !== facts.respondent.model) continue;
      for (const { length, index, repeat, source, query, answer, output, outcome } of reader.rows(
        item.hash,
        'instance',
      )) {
        hash.add([
          item.task,
          item.seed,
          length,
          index,
          repeat,
          source,
          query,
          answer,
          output,
          outcome ?? null,
        ]);
      }
    }
  } finally {
    reader.close();
  }
  return hash.record();
}
