/**
 * Every case of the table through the command, over sockets, as a table: what is right, what came. Ends with status 1 where
 * one is not right. `node bin/node24.js test/servers/print-table.ts [WORDS]`: only cases with these words in their names.
 */
import { textTable } from '../../src/cli/measure/tables.ts';
import { serverCases } from './cases.ts';
import { command, describeOutcomes, faultsOf, outcomesIn } from './commanding.ts';

const words = process.argv.slice(2).join(' ');
const chosen = serverCases.filter(({ name }) => name.includes(words));
const rows: string[][] = [];
for (const [i, one] of chosen.entries()) {
  process.stderr.write(`${i + 1} of ${chosen.length}: ${one.name}\n`);
  const came = await command(one);
  const faults = faultsOf(one, came);
  const expected = one.refused === undefined ? describeOutcomes(one.right) : 'refused in one line';
  const got = came.result === null ? `exit status ${came.code}` : describeOutcomes(outcomesIn(came.result));
  const ending = one.ending === undefined ? '' : `; ${one.ending}`;
  rows.push([one.name, expected + ending, got, String(came.seen.requests), faults.join('; ') || 'ok']);
}
process.stdout.write(`${textTable(['case', 'right', 'came', 'requests', ''], rows)}\n`);
const right = rows.filter(([, , , , verdict]) => verdict === 'ok').length;
process.stdout.write(`${right} of ${rows.length} right\n`);
process.exitCode = right === rows.length ? 0 : 1;
