import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../common/errors.ts';
import { sha256 } from '../../common/sha256.ts';
import { authorsDataSets, authorsRecords } from './data-sets.ts';
import type { AuthorsVariant } from './data-sets.ts';
import { taskNamed } from '../index.ts';

interface PublishedFile {
  name: string;
  variant?: AuthorsVariant;
  length: number;
  seed: number;
  records: Record<string, Record<string, string>>;
}

interface DrawnByPython {
  name: string;
  variant: AuthorsVariant | null;
  length: number;
  seed: string;
  sha256: string;
}

const { files } = JSON.parse(readFileSync('test/fixtures/authors/published-records.json', 'utf8')) as {
  files: PublishedFile[];
};
const { sets } = JSON.parse(readFileSync('test/fixtures/authors/cpython-data-sets.json', 'utf8')) as {
  sets: DrawnByPython[];
};

describe("the authors' data sets", () => {
  it.each([1.5, NaN, undefined])('have no seed %s', (seed) => {
    const draw = { length: 10, seed: seed as number };
    expect(() => authorsRecords('retrieval-unique', draw)).toThrow(UserError);
    expect(() => authorsRecords('retrieval-unique', draw)).toThrow(`the seed is a whole number, not ${seed}`);
  });

  it.each(files)('$name, length $length, seed $seed: the published records come out', (file) => {
    const { name, length, seed, variant, records } = file;
    const drawn = authorsRecords(name, { length, seed, variant }).take(1500).toArray();
    for (const [index, fields] of Object.entries(records)) expect(drawn[Number(index)]).toMatchObject(fields);
  });

  it.each(sets)('$name $variant, length $length, seed $seed: as CPython draws it', (set) => {
    const { name, length, seed, variant } = set;
    const records = authorsRecords(name, { length, seed: BigInt(seed), variant: variant ?? undefined }).take(
      60,
    );
    const text = records.map((record) => `${JSON.stringify(record)}\n`).toArray();
    expect(sha256(text.join(''))).toBe(set.sha256);
  });

  it('have the answers that the oracles give', () => {
    for (const { name, variant, min, max } of authorsDataSets) {
      const length = variant === 'published-run' ? 20 : Math.min(max, min + 13);
      for (const record of authorsRecords(name, { length, seed: 5, variant }).take(50)) {
        const { input, input_no_space, input_with_space, ...answers } = record;
        const [source, query] = (input ?? input_with_space).split('|');
        expect((input ?? input_no_space).length).toBe(length);
        for (const [task, answer] of Object.entries(answers))
          expect(taskNamed(task).answer([...source], query)).toMatchObject({ answer: [...answer] });
      }
    }
  });

  it.each([
    [
      'retrieval-uniqe',
      10,
      undefined,
      "unknown data set 'retrieval-uniqe', did you mean 'retrieval-unique'?",
    ],
    ['retrieval-unique', 3, undefined, 'retrieval-unique admits lengths from 4, not 3'],
    ['retrieval-nonunique', 6, undefined, 'retrieval-nonunique admits lengths 7 to 180, not 6'],
    ['retrieval-hard', 10, undefined, 'retrieval-hard admits lengths 11 to 110, not 10'],
    ['copying-unique', 53, undefined, 'copying-unique admits lengths 1 to 52, not 53'],
    ['copying-nonunique', 1, undefined, 'copying-nonunique admits lengths from 2, not 1'],
    [
      'copying-unique',
      35,
      'published-run',
      'copying-unique was published for the lengths 5, 10, 15, 20, 30, 40, 50, not 35',
    ],
    [
      'copying-unique',
      30,
      'released-cap',
      "copying-unique has no variant 'released-cap', which is for retrieval-nonunique",
    ],
  ] as const)('%s of length %d (%s) does not exist', (name, length, variant, message) => {
    expect(() => authorsRecords(name, { length, seed: 1, variant })).toThrow(UserError);
    expect(() => authorsRecords(name, { length, seed: 1, variant })).toThrow(message);
  });
});
