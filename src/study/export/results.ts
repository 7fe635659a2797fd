/** The portable record of a study: the models that it trained and measured, and those that it asked. */
import { measurementSamples, resultsFile, resultsOf, SamplesHash } from '../../measure/results/write.node.ts';
import type { Results, ResultsFile, SamplesRecord } from '../../measure/results/results.ts';
import { labelsOf } from '../../measure/gather/labels.ts';
import type { Gathered } from '../../measure/gather/gathered.ts';
import { studyRespondents } from '../respondents.ts';
import { openReader } from '../store/index.ts';

/**
 * @param lengthwise the version that writes it
 * @throws UserError where nothing was measured yet, or a store can't be read
 */
export function studyResultsFile(folder: string, lengthwise: string): ResultsFile {
  const all = studyRespondents(folder);
  const names = labelsOf(all);
  const asked = new Map<string, SamplesRecord[]>();
  const results = all.map((gathered, i): Results => {
    const { respondent, folder: kept } = gathered.facts;
    if (respondent.kind === 'trained') return resultsOf(gathered, names[i], trainedSamples(folder, gathered));
    const place = kept ?? '';
    const samples = asked.get(place) ?? measurementSamples(place);
    asked.set(place, samples);
    // A folder's respondents stand together, in the order in which it has them.
    const before = all.slice(0, i).filter(({ facts }) => facts.folder === kept).length;
    return resultsOf(gathered, names[i], samples[before]);
  });
  return resultsFile(results, lengthwise);
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
