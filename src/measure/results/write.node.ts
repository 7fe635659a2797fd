/**
 * The portable record of a measurement or a study, for `compare` and for tables that others add to: who was asked what,
 * what came out, and hashes that lead back to the samples; not the samples themselves.
 */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../common/json.ts';
import { commandsOf } from '../store/command-text.ts';
import type { AskedTask } from '../store/rows.ts';
import { labelsOf } from '../gather/labels.ts';
import { modelNameOf } from '../gather/model-name.ts';
import { promptHash } from '../gather/notes.ts';
import { readMeasurement, rowsOfMeasurement } from '../gather/folder.node.ts';
import type { Gathered } from '../gather/gathered.ts';
import type { ScoredRow } from '../scoring/scoring.ts';
import { RESULTS_FORMAT, RESULTS_VERSION } from './results.ts';
import type { PromptRecord, Results, ResultsFile, SamplesRecord } from './results.ts';

/** What is hashed of a sample of a measurement: fields of the table `samples`. */
function hashedLine({
  task,
  length,
  index,
  repeat,
  source,
  query,
  answer,
  system,
  prompt,
  output,
  score,
}: ScoredRow) {
  const { text, thoughts } = output;
  return [task, length, index, repeat, source, query, answer, system, prompt, text, thoughts, score.outcome];
}

/** Hashes samples one by one. */
export class SamplesHash {
  private readonly hash = createHash('sha256');
  private count = 0;

  add(fields: unknown): void {
    this.hash.update(`${canonicalJson(fields)}\n`);
    this.count += 1;
  }

  record(): SamplesRecord {
    return { count: this.count, sha256: this.hash.digest('hex') };
  }
}

/**
 * The record of a measurement's folder.
 * @throws UserError where nothing was asked, or the store can't be read
 */
export function measurementResults(folder: string, lengthwise: string): ResultsFile {
  const all = readMeasurement(folder);
  const samples = measurementSamples(folder);
  const names = labelsOf(all);
  return resultsFile(
    all.map((gathered, i) => resultsOf(gathered, names[i], samples[i])),
    lengthwise,
  );
}

export function resultsFile(results: readonly Results[], lengthwise: string): ResultsFile {
  return {
    format: RESULTS_FORMAT,
    version: RESULTS_VERSION,
    lengthwise,
    written: new Date().toISOString(),
    results,
  };
}

/** The samples of every respondent in a measurement's folder, in the order of `readMeasurement`. */
export function measurementSamples(folder: string): SamplesRecord[] {
  return [
    ...rowsOfMeasurement(folder, ({ respondents, rows }) => {
      const hashes = respondents.map(() => new SamplesHash());
      for (const { row, respondent } of rows()) hashes[respondent].add(hashedLine(row));
      return hashes.map((hash) => hash.record());
    }),
  ];
}

export function hashOfRows(rows: Iterable<ScoredRow>): SamplesRecord {
  const hash = new SamplesHash();
  for (const row of rows) hash.add(hashedLine(row));
  return hash.record();
}

export function resultsOf(gathered: Gathered, name: string, samples: SamplesRecord): Results {
  const { respondent, started } = gathered.facts;
  const { rows, horizons, asymmetries, failures, spent, adaptive, threshold } = gathered.rows(name);
  const own = gathered.runs();
  return {
    name,
    model: modelNameOf(gathered.facts),
    revision: revisionOf(gathered.facts),
    respondent,
    started,
    command: own.length === 0 ? null : commandsOf(own).join('\n'),
    ...{ threshold, adaptive, ending: gathered.ending() },
    prompts: [...gathered.asked.values()].map(promptRecord),
    settings: gathered.settings(),
    ...{ rows, horizons, asymmetries, failures, spent, samples },
  };
}

/** What an endpoint tells of itself, or the hash of a model's weights. */
function revisionOf({ revision, respondent }: Gathered['facts']): string | null {
  const known = revision ?? respondent.revision ?? respondent.weights;
  return typeof known === 'string' ? known : null;
}

function promptRecord(asked: AskedTask): PromptRecord {
  const { task, operation, prompt } = asked;
  const sha256 = promptHash(asked);
  return { task, operation, name: prompt.name, ...(sha256 === undefined ? {} : { sha256 }) };
}
