/**
 * What `lengthwise explain --out DIR` keeps: `explanation.json`, written whole after every task, so that the same command goes
 * on where it was stopped. A folder holds one model with one set of options.
 */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { fileFault, UserError } from '../../common/errors.ts';
import { canonicalJson } from '../../common/json.ts';
import { readTextFile } from '../../common/read-text.node.ts';
import type { ExplanationFile } from '../rows.ts';

export const EXPLANATION_FILE = 'explanation.json';

/** Goes up when the same samples and options give other results, or the file is another one. */
export const EXPLANATION_FORMAT = 1;

/** A model of 5,120 heads has 10 MB a task. */
const MOST_BYTES = 500_000_000;

/** What locks, desktops and file systems put into a folder. */
const NOT_COUNTED = ['lock.sqlite', 'lock.sqlite-journal', '.DS_Store', 'lost+found'];

export function isExplanationFolder(folder: string): boolean {
  return existsSync(path.join(folder, EXPLANATION_FILE));
}

/** Of what a page and a later run need; the rest is ours, and taken as it is. */
const explanation = z.looseObject({
  target: z.string(),
  task: z.string(),
  length: z.number(),
  n: z.number(),
  prompt: z.string(),
  behaviour: z.looseObject({ accuracy: z.number(), amongSymbols: z.looseObject({ accuracy: z.number() }) }),
  heads: z.array(z.looseObject({ layer: z.number(), head: z.number(), scores: z.looseObject({}) })),
  ranking: z.looseObject({}).nullable(),
  ablations: z.array(z.looseObject({})).nullable(),
  edges: z.array(z.looseObject({})).nullable(),
  faithfulness: z.looseObject({}).nullable(),
  circuit: z.array(z.looseObject({})).nullable(),
  paths: z.array(z.looseObject({})).nullable(),
  example: z.looseObject({}).nullable(),
  words: z.array(z.string()),
});
const file = z.object({
  kind: z.literal('explanation'),
  format: z.number(),
  target: z.string(),
  model: z.string(),
  options: z.record(z.string(), z.json()),
  runs: z.array(
    z.object({
      lengthwise: z.string(),
      node: z.string(),
      platform: z.string(),
      started: z.string(),
      command: z.string(),
    }),
  ),
  explanations: z.array(explanation),
});

/** @throws UserError where there is none, or one that this lengthwise can't read */
export function readExplanations(folder: string): ExplanationFile {
  const place = path.join(folder, EXPLANATION_FILE);
  let text: string;
  try {
    text = readTextFile(place, MOST_BYTES);
  } catch (error) {
    throw new UserError(`cannot read ${place}: ${fileFault(error)}`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  const { success, data } = file.safeParse(json);
  if (!success)
    throw new UserError(
      `${place} is no file of lengthwise explain, or a damaged one: name another folder with --out`,
    );
  if (data.format !== EXPLANATION_FORMAT)
    throw new UserError(
      `${place} was written by a lengthwise that explains otherwise (format ${data.format}, this one has ${EXPLANATION_FORMAT}): name another folder with --out`,
    );
  return data as unknown as ExplanationFile;
}

/** What was explained there already, where it is the same model and the same options; null for a folder with nothing in it. */
export function keptExplanations(
  folder: string,
  wanted: Pick<ExplanationFile, 'target' | 'model' | 'options'>,
): ExplanationFile | null {
  if (!isExplanationFolder(folder)) {
    refuseOthers(folder);
    return null;
  }
  const kept = readExplanations(folder);
  const other = differenceOf(kept, wanted);
  if (other !== null)
    throw new UserError(`${folder} holds an explanation ${other}: name another folder with --out`);
  return kept;
}

function differenceOf(
  kept: ExplanationFile,
  { target, model, options }: Pick<ExplanationFile, 'target' | 'model' | 'options'>,
): string | null {
  if (kept.model !== model)
    return kept.target === target
      ? `of ${target} when its files were others`
      : `of ${kept.target}, and this is ${target}`;
  const names = [...new Set([...Object.keys(kept.options), ...Object.keys(options)])];
  const name = names.find(
    (one) => canonicalJson(kept.options[one] ?? null) !== canonicalJson(options[one] ?? null),
  );
  if (name === undefined) return null;
  const said = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value ?? null));
  return `with ${name} ${said(kept.options[name])}, and this is ${name} ${said(options[name])}`;
}

function refuseOthers(folder: string): void {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw new UserError(`--out: ${folder}: ${fileFault(error)}; a folder was expected`);
  }
  const others = names.filter((name) => !NOT_COUNTED.includes(name));
  if (others.length === 0) return;
  const shown = others.slice(0, 3).join(', ') + (others.length > 3 ? ', …' : '');
  throw new UserError(
    `--out: ${folder} holds something else (${shown}), and no explanation: name an empty or a new folder`,
  );
}
