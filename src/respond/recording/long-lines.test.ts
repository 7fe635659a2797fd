/** Long runs of one character: no pattern may look at all of one again from each of its places. */
import { expect, it } from 'vitest';
import { processorTime } from '../../../test/processor-time.ts';
import { messageOf } from '../../common/errors.ts';
import { writeTable } from '../../common/table/formats.ts';
import { columnsOf } from '../../common/table/table.ts';
import { askableNamed } from '../../prompt/askable.ts';
import { csvRows } from '../../tasks/people/csv.ts';
import { withoutFolders } from '../endpoint/protocol/model-name.ts';
import { OutputSurvey } from './output-field.ts';
import { readRecord } from './record.ts';
import { rawRecords } from './records.ts';

const RUN = 120_000;

/** Characters that patterns repeat, in a line that ends otherwise than they expect. */
const RUNS = [' ', '\t', '\u00a0', '1', 'a', '!', '.', ',', ';', '"', "'", '`', '<', '[', '{', '/', '=', '-'];
const texts = RUNS.flatMap((one) => [
  `a\tb${one.repeat(RUN)}!`,
  `${one.repeat(RUN)}x`,
  `=1${one.repeat(RUN)}é${one.repeat(RUN)}`,
]);

/** For a text of this length in milliseconds; what is quadratic takes ten or more times as long. */
const MOST = 1_000;

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(new TextEncoder().encode(text));
}

async function firstOf(text: string): Promise<unknown> {
  try {
    for await (const record of rawRecords(bytesOf(text), 'file')) return record;
  } catch (error) {
    return error;
  }
  return null;
}

const copying = askableNamed('UF');
const retrieval = askableNamed('UR');

async function read(fields: Readonly<Record<string, unknown>>): Promise<void> {
  await firstOf(JSON.stringify(fields));
  for (const task of [copying, retrieval]) {
    const survey = new OutputSurvey(task);
    survey.take(1, fields);
    const from = survey.decided();
    if ('field' in from) readRecord(fields, task, {}, from);
  }
}

const readers: readonly (readonly [name: string, (text: string) => unknown])[] = [
  ['a line of a recording', (text) => firstOf(text)],
  ['an output', (output) => read({ source: 'a b c', query: 'a', target: 'b', output })],
  ['a column that may be the output', (odd) => read({ source: 'a b c', target: 'a b c', text: odd, odd })],
  ['a source', (source) => read({ source, query: 'a', target: 'b', output: 'b' })],
  ['a right answer', (target) => read({ source: 'a b c', target, output: 'a b c' })],
  ['an error', (error) => read({ source: 'a b c', query: 'a', target: 'b', output: null, error })],
  ['a message', (text) => messageOf(new Error(text))],
  ['a cell of a CSV file', (text) => csvRows(`a,b\nc,"${text.replaceAll('"', '""')}"\n`)],
  [
    'a cell that is written',
    (text) => writeTable('csv', columnsOf({ text: 'text' }), [{ text }], () => Promise.resolve()),
  ],
  ['a model’s name', (name) => withoutFolders(`/${name}`)],
];

it.each(readers)('%s: long runs of a character take time in proportion to their length', async (_, use) => {
  for (const text of texts) {
    const taken = await processorTime(() => use(text));
    expect(taken, JSON.stringify(text.slice(0, 5))).toBeLessThan(MOST);
  }
});
