/** What every format of export has in common: samples in, files out. */
import { stringify } from 'yaml';
import type { ExportApi, ExportedSample } from './samples.ts';

/** The files of an export: text by path within its folder. */
export type Files = Readonly<Record<string, string>>;

export interface ExportFormat {
  /** The harness, for people. */
  readonly title: string;
  /** How its users mostly ask: what the prompts are for where nobody says. */
  readonly api: ExportApi;
  /** The files that depend on the samples, `samples.jsonl` aside. */
  files(samples: readonly ExportedSample[], api: ExportApi): Files;
  /** Files that are the same in every export: a name in `data/` by the path that it gets. */
  readonly data: Readonly<Record<string, string>>;
  /** Whether our own scoring goes along as JavaScript, in `scoring/`. */
  readonly scoring: boolean;
  /** The command that runs it, on a line of its own. */
  command(api: ExportApi): string;
}

/** Our scoring in Python: files of an export by their names in `data/`. */
export const PYTHON_SCORING: ExportFormat['data'] = {
  'lengthwise_score.py': 'lengthwise_score.py',
  'lengthwise_lists.py': 'lengthwise_lists.py',
};

/** Samples of one task and length. */
export interface Cell {
  readonly task: string;
  readonly length: number;
  readonly samples: readonly ExportedSample[];
}

export function cellsOf(samples: readonly ExportedSample[]): Cell[] {
  const groups = Map.groupBy(samples, ({ task, length }) => `${task} ${length}`);
  return [...groups.values()].map((group) => ({
    task: group[0].task,
    length: group[0].length,
    samples: group,
  }));
}

/** OpenAI's limit; other servers take no more. */
const MOST_STOPS = 4;

/** Stop marks of several samples together: the scoring cuts at those that do not fit. */
export function stopsOf(samples: readonly ExportedSample[]): string[] {
  return [...new Set(samples.flatMap(({ stop }) => stop))].slice(0, MOST_STOPS);
}

export function mostTokensOf(samples: readonly ExportedSample[]): number {
  return samples.reduce((most, sample) => Math.max(most, sample.max_tokens), 0);
}

/** YAML with every text in double quotes: a lone line break as a block is read differently by different libraries. */
export function yamlOf(value: unknown): string {
  return stringify(value, { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN', lineWidth: 0 });
}
