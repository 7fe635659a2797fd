/**
 * Scores of heads beside what transformers and PyTorch make of the same model: lag profiles, retrieval scores, scores on
 * random tokens, and what heads say of symbols. Needs LENGTHWISE_PYTHON: a Python with torch and transformers; with
 * LENGTHWISE_SMOLLM2 and LENGTHWISE_GEMMA (GGUF files; transformers needs the packages gguf and accelerate) these as well.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { headsBesideTask } from '../../src/explain/heads/heads.ts';
import {
  demonstratedSamples,
  LETTERS,
  Passes,
  repeatedScores,
  scoresOfHeads,
  taskAttention,
} from '../../src/explain/index.ts';
import type { RepeatedScore, ShotSet } from '../../src/explain/index.ts';
import { openSubject } from '../../src/explain/subject.node.ts';
import { initialise, modelConfig, rng, saveFolder, Tokenizer } from '../../src/model/index.ts';
import type { ModelOptions } from '../../src/model/index.ts';

const python = process.env.LENGTHWISE_PYTHON;
const reason = python === undefined ? ' (skipped: LENGTHWISE_PYTHON names no Python)' : '';
const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-heads-'));
afterAll(() => rmSync(scratch, { recursive: true }));

type Map2 = readonly (readonly number[])[];

interface Answers {
  readonly tasks: Readonly<
    Record<string, { readonly lags: readonly (Map2 | null)[]; readonly retrieval: Map2 }>
  >;
  readonly repeated: Readonly<Record<RepeatedScore, Map2>>;
  readonly ov: readonly (readonly Map2[])[];
}

/** Random models of two layers, trained here as far as their tokenizer is concerned. */
const random: Record<string, Pick<ModelOptions, 'architecture'> & Partial<ModelOptions>> = {
  'a random GPT-2': { architecture: 'gpt2', tiedEmbeddings: false },
  'a random Llama': { architecture: 'llama', keyValueHeads: 2 },
  'a random Gemma 3': { architecture: 'gemma3', keyValueHeads: 2, headSize: 6 },
};
const real = Object.entries({
  SmolLM2: process.env.LENGTHWISE_SMOLLM2 ?? '',
  'Gemma 3 270M': process.env.LENGTHWISE_GEMMA ?? '',
}).filter(([, file]) => existsSync(file));

async function folderOf(name: string): Promise<string> {
  const tokenizer = new Tokenizer([...'abcdefghijklmnop']);
  const options = { layers: 2, heads: 4, width: 16, positions: 64, vocabulary: tokenizer.size };
  const config = modelConfig({ ...random[name], ...options });
  const weights = initialise(config, rng(name));
  const noise = rng('noise', name);
  for (const numbers of weights.values())
    for (let i = 0; i < numbers.length; i++) numbers[i] += 0.5 * noise.normal();
  const folder = path.join(scratch, name.replaceAll(' ', '-'));
  await saveFolder(folder, { config, weights, tokenizer });
  return folder;
}

const questionOf = ({ shots }: ShotSet) =>
  shots.map(({ prefix, tail, source, first, rows, answer }) => ({
    tokens: [...prefix, ...tail],
    source: source.map((place) => prefix.length + place),
    first: prefix.length + first,
    rows: rows.map(({ at }) => at),
    answer,
  }));

describe.skipIf(python === undefined)(`scores of heads${reason}`, () => {
  it.each([...Object.keys(random), ...real.map(([name]) => name)])(
    'of %s are those of PyTorch',
    async (name) => {
      const target = real.find(([one]) => one === name)?.[1] ?? (await folderOf(name));
      const subject = await openSubject(target);
      const alphabet = subject.symbols ?? LETTERS;
      const sets = ['UF', 'UB', 'UR', 'UL', 'NRFirst', 'NF'].map((task) =>
        subject.shots(alphabet, demonstratedSamples({ task, length: 6, n: 10, seed: 3, alphabet })),
      );
      const passes = await Promise.all(sets.map((set) => Passes.over(subject.model, set)));
      const { repeated } = await headsBesideTask(passes[0], 5, () => undefined);
      const symbols = sets[0].symbols ?? sets[0].tokens;
      const [questions, answers] = ['questions', 'answers'].map((kind) =>
        path.join(scratch, `${name.replaceAll(' ', '-')}-${kind}.json`),
      );
      writeFileSync(
        questions,
        JSON.stringify({
          tasks: Object.fromEntries(sets.map((set) => [set.task, questionOf(set)])),
          repeated: { sequences: repeated!.sequences, length: repeated!.length },
          symbols,
        }),
      );
      execFileSync(python!, [path.join(import.meta.dirname, 'heads.py'), target, questions, answers], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const wanted = JSON.parse(readFileSync(answers, 'utf8')) as Answers;

      for (const [i, set] of sets.entries()) {
        const found = scoresOfHeads(set, await taskAttention(passes[i]), rng('null'), 10);
        wanted.tasks[set.task].lags.forEach((own, lag) => {
          const ours = found.lags.map((heads) => heads.map((profile) => profile[lag]));
          if (own === null) expect(ours.flat().every((value) => value === null)).toBe(true);
          else expect(farthest(ours as Map2, own), `${set.task} ${lag - 10}`).toBeLessThan(1e-4);
        });
        const shares = found.scores.retrieval!.map((heads) => heads.map(({ value }) => value));
        expect(farthest(shares, wanted.tasks[set.task].retrieval), set.task).toBeLessThan(1e-4);
      }
      for (const score of repeatedScores) {
        const values = repeated!.scores[score].map((heads) => heads.map(({ value }) => value));
        expect(farthest(values, wanted.repeated[score]), score).toBeLessThan(1e-4);
      }
      const logits = await subject.model.ovLogits(symbols);
      logits.forEach((numbers, layer) => {
        const own = wanted.ov[layer].flat(2);
        own.forEach((value, at) =>
          expect(Math.abs(numbers[at] - value), `layer ${layer}`).toBeLessThan(1e-4 * (1 + Math.abs(value))),
        );
      });
      await subject.model.release();
    },
  );
});

function farthest(found: Map2, wanted: Map2): number {
  return Math.max(
    ...wanted.flatMap((row, layer) => row.map((value, head) => Math.abs(value - found[layer][head]))),
  );
}
