/** Writes docs/schema/measurement.json from the schemas in src/measure/results/schema.ts: `node bin/node24.js scripts/write-schema.ts`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { jsonSchema } from '../src/measure/results/schema.ts';

const folder = new URL('../docs/schema/', import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('measurement.json', folder), `${JSON.stringify(jsonSchema(), null, 2)}\n`);
