import { describe, it } from 'vitest';
import { promisesAreKept, wrongOn } from './fixtures/promises.ts';

describe('in 400 runs', () => {
  it.each(wrongOn)('a model wrong on %s: the promise is false in at most one of 40', (name) =>
    promisesAreKept(name, 400),
  );
});
