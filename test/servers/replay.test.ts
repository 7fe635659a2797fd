/** What the servers of the table reply, recorded and replayed: the outcomes are those of asking. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { measureRecording } from '../../src/measure/targets/recording.node.ts';
import { askableNamed } from '../../src/prompt/askable.ts';
import { promptFor } from '../../src/prompt/files.node.ts';
import { startServer } from '../server/server.ts';
import { ask } from './asking.ts';
import { SAMPLES } from './case.ts';
import { serverCases } from './cases.ts';
import { outcomesIn } from './commanding.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-replies-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const cases = serverCases.filter(({ recorded }) => recorded === true);

describe('the replies of a server that somebody reported, as a recording', () => {
  it.each(cases.map((one) => [one.name, one] as const))(
    '%s',
    async (_, { behaviour, apis, options, right }) => {
      const server = await startServer({ behaviour, ...(apis === undefined ? {} : { apis }) });
      const { responded } = await ask(server.url, options).finally(() => server.close());
      const samples = new Map(responded.map(({ prompted }) => [prompted.prompt.text, prompted.sample]));
      // One that was asked for again, with more room, is recorded as it came first.
      const first = new Map(server.seen.replies.toReversed().map(({ prompt, body }) => [prompt, body]));
      const lines = [...first].map(([prompt, body]) => {
        const { source, query, answer } = samples.get(prompt) ?? {};
        return `{"source":${JSON.stringify(source)},"query":${JSON.stringify(query)},"answer":${JSON.stringify(answer)},"output":${body}}\n`;
      });
      expect(lines).toHaveLength(SAMPLES);
      const file = path.join(scratch, 'replies.jsonl');
      writeFileSync(file, lines.join(''));
      const { gathered } = await measureRecording([{ file, task: askableNamed('UR') }], {
        threshold: 0.9,
        promptFor: ({ shape }) => promptFor(shape, ['paper'], true),
      });
      expect(outcomesIn(gathered.summary())).toEqual(right);
    },
  );
});
