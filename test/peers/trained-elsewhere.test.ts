/**
 * Small models that others trained on formal languages and algorithmic tasks (arXiv 2602.08857), which have no tokenizer: loaded, held
 * against transformers and against the accuracies that their authors recorded, and explained. LENGTHWISE_TRAINED_ELSEWHERE names
 * a folder of model folders, each with an accuracies.json; LENGTHWISE_PYTHON a Python with torch and transformers.
 * What is not there is skipped. Takes a few minutes.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'; // prettier-ignore
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { behaviourOf, explain, Passes, readSamples } from '../../src/explain/index.ts';
import type { DemonstratedSample } from '../../src/explain/index.ts';
import { openSubject } from '../../src/explain/subject.node.ts';
import { loadFolder, LocalModel, rng } from '../../src/model/index.ts';
import { othersTasks } from '../fixtures/trained-elsewhere/tasks.ts';

const given = process.env.LENGTHWISE_TRAINED_ELSEWHERE ?? '';
const python = process.env.LENGTHWISE_PYTHON;
const names = existsSync(given)
  ? readdirSync(given).filter((name) => existsSync(path.join(given, name, 'accuracies.json')))
  : [];
const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-elsewhere-'));
afterAll(() => rmSync(scratch, { recursive: true }));

interface Accuracies {
  readonly task: string;
  readonly vocabulary: number;
  readonly positions: number;
  readonly recorded: { readonly n: number; readonly accuracy: Readonly<Record<string, number>> };
}

const accuraciesOf = (name: string) =>
  JSON.parse(readFileSync(path.join(given, name, 'accuracies.json'), 'utf8')) as Accuracies;
const taskOf = (name: string) => othersTasks[name.replace(/-[@#^%].*$/, '')];

/** Samples of one length, as a file of them would have them. */
function samplesOf(name: string, length: number, n: number): DemonstratedSample[] {
  const random = rng('samples', name, length);
  const lines = Array.from({ length: n }, () => JSON.stringify(taskOf(name).draw(length, random)));
  return readSamples(lines.join('\n'), 'samples').flat();
}

/** In groups that can be read together. */
function bySize(samples: readonly DemonstratedSample[]): DemonstratedSample[][] {
  const groups = new Map<number, DemonstratedSample[]>();
  for (const one of samples) {
    const { length } = one.sample.answer;
    groups.set(length, [...(groups.get(length) ?? []), one]);
  }
  return [...groups.values()];
}

describe.skipIf(names.length > 0)('without models', () => {
  it.skip('LENGTHWISE_TRAINED_ELSEWHERE names no folder of models', () => undefined);
});

describe.skipIf(names.length === 0 || python === undefined)('logits of', () => {
  beforeAll(() => {
    for (const name of names) {
      const folder = path.join(scratch, name);
      mkdirSync(folder);
      for (const file of ['config.json', 'model.safetensors'])
        copyFileSync(path.join(given, name, file), path.join(folder, file));
      const { vocabulary, positions } = accuraciesOf(name);
      const random = rng('sequences', name);
      const sequences = [0, 1, 2].map(() =>
        Array.from({ length: positions }, () => random.below(vocabulary)),
      );
      writeFileSync(path.join(folder, 'questions.json'), JSON.stringify({ sequences, maxTokens: 1 }));
    }
    const script = path.join(import.meta.dirname, 'model.py');
    execFileSync(python!, [script, 'answer', scratch], { stdio: ['ignore', 'ignore', 'pipe'] });
  });

  it.each(names)('%s are those of transformers, at all positions', async (name) => {
    const read = <T>(file: string) => JSON.parse(readFileSync(path.join(scratch, name, file), 'utf8')) as T;
    const { sequences } = read<{ sequences: number[][] }>('questions.json');
    const answers = read<{ logits: number[][][]; exact: number[][][] }>('answers.json');
    const found = await new LocalModel(await loadFolder(path.join(given, name))).logits(sequences);
    for (const [s, logits] of found.entries()) {
      const [wanted, exact] = [answers.logits[s].flat(), answers.exact[s].flat()];
      expect(logits.length).toBe(wanted.length);
      const worst = (other: number[]) =>
        other.reduce((most, number, i) => Math.max(most, Math.abs(number - logits[i])), 0);
      const largest = wanted.reduce((most, number) => Math.max(most, Math.abs(number)), 1);
      expect(Math.min(worst(wanted), worst(exact))).toBeLessThan(5e-5 * largest);
    }
  });
});

describe.skipIf(names.length === 0).each(names)('%s', (name) => {
  const LENGTHS = 12;
  const EACH = 40;

  it.each(['0-50', '51-100', '101-150'])(
    'is as often right at lengths %s as its authors say',
    async (bin) => {
      const { recorded } = accuraciesOf(name);
      const subject = await openSubject(path.join(given, name), { symbols: taskOf(name).symbols });
      const [first, last] = bin.split('-').map(Number);
      const possible = Array.from({ length: last - first + 1 }, (_, i) => first + i).filter((length) => taskOf(name).admits(length)); // prettier-ignore
      let [n, right, largest] = [0, 0, 0];
      for (let i = 0; i < LENGTHS; i++) {
        const length = possible[Math.floor(((i + 0.5) * possible.length) / LENGTHS)];
        for (const samples of bySize(samplesOf(name, length, EACH))) {
          const set = subject.shots([], samples);
          const passes = await Passes.over(subject.model, set);
          const found = behaviourOf(set, await passes.scores({ vocabulary: 'whole' }));
          n += found.n;
          right += Math.round(found.accuracy * found.n);
          largest = Math.max(largest, set.tokens.length);
        }
      }
      const wanted = recorded.accuracy[bin];
      const spread = Math.sqrt(Math.max(wanted * (1 - wanted), 0.005) * (1 / n + 1 / recorded.n));
      expect(Math.abs(right / n - wanted), `${right} of ${n}, recorded ${wanted}`).toBeLessThan(4 * spread);
    },
  );

  it('is explained', async () => {
    const { vocabulary } = accuraciesOf(name);
    const subject = await openSubject(path.join(given, name), { symbols: taskOf(name).symbols });
    const length = [12, 13, 14, 15, 16].find((one) => taskOf(name).admits(one))!;
    const [samples] = bySize(samplesOf(name, length, 30)).sort((a, b) => b.length - a.length);
    const set = subject.shots([], samples);
    expect(set.tokens.every((token) => token < vocabulary)).toBe(true);
    const isOneSample = new Set(set.shots.map(({ tail }) => tail.join())).size === 1;
    const only = isOneSample ? (['behaviour', 'heads'] as const) : undefined;
    const found = await explain(name, subject.model, set, { only, draws: 5 });
    const { layers, heads } = subject.config;
    expect(found.heads).toHaveLength(layers * heads);
    expect(JSON.stringify(found)).not.toContain('NaN');
    if (isOneSample) return;
    const { whole, empty } = found.faithfulness!;
    expect(Math.abs(whole - empty), 'without any head').toBeGreaterThan(0.1);
  });
});
