import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { jsonSchema } from './schema.ts';

describe('the published schema', () => {
  it('is the one that the code checks by (node bin/node24.js scripts/write-schema.ts)', () => {
    const file = new URL('../../../docs/schema/measurement.json', import.meta.url);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(jsonSchema());
  });
});
