/** Writes docs/schema from the schemas in src/measure/results, src/fix/outcome and src/fix/finetuned: `node bin/node24.js scripts/write-schema.ts`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { finetuneJsonSchema } from '../src/fix/finetuned/schema.ts';
import { fixJsonSchema } from '../src/fix/outcome/schema.ts';
import { jsonSchema } from '../src/measure/results/schema.ts';

const folder = new URL('../docs/schema/', import.meta.url);
mkdirSync(folder, { recursive: true });
for (const [name, schema] of [
  ['measurement.json', jsonSchema()],
  ['fix.json', fixJsonSchema()],
  ['finetune.json', finetuneJsonSchema()],
] as const)
  writeFileSync(new URL(name, folder), `${JSON.stringify(schema, null, 2)}\n`);
