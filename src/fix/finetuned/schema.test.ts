import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { finetuneJsonSchema } from './schema.ts';

it('the published schema is the one that the code has (node bin/node24.js scripts/write-schema.ts)', () => {
  const file = new URL('../../../docs/schema/finetune.json', import.meta.url);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(finetuneJsonSchema());
});
