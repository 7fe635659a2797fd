import { expect, it } from 'vitest';
import { readHostileFiles } from '../../../test/recordings/read-hostile.ts';

it('a hundred thousand hostile files are read without a crash', async () => {
  expect(await readHostileFiles(100_000)).toBeGreaterThan(10_000); // whole records, so that the fuzz gets that far
});
