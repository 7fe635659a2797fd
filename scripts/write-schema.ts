/** Writes docs/schema from the schemas in src/measure/results/schema.ts and src/fix/outcome/schema.ts: `node bin/node24.js scripts/write-schema.ts`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fixJsonSchema } from '../src/fix/outcome/schema.ts';
import { jsonSchema } from '../src/measure/results/schema.ts';

const folder = new URL('../docs/schema/', import.meta.url);
mkdirSync(folder, { recursive: true });
for (const [name, schema] of [
  ['measurement.json', jsonSchema()],
  ['fix.json', fixJsonSchema()],
] as const)
  writeFileSync(new URL(name, folder), `${JSON.stringify(schema, null, 2)}\n`);
