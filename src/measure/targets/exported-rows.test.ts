import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { promptFor } from '../../prompt/files.node.ts';
import { namedTasks } from './exported-rows.node.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-exported-'));
afterAll(() => rmSync(scratch, { recursive: true }));

describe('rows of an export', () => {
  it.each([[['UF', 'mine', 'UL', 'UR']], [['mine', 'UR', 'UL', 'UF']]])(
    'in the order %j give tasks in the order in which they are asked',
    async (order) => {
      const rows = order.map((task) => {
        const operation = task === 'mine' ? 'UB' : task;
        const template = promptFor(operation.startsWith('UF') ? 'copying' : 'retrieval', ['paper'], true);
        return JSON.stringify({ task, operation, way: 'w', template });
      });
      const file = path.join(scratch, `${order.join('-')}.jsonl`);
      writeFileSync(file, rows.join('\n'));
      const tasks = await namedTasks(file, {});
      expect(tasks?.map(({ task }) => task.name)).toEqual(['UL', 'UR', 'UF', 'mine']);
    },
  );
});
