/** Stores that can't be written or read while a server is asked: one error, the first, and the folder is free afterwards. */
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { measureEndpoint } from '../../src/measure/targets/endpoint.node.ts';
import type { EndpointMeasured, EndpointOptions } from '../../src/measure/targets/endpoint.node.ts';
import { MeasureStore, STORE_FILE } from '../../src/measure/store/store.node.ts';
import { askableNamed } from '../../src/prompt/askable.ts';
import { promptFor } from '../../src/prompt/files.node.ts';
import { endpointUrl } from '../../src/respond/endpoint/transport/address.ts';
import { credentials } from '../../src/respond/endpoint/transport/secrets.ts';
import { folder, measureArgv, run, rowsIn, serve } from '../cli/measuring.ts';
import { plainReply } from '../server/behaviour.ts';

/** The folder of a store that says `words` instead of taking a fact, once it holds rows. */
function folderRefusing(fact: string, words: string): string {
  const out = folder();
  MeasureStore.open(out).close();
  const database = new DatabaseSync(path.join(out, STORE_FILE));
  database.exec(`
    CREATE TRIGGER refusing BEFORE INSERT ON facts
    WHEN NEW.name = '${fact}' AND EXISTS (SELECT 1 FROM answers)
    BEGIN SELECT RAISE(ABORT, '${words}'); END;
  `);
  database.close();
  return out;
}

const task = askableNamed('UR');
const template = promptFor('retrieval', ['paper'], true);

function measuring(url: string, out: string, more: Partial<EndpointOptions> = {}): Promise<EndpointMeasured> {
  return measureEndpoint(
    {
      ...{ url: endpointUrl(url), model: 'test', api: 'completions', tasks: [task], strict: true },
      ...{ templateFor: () => template, temperature: 0, byLikelihood: false, extra: {}, rendering: {} },
      ...{ sources: {}, lengths: [5], n: 20, maxLength: 320, repeats: 1, seed: 1, threshold: 0.9 },
    },
    {
      ...{ out, credentials: credentials({}, []), maxRetries: 0, timeoutMs: 5000, concurrency: 1 },
      ...{ limits: {}, prices: null, note: { lengthwise: '', options: {} } },
      signal: new AbortController().signal,
      ...more,
    },
  );
}

/** Whether another run may have the folder. */
const isFree = (out: string): boolean => {
  MeasureStore.open(out).close();
  return true;
};

describe('a store that can’t be written', () => {
  it('loses what was noticed of the server, and no answer', async () => {
    const { url } = await serve({
      behaviour: {
        answer: (asked) => ({
          body: plainReply(asked, {}, { system_fingerprint: `fp_${asked.ours ? asked.n : 0}` }),
        }),
      },
    });
    const out = folderRefusing('capabilities', 'no room for facts');
    const { ending } = await measuring(url, out);
    expect(ending).toEqual({ kind: 'done' });
    expect(rowsIn(out)).toHaveLength(20);
  });

  it('hides no error that came before, and leaves the folder to the next run', async () => {
    const { url } = await serve();
    const out = folderRefusing('taken before a run', 'no room for what was taken');
    const onRow = (): void => {
      throw new Error('the first error');
    };
    await expect(measuring(url, out, { onRow })).rejects.toThrow('the first error');
    expect(isFree(out)).toBe(true);
  });
});

it('a store whose costs can’t be read is said, and not kept from the next run', async () => {
  const out = folder();
  const store = MeasureStore.open(out);
  store.setFact('sittings', 'no list of runs');
  store.close();
  const limited = measuring('http://127.0.0.1:1/v1', out, { limitsWholeFolder: true });
  await expect(limited).rejects.toThrow(`${STORE_FILE} is damaged`);
  expect(isFree(out)).toBe(true);
});

it('how prompts are cut into tokens is asked once for each of several ways', async () => {
  const { url, seen } = await serve({ quirks: { tokenizer: 'content', marks: 1 } });
  const out = folder();
  const asked = async (n: number): Promise<number> => {
    const before = seen.paths.length;
    const argv = ['--task', 'UR', '--lengths', '5', '--n', String(n), '--prompt', 'all', '--out', out];
    const { code, err } = await run(measureArgv(url, ...argv, '--api', 'completions'));
    expect(code, err).toBe(0);
    return seen.paths.slice(before).filter((each) => each.includes('tokenize')).length;
  };
  expect(await asked(2)).toBeGreaterThan(2);
  expect(await asked(3)).toBe(0);
});
