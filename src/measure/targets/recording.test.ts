import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { askableNamed } from '../../prompt/askable.ts';
import { promptFor } from '../../prompt/files.node.ts';
import { Cell } from '../../score/tables/tally.ts';
import { byLengthGroup } from '../../score/tables/length-groups.ts';
import { fewestAnswers } from '../../score/statistics/index.ts';
import { readMeasurement, rescoreMeasurement } from '../gather/folder.node.ts';
import { MeasureStore } from '../store/store.node.ts';
import { measureRecording } from './recording.node.ts';
import type { RecordingOptions } from './recording.node.ts';
import { noteRecording } from './recording-store.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'lengthwise-recording-'));
afterAll(() => rmSync(scratch, { recursive: true }));
let files = 0;

function fileOf(records: readonly object[]): string {
  const file = path.join(scratch, `${files++}.jsonl`);
  writeFileSync(file, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  return file;
}

async function replayed(task: string, records: readonly object[], options: Partial<RecordingOptions> = {}) {
  const one = { file: fileOf(records), task: askableNamed(task) };
  const measured = await measureRecording([one], { threshold: 0.9, ...options });
  const cells = measured.gathered.cells();
  const { examples } = measured.gathered.rows('recorded');
  return { ...measured.files[0], cells, all: Cell.together(task, 0, cells), examples };
}

/** Why nothing in a file is a record. */
async function refusal(task: string, records: readonly object[]): Promise<string> {
  return replayed(task, records).then(
    () => '',
    (error: Error) => error.message,
  );
}

const right = { input: 'abcde|c', target: 'b', full_output: 'b' };

describe('fields', () => {
  it.each([
    ['numbers', { input: 'a1b2||b', target: 1, predicted: 1 }],
    ['the data sets’ own names', { input_with_space: 'abcde|c', UL: 'b', UR: 'd', output: 'b' }],
    ['a query beside the source', { context: 'a b c d', query: 'c', expected: 'b', completion: ' b' }],
    ['a query in both places', { input: 'abcde|c', query: 'c', target: 'b', output: 'b' }],
    ['line breaks before the answer', { ...right, full_output: '\n\n b\nthen' }],
    ['thoughts before the answer', { ...right, full_output: '<think>\n<target>d</target>?\n</think>\n\nb' }],
    ['marks around the source and the answer', { input: '<s>abcde|c', target: 'b</s>', output: '<s> b</s>' }],
    ['an empty error', { ...right, error: '' }],
    ['no right answer: the oracle has one', { input: 'abcde|c', output: 'b' }],
    ['the first output that is not null', { ...right, full_output: null, prediction: 'b' }],
  ])('%s', async (_, record) => {
    const { all, bad, contradicting } = await replayed('UL', [record]);
    expect({ ...all.counts, bad, contradicting }).toEqual({
      n: 1,
      correct: 1,
      failed: 0,
      bad: 0,
      contradicting: 0,
    });
  });

  it('a row of a table ends with its line', async () => {
    const record = {
      source: ['K1,a', 'K1,b', 'K2,c'],
      query: 'K1',
      answer: ['K1,b'],
      output: ' K1,b\n\nK1,a',
    };
    const { all } = await replayed('table-lookup-last', [record]);
    expect(all.row()).toMatchObject({ correct: 1, extra: 1 });
  });

  it('an empty source is no record', async () => {
    expect(await refusal('UL', [{ ...right, input: ' ' }])).toContain('there is no source');
  });

  it('a query is one text', async () => {
    expect(await refusal('UL', [{ ...right, query: ['c', 'd'] }])).toMatch(
      /line 1: the field 'query' is not one text: a record has one query$/,
    );
  });

  it('in others are named with dots', async () => {
    const record = { doc: { text: 'abcde|c' }, resps: [['b']], answer: 'b' };
    const fields = { source: 'doc.text', output: 'resps.0.0' };
    expect((await replayed('UL', [record], { fields })).all.counts.correct).toBe(1);
    expect(await refusal('UL', [record])).toContain('no field with the source');
  });

  it('an output that was named is scored, whatever the authors’ cleaning made of another', async () => {
    const record = { input: 'abc', gold_ans: 'cba', cleaned: 'abc', mine: 'c b a' };
    expect((await replayed('UB', [record], { fields: { output: 'mine' } })).all.counts.correct).toBe(1);
  });

  it('text after <eos> is none of the answer, and is noticed', async () => {
    const full = { input: 'abc', gold_ans: 'cba', full_output: 'c b a <eos> <bos> x', cleaned: 'cba<bos>x' };
    expect((await replayed('UB', [full])).all.row()).toMatchObject({ correct: 1, extra: 1 });
    expect((await replayed('UB', [full], { scoring: 'authors' })).all.counts.correct).toBe(0);
  });
});

describe('two fields that may both be the output', () => {
  const [input, gold, pred] = ['a b c d e|c', 'd', 'zz'];

  it('RULER’s names tell: the model’s is scored, and not the reference', async () => {
    const record = { input, index: 0, outputs: [gold], others: {} };
    const wrong = await replayed('UR', [{ ...record, pred }]);
    expect(wrong.all.counts).toMatchObject({ n: 1, correct: 0, failed: 0 });
    expect(wrong.answeredByOracle).toBe(0);
    const right = await replayed('UR', [{ ...record, pred: gold }]);
    expect(right.all.counts).toMatchObject({ n: 1, correct: 1 });
  });

  it('RULER’s reference is the right answer, also where the oracle contradicts it', async () => {
    const { all, contradicting } = await replayed('UR', [{ input, outputs: ['e'], pred: 'e' }]);
    expect([all.counts.correct, contradicting]).toEqual([1, 1]);
  });

  it.each([
    ['a reply and what was taken out of it', { choices: [{ message: { content: gold } }], pred }],
    ['lm-evaluation-harness’s filters', { resps: [[gold]], filtered_resps: [pred] }],
    ['the paper’s', { full_output: gold, prediction: pred }],
    ['Inspect’s chat, with its output in it', { output: { completion: gold }, messages: [] }],
    ['equal ones', { output: `${gold}\n`, prediction: gold }],
  ])('%s: the whole one counts', async (_, record) => {
    expect((await replayed('UR', [{ input, target: gold, ...record }])).all.counts.correct).toBe(1);
  });

  it.each([
    [{ input, target: gold, output: `The answer is ${gold}.`, prediction: gold }, 'prediction', 'output'],
    [{ input, output: 'e', prediction: pred }, 'prediction', 'output'],
    [{ input, target: gold, prediction: gold, generated_text: pred }, 'prediction', 'generated_text'],
    [{ input, output: gold, response: pred }, 'output', 'response'],
    // Right answers, or whole outputs of a model that is right.
    [{ input, instruction: 'right neighbour', output: gold, prediction: pred }, 'prediction', 'output'],
    [{ input, instruction: 'x', output: `It is ${gold}`, prediction: gold }, 'prediction', 'output'],
    [{ input, output: gold, generated_text: pred }, 'generated_text', 'output'],
    [{ input, completion: gold, pred }, 'pred', 'completion'],
    [{ input, messages: [{ role: 'assistant', content: gold }], pred }, 'pred', 'messages'],
    [{ input, outputs: [gold, gold.toUpperCase()], pred: gold }, 'pred', 'outputs'],
  ])('%j: nothing tells which; one line names both and the option', async (record, one, other) => {
    const said = await refusal('UR', [record]);
    expect(said).toContain(
      `line 1: the fields '${one}' and '${other}' may both be the model's output, and differ`,
    );
    expect(said).toContain('--output-field');
    const named = await replayed('UR', [record], { fields: { output: other } });
    expect(named.all.counts.n).toBe(1);
  });

  it('it is decided once for the file, by all of its records', async () => {
    const told = { input, outputs: [gold], pred };
    const lacking = { input: 'a b c d f|c', outputs: [gold] };
    for (const records of [
      [told, lacking],
      [lacking, told],
    ]) {
      expect((await replayed('UR', records)).all.counts).toMatchObject({ n: 2, correct: 0, failed: 1 });
    }
    // A model that is right once in three, and once its answer was not found in its output.
    const inputs = ['a b c d e|c', 'a b c d f|c', 'a b c d g|c'];
    const outputs = [gold, 'e', 'a'];
    const records = inputs.map((each, i) => ({
      input: each,
      output: outputs[i],
      prediction: i === 0 ? '[invalid]' : outputs[i],
    }));
    for (const file of [records, records.toReversed()]) {
      expect(await refusal('UR', file)).toContain("'prediction' and 'output' may both be the model's output");
    }
    const named = await replayed('UR', records, { fields: { output: 'output' } });
    expect(named.all.counts).toMatchObject({ n: 3, correct: 1 });
  });

  it('some records have the one and some the other', async () => {
    const records = [
      { input, target: gold, output: gold, response: null },
      { input: 'a b c d f|c', target: gold, output: null, response: gold },
    ];
    expect(await refusal('UR', records)).toContain(
      "some records have their output in 'output', others in 'response': name the right field with --output-field",
    );
  });

  it('a reference of several symbols is one text', async () => {
    const record = { input: 'a b c', outputs: ['a b c'], pred: 'a b c' };
    const { all, contradicting } = await replayed('UF', [record]);
    expect([all.counts.correct, contradicting]).toEqual([1, 0]);
  });
});

describe('an output that is right in every record', () => {
  const golds = ['b', 'c', 'd', 'e'];
  const records = (extra: (gold: string, i: number) => object): object[] =>
    golds.map((gold, i) => ({ input: `a b c d e|${'abcd'[i]}`, ...extra(gold, i) }));
  const said = (gold: string, i: number): string => (i === 0 ? 'x' : gold);

  it.each<[string, string, (gold: string, i: number) => object]>([
    ['output', 'model_output', (output, i) => ({ output, model_output: said(output, i) })],
    ['output', 'model_answer', (output, i) => ({ output, model_answer: said(output, i), label: output })],
    ['output', 'hypothesis', (output, i) => ({ output, target: output, hypothesis: said(output, i) })],
    ['output', 'generated', (output, i) => ({ instruction: 'x', output, generated: said(output, i) })],
    ['completion', 'generation', (completion, i) => ({ completion, generation: said(completion, i) })],
    ['output', 'gpt4', (output, i) => ({ output, gpt4: `It is ${said(output, i)}.` })],
    ['output', 'answerOfModel', (output, i) => ({ output, answerOfModel: { content: said(output, i) } })],
    ['outputs', 'candidate', (gold, i) => ({ outputs: [gold], candidate: said(gold, i) })],
    ['output', 'raw_response', (output) => ({ output, raw_response: 'zz' })],
  ])('%s beside %s: it may be the right answer', async (field, other, record) => {
    const message = await refusal('UR', records(record));
    expect(message).toContain(
      `'${field}' is right in every record, and '${other}' looks like an output, too: name the model's with --output-field`,
    );
    const { all } = await replayed('UR', records(record), { fields: { output: field } });
    expect(all.counts).toMatchObject({ n: 4, correct: 4 });
  });

  it.each<[string, (gold: string, i: number) => object]>([
    ['alone', (output) => ({ output })],
    ['with the right answer', (output) => ({ output, target: output, label: output })],
    [
      'with what else records have',
      (output, i) => ({
        ...{ output, id: `r${i}`, index: i, model: 'good', split: 'test', UL: 'a', length: 5, correct: true },
        ...{
          prompt: `a b c d e|${'abcd'[i]}`,
          reasoning: 'a, no: b',
          output_tokens: 3,
          response_id: `x${i}`,
        },
      }),
    ],
    ['as a whole reply', (content, i) => ({ response: { content }, extracted: said(content, i) })],
    [
      'under a name of models’ outputs',
      (prediction, i) => ({ prediction, model_output: said(prediction, i) }),
    ],
    ['but for one', (output, i) => ({ output: said(output, i), raw: `It is ${output}.` })],
  ])('%s is the model’s', async (_, record) => {
    expect((await replayed('UR', records(record))).all.counts.n).toBe(4);
  });
});

describe('names of outputs that hold other things', () => {
  const sample = { source: 'a b c d e', query: 'c', gold: 'd' };
  const demonstrated = [
    { role: 'user', content: 'a b c|b' },
    { role: 'assistant', content: 'c' },
    { role: 'user', content: 'a b c d e|c' },
  ];

  it.each([
    ['choices of a question', { choices: ['a', 'b', 'c', 'd'] }],
    ['ARC’s', { choices: { text: ['a', 'b', 'd'], label: ['A', 'B', 'C'] } }],
    ['choices with labels', { choices: ['a', 'b', 'd'].map((text) => ({ text, label: text })) }],
    ['candidates for an answer', { candidates: ['a', 'b', 'c', 'd'] }],
    ['a line of a log', { message: 'evaluated sample 0' }],
    ['the prompt', { messages: demonstrated }],
  ])('%s: the output beside it is scored', async (_, other) => {
    const records = [{ ...sample, ...other, response: 'd' }];
    expect((await replayed('UR', records)).all.counts).toMatchObject({ n: 1, correct: 1 });
  });

  it('and no output: one line, and no wrong answers', async () => {
    const message = await refusal('UR', [{ ...sample, messages: demonstrated, generation: 'd' }]);
    expect(message).toContain(
      'no field with the output; its fields are: source, query, gold, messages, generation',
    );
  });
});

it('a record under names that nobody knows lacks the output: the right answer is the oracle’s', async () => {
  const record = { input: 'a b c d e|c', actual_output: 'd', expected_output: 'd' };
  const message = await refusal('UR', [record]);
  expect(message).toContain(
    'no field with the output; its fields are: input, actual_output, expected_output (name one with --output-field)',
  );
  const named = await replayed('UR', [record], { fields: { output: 'actual_output' } });
  expect(named.all.counts).toMatchObject({ n: 1, correct: 1 });
});

describe('outputs that are lists written as texts', () => {
  const sources = ['abcde|c', 'xbcde|c', 'abcye|c'];
  const recorded = (outputs: readonly unknown[], name = 'output') =>
    outputs.map((output, i) => ({ input: sources[i], [name]: output }));

  it.each([
    ['Python’s', ["['b']", "['b']", '["b"]']],
    ['JSON’s', ['["b"]', ' [ "b" ] ', '["\\u0062"]']],
    ['lm-evaluation-harness’s, a list in a list', ["[['b']]", '[["b"]]', "[['b',],]"]],
    ['with escapes', ["['\\x62\\n']", "['b\\t']", "['b ']"]],
  ])('%s are read as the text in them, and the filter is named', async (_, outputs) => {
    const { all, listed } = await replayed('UL', recorded(outputs));
    expect([all.counts, all.row().exact, listed]).toMatchObject([{ n: 3, correct: 3 }, 0, 3]);
  });

  it.each<[why: string, outputs: readonly unknown[], correct: number, listed: number | undefined]>([
    ['one is none', ["['b']", 'b', "['b']"], 3, 2],
    ['one has two texts', ["['b']", "['b', 'b']", "['b']"], 2, 2],
    ['one is no list of texts', ["['b']", "['b'", "['b']"], 2, 2],
    ['one is empty', ["['b']", '', '["b"]'], 2, 2],
    ['one is white space', ["['b']", ' \n', '["b"]'], 2, 2],
    ['one is an empty list', ["['b']", '[[]]', '["b"]'], 2, 2],
    ['most are none', ["['b']", 'b', 'b'], 3, 1],
    ['they hold no texts', ['[1]', '[None]', '[b]'], 0, undefined],
  ])('are read each by itself where %s', async (_, outputs, correct, listed) => {
    const found = await replayed('UL', recorded(outputs));
    expect([found.all.counts.n, found.all.counts.correct, found.listed]).toEqual([3, correct, listed]);
  });

  it('of lines and texts, and with what came behind the answer', async () => {
    const text = 'one two, three';
    const listed = [{ source: text, output: `['${text}']` }];
    expect((await replayed('text-copy', listed)).all.counts.correct).toBe(1);
    const more = [{ input: sources[0], output: String.raw`['b\nInput: xyz|y']` }];
    expect((await replayed('UL', more)).all.counts.correct).toBe(1);
  });

  it('are left where the sample has such marks', async () => {
    const bare = await replayed('UR', [{ source: "a ['b'] c", query: 'a', output: "['b']" }]);
    expect([bare.all.counts.correct, bare.all.row().exact, bare.listed]).toEqual([1, 1, undefined]);
    const other = await replayed('UR', [{ source: "a b ['b']", query: 'a', output: "['b']" }]);
    expect(other.all.counts.correct).toBe(0);
  });

  it('in a field of several answers hold as many', async () => {
    const outputs = ["['b', 'd']", "['b', 'b']", '[["b"], ["d"]]'];
    const { all } = await replayed('UL', recorded(outputs, 'resps'));
    expect(all.counts).toMatchObject({ n: 3, correct: 2 });
  });

  it('of a copy are an answer of several symbols, as the model wrote it', async () => {
    const { all, listed } = await replayed('UF', [{ input: 'a b', output: "['a', 'b']" }]);
    expect([all.counts.correct, listed]).toEqual([0, undefined]);
  });
});

describe('a log of lm-evaluation-harness with two filters', () => {
  const records = ['strict-match', 'flexible-extract'].map((filter) => ({
    ...{ doc_id: 0, input: 'abcde|c', target: 'b', resps: [['The answer is b']] },
    ...{ filter, filtered_resps: [filter === 'strict-match' ? '[invalid]' : 'b'] },
  }));

  it('is not counted as repeats of one: one line, with the ways to choose', async () => {
    const message = await replayed('UL', records, { fields: { output: 'filtered_resps' } }).then(
      () => '',
      (error: Error) => error.message,
    );
    expect(message).toMatch(
      /, line 2: 'filter' is 'flexible-extract' here and 'strict-match' before: answers of several filters are never counted together; write those of each to a file of its own, or score whole outputs: --output-field resps$/,
    );
    const bare = records.map((record) => ({ ...record, resps: undefined }));
    expect(await refusal('UL', bare)).toContain("'filter' is 'flexible-extract' here");
  });

  it('is read by its whole outputs otherwise', async () => {
    const { all, records: counted, cells } = await replayed('UL', records);
    expect(all.counts).toMatchObject({ n: 1, correct: 0 });
    expect([cells[0].row().answers, counted]).toEqual([undefined, 1]);
    // Two runs, each with both filters, are two answers.
    const twice = await replayed('UL', [...records, ...records]);
    expect([twice.cells[0].row().answers, twice.records]).toEqual([2, 2]);
    const strict = await replayed('UL', records.slice(1), { fields: { output: 'filtered_resps' } });
    expect(strict.all.counts).toMatchObject({ n: 1, correct: 1 });
  });
});

describe('several models in one file', () => {
  const sample = { source: 'a b c d e', query: 'c', answer: 'd' };
  it.each([
    ['model', { model: 'good', output: 'd' }, { model: 'bad', output: 'zz' }],
    ['provider', { provider: { id: 'good' }, output: 'd' }, { provider: { id: 'bad' }, output: 'zz' }],
    [
      'response.model',
      { response: { model: 'good', content: 'd' } },
      { response: { model: 'bad', content: 'd' } },
    ],
    [
      'response.body.model',
      { response: { body: { model: 'good', content: 'd' } } },
      { response: { body: { model: 'bad', content: 'd' } } },
    ],
  ])('%s: refused, since they are no repeats', async (field, good, bad) => {
    const file = [
      { ...sample, ...good },
      { ...sample, ...bad },
    ];
    expect(await refusal('UR', file)).toContain(
      `line 2: '${field}' is 'bad' here and 'good' before: answers of several models are never counted together`,
    );
    expect((await replayed('UR', [file[0], file[0]])).all.row()).toMatchObject({ n: 1, answers: 2 });
  });

  it('several prompts of promptfoo, too; servers of one model are one', async () => {
    const prompts = [0, 1].map((promptIdx) => ({ ...sample, promptIdx, output: 'd' }));
    expect(await refusal('UR', prompts)).toContain("line 2: 'promptIdx' is '1' here and '0' before");
    const servers = ['A', 'B'].map((provider) => ({ ...sample, model: 'm', provider, output: 'd' }));
    expect((await replayed('UR', servers)).all.row()).toMatchObject({ n: 1, answers: 2 });
  });
});

describe('several answers to one sample', () => {
  const choices = ['zz', 'd', 'zz'].map((text, i) => ({ index: 2 - i, text, finish_reason: 'stop' }));
  it.each([
    ['lm-evaluation-harness’s repeats', { resps: [['d', 'zz', 'zz']], filtered_resps: ['d', 'zz', 'zz'] }, 1],
    ['what its filters left of them', { filtered_resps: [['zz', 'd', 'd']] }, 2],
    ['choices', { choices }, 1],
    ['choices of a reply', { response: { choices, usage: { completion_tokens: 9 } }, max_tokens: 5 }, 1],
    ['a pipeline’s sequences', { output: ['d', 'zz', 'd'].map((text) => ({ generated_text: text })) }, 2],
    ['outputs', { outputs: ['d', 'd', 'zz'] }, 2],
  ])('%s: each counts by its share', async (_, record, right) => {
    const sample = { source: 'a b c d e', query: 'c', target: 'd' };
    const { all, records } = await replayed('UR', [{ ...sample, ...record }]);
    expect([records, all.counts.n, all.row().answers]).toEqual([1, 1, 3]);
    expect(all.row()).toMatchObject({ truncated: 0 });
    expect(all.counts.correct).toBeCloseTo(right / 3);
  });

  it('a list of symbols is one answer', async () => {
    const record = { source: 'a b c', target: 'a b c', output: ['a', 'b', 'c'] };
    expect((await replayed('UF', [record])).all.row()).toMatchObject({ n: 1, correct: 1 });
  });

  it('are stored, each by itself', async () => {
    const store = MeasureStore.open(mkdtempSync(path.join(scratch, 'store-')));
    const file = fileOf([{ source: 'a b c d e', query: 'c', target: 'd', choices }]);
    await measureRecording([{ file, task: askableNamed('UR') }], { threshold: 0.9, store });
    expect(store.size).toBe(3);
    store.close();
  });
});

describe('texts', () => {
  const text = 'Est non  modi. Sit modi est.';

  it.each([
    ['as it is', text, text, 1],
    ['with marks around the right answer', `<|begin_of_text|>${text} <end>`, ` ${text} <end>\nEcho:`, 1],
    ['with a blank less', text, text.replace('  ', ' '), 0],
    ['that runs on', text, `${text} Est non modi.`, 0],
  ])('a copy %s', async (_, gold, output, correct) => {
    const { all, contradicting } = await replayed('text-copy', [
      { input_text: gold, gold_ans: gold, full_answer: output },
    ]);
    expect(all.counts).toMatchObject({ n: 1, correct });
    expect(contradicting).toBe(0);
  });

  it('that begin with a mark are never exact as released: they are compared, and nothing is counted', async () => {
    const gold = `<|begin_of_text|>${text}`;
    const { authors } = await replayed(
      'text-copy',
      [{ input_text: gold, gold_ans: gold, full_answer: text }],
      { scoring: 'authors' },
    );
    expect(authors?.text).toMatchObject({ exact: 0, mismatch: 1 });
    const longer = `${text} ${'Lorem ipsum dolor sit. '.repeat(5)}`.trim();
    const seed1 = { input_text: `<|begin_of_text|>${longer}`, gold_ans: `<|begin_of_text|>${longer}` };
    const scored = await replayed('text-copy', [{ ...seed1, full_answer: longer }], { scoring: 'authors' });
    expect(scored.authors?.text).toMatchObject({
      compared: 1,
      released: { nonDeterministic: 1 },
      corrected: { overall: 1 },
    });
  });
});

describe('what did not come, or not whole', () => {
  it('is counted in columns of its own', async () => {
    const { all, cells } = await replayed('UL', [
      right,
      { input: 'abcde|d', target: 'c', full_output: null, error: 'timeout' },
      { input: 'abcde|b', target: 'a', full_output: '' },
      { input: 'abcde|e', target: 'd', error: 'HTTP 500' },
    ]);
    expect(all.counts.failed).toBe(2);
    expect(cells[0].row()).toMatchObject({ failed: 2, errors: { 'no-answer': 1 } });
    const cut = { input: 'abc>', target: 'cba', prediction: 'c b', finish_reason: 'length' };
    expect((await replayed('UB', [cut])).all.row()).toMatchObject({ truncated: 1, correct: 0 });
  });

  it.each([
    ['truncated', { candidates: [{ content: { role: 'model' }, finishReason: 'MAX_TOKENS' }] }],
    ['withheld', { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } }],
    ['failed', {}],
    ['failed', { type: 'expired' }],
    ['failed', { status_code: 429, body: { detail: 'slow down' } }],
    ['truncated', { text: 'zz', meta_info: { finish_reason: { type: 'length', length: 16 } } }],
    ['truncated', { content: 'zz', stop: true, stop_type: 'limit' }],
  ])('a reply is %s, and a sample like any other: %j', async (outcome, response) => {
    const sample = { input: 'abcde|c', target: 'b' };
    const other = { ...sample, input: 'abcdf|c', response: { candidates: [{ content: 'b', index: 0 }] } };
    const { all, bad } = await replayed('UL', [other, { ...sample, response }]);
    expect({ ...all.row(), bad }).toMatchObject({ n: 2, correct: 1, bad: 0, [outcome]: 1 });
  });

  it('our own rows name the kind of error where others name a failure', async () => {
    const row = { source: ['a', 'b'], query: 'a', answer: ['b'], output: [], error: 'no-answer' };
    expect((await replayed('UR', [row])).all.counts).toMatchObject({ n: 1, failed: 0 });
  });
});

describe('the same source', () => {
  it('asked several times is one cluster: the interval says so', async () => {
    const others = Array.from({ length: 10 }, (_, i) => ({
      ...right,
      input: `a${i}cde|c`,
      target: String(i),
    }));
    const once = await replayed('UL', others);
    const thrice = await replayed('UL', [...others, ...others, ...others]);
    const [narrow, wide] = [once, thrice].map(({ all }) => all.row());
    expect([wide.n, wide.answers]).toEqual([10, 30]);
    expect(wide.high - wide.low).toBeGreaterThan(0.9 * (narrow.high - narrow.low));
  });

  it('asked for its left and its right neighbour is a pair, in whatever order the files are', async () => {
    const sources = ['abcde|c', 'vwxyz|x', 'fghij|h'];
    const lefts = sources.map((input) => ({ input, target: input[1], output: input[3] }));
    const rights = sources.map((input) => ({ input, target: input[3], output: input[3] })).toReversed();
    const { gathered } = await measureRecording(
      [
        { file: fileOf(lefts), task: askableNamed('UL') },
        { file: fileOf(rights), task: askableNamed('UR') },
      ],
      { threshold: 0.9 },
    );
    const [left, rightCell] = gathered.cells();
    expect(left.sharedWith(rightCell)).toHaveLength(3);
  });
});

describe('symbols that stand otherwise in other texts, of one file or of two', () => {
  it.each([
    ['one file', [[0, 1, 2]]],
    ['two files', [[0], [1, 2]]],
  ])('are read from a store as they were from the %s', async (_, split) => {
    const texts = ['xyz', 'a b c', 'd b c'];
    const outputs = ['xyz', 'abc', 'd b c'];
    const records = texts.map((source, i) => ({ source, target: source, output: outputs[i] }));
    const files = split.map((own) => ({
      file: fileOf(own.map((i) => records[i])),
      task: askableNamed('UF'),
    }));
    const folder = mkdtempSync(path.join(scratch, 'store-'));
    const store = MeasureStore.open(folder);
    const { gathered } = await measureRecording(files, { threshold: 0.9, store });
    noteRecording(store, gathered, { lengthwise: '0', options: {}, threshold: 0.9 });
    store.close();
    const counts = { n: 3, correct: 2, failed: 0 }; // 'abc' is none of three words
    expect(gathered.cells().map((cell) => cell.counts)).toEqual([counts]);
    for (const read of [readMeasurement, rescoreMeasurement])
      expect(read(folder).flatMap((each) => each.cells().map((cell) => cell.counts))).toEqual([counts]);
  });
});

describe('examples of copies', () => {
  it('say where the first error is, whether the transition is ambiguous, and where the copy went on', async () => {
    const record = { input: 'x12x34x56>', target: 'x12x34x56', prediction: 'x56' };
    const { examples, cells } = await replayed('NF', [record]);
    expect(examples[0]).toMatchObject({
      error: 'jump',
      copy: { firstWrong: 1, ambiguous: true, jumpTo: 7, occurrence: { due: 1, taken: 3, of: 3 } },
    });
    expect(cells[0].row().copies).toEqual({
      ambiguousTransitions: 3,
      wrong: 1,
      firstWrong: 1,
      atAmbiguous: 1,
    });
  });
});

describe('very many lengths', () => {
  const cellsOf = (lengths: number, each: number): Cell[] =>
    Array.from({ length: lengths }, (_, i) => {
      const cell = new Cell('UL', i + 2);
      for (let k = 0; k < each; k++) {
        cell.add({
          ...{ task: 'UL', length: i + 2, sourceKey: `${i} ${k}`, promptTokens: null },
          score: {
            ...{ outcome: 'right', exact: true, retrieved: true, extra: false, error: null, changed: [] },
            similarity: { symbol: 1, word: 1, character: 1 },
          },
        });
      }
      return cell;
    });

  it.each([
    [20, 1, 20],
    [21, 1, 1],
    [70, 1, 1],
    [80, 1, 2],
    [100, 10, 11],
    [300, 200, 12],
  ])('%i lengths of %i answers: %i groups', (lengths, each, groups) => {
    const found = byLengthGroup(cellsOf(lengths, each), 0.9);
    expect(found).toHaveLength(groups);
    expect(found.reduce((sum, { cell }) => sum + cell.counts.n, 0)).toBe(lengths * each);
    expect(found[0].from).toBe(2);
    expect(found.at(-1)?.to).toBe(lengths + 1);
  });

  it('a group has the answers that it takes to show the threshold', () => {
    expect([0.5, 0.9, 0.99].map((threshold) => fewestAnswers(threshold))).toEqual([6, 36, 368]);
  });
});

describe('counts', () => {
  it('of bad lines and contradictions go on beyond those that are kept', async () => {
    const wrong = Array.from({ length: 1100 }, () => ({ ...right, target: 'd' }));
    const { contradicting, contradictions } = await replayed('UL', wrong);
    expect([contradicting, contradictions.length]).toEqual([1100, 1000]);
    const { bad, badLines } = await replayed('UL', [right, ...Array.from({ length: 1100 }, () => ({}))]);
    expect([bad, badLines.length]).toEqual([1100, 1000]);
  });
});

describe('records without an output', () => {
  const answered = ['xbcde|c', 'ybcde|c', 'zbcde|c'].map((input) => ({ ...right, input }));
  const lacking = { input: right.input, target: right.target };
  const withoutGold = ({ input }: { readonly input: string }) => ({ input });

  it('count as failed, as those whose output is null', async () => {
    const { all, bad } = await replayed('UL', [...answered, lacking]);
    expect([all.counts, bad]).toMatchObject([{ n: 4, correct: 3, failed: 1 }, 0]);
    const none = await replayed('UL', [...answered, { ...lacking, full_output: null }]);
    expect(none.all.counts).toEqual(all.counts);
  });

  it.each<[string, object, Partial<RecordingOptions>]>([
    ['no field', {}, {}],
    ['null', { full_output: null }, {}],
    ['something that is no output', { full_output: { code: 7 } }, {}],
    ['an error', { error: 'timeout' }, {}],
    ['no reply where the output is', { reply: { error: 'x' } }, { fields: { output: 'reply.text' } }],
    ['its task and number', { task: 'UL', index: 9 }, {}],
  ])('are as many where no right answer is recorded, wherever they stand: %s', async (_, more, options) => {
    const others = answered.map((record, index) => ({
      ...withoutGold(record),
      ...('task' in more ? { task: 'UL', index } : {}),
      ...('fields' in options ? { reply: { text: 'b' } } : { full_output: 'b' }),
    }));
    const without = { ...withoutGold(right), ...more };
    for (const records of [
      [without, ...others],
      [...others, without],
    ]) {
      const one = { file: fileOf(records), task: askableNamed('UL'), only: () => true };
      const { gathered, files } = await measureRecording([one], { threshold: 0.9, ...options });
      const { counts } = Cell.together('UL', 0, gathered.cells());
      expect([counts, files[0].bad]).toMatchObject([{ n: 4, correct: 3, failed: 1 }, 0]);
      expect(files[0].answeredByOracle).toBe(4);
    }
  });

  it('and without a source are none', async () => {
    const { all, bad, badLines } = await replayed('UL', [...answered.map(withoutGold), {}, right]);
    expect([all.counts.n, bad, badLines[0].reason]).toEqual([
      4,
      1,
      expect.stringContaining('no field with the source'),
    ]);
  });

  it('where no record has one, its field has another name: nothing is measured', async () => {
    expect(await refusal('UL', [lacking, lacking])).toContain('no field with the output');
  });

  it('are not waited for without end: a file of them is never held in memory whole', async () => {
    const many = Array.from({ length: 5_000 }, () => lacking);
    expect(await refusal('UL', [...many, ...answered])).toMatch(
      / has no record that can be read among its first 5000; line 1: no field with the output; .* \(name one with --output-field\)$/,
    );
    const { all } = await replayed('UL', [...many.slice(1), ...answered]);
    expect(all.counts).toMatchObject({ correct: 3 });
  });
});

describe('a right answer that is missing or can’t be read', () => {
  const others = ['xbcde|c', 'ybcde|c'].map((input) => ({ ...right, input }));
  const named = { fields: { gold: 'target' } };

  it.each<[string, object, Partial<RecordingOptions>]>([
    ['a field that was named is not there', { target: undefined }, named],
    ['an object', { target: { text: 'b' } }, {}],
    ['an empty one', { target: '' }, {}],
  ])('is the oracle’s, beside others that have one: %s', async (_, more, options) => {
    const { all, bad, answeredByOracle } = await replayed('UL', [{ ...right, ...more }, ...others], options);
    expect([all.counts, bad, answeredByOracle]).toMatchObject([{ n: 3, correct: 3, failed: 0 }, 0, 1]);
  });

  it.each<[string, object, Partial<RecordingOptions>, string]>([
    ['a field that was named', { gold: 'b', target: undefined }, named, 'no field with the right answer'],
    ['an object', { target: {} }, {}, "the field 'target' is neither text nor a list of texts"],
    ['an empty one', { target: '' }, {}, "the field 'target' is empty: there is no right answer"],
  ])('in every record is another field’s: %s', async (_, more, options, reason) => {
    const records = [right, ...others].map((record) => ({ ...record, ...more }));
    await expect(replayed('UL', records, options)).rejects.toThrow(`line 1: ${reason}`);
  });
});

describe('a store', () => {
  it('holds what is in the file now', async () => {
    const store = MeasureStore.open(mkdtempSync(path.join(scratch, 'store-')));
    const others = Array.from({ length: 20 }, (_, i) => ({ ...right, input: `a${i % 10}cde|c` }));
    const file = fileOf(others);
    const one = { file, task: askableNamed('UL') };
    await measureRecording([one], { threshold: 0.9, store });
    expect(store.size).toBe(20);
    writeFileSync(
      file,
      others
        .slice(0, 10)
        .map((record) => `${JSON.stringify(record)}\n`)
        .join(''),
    );
    await measureRecording([one], { threshold: 0.9, store });
    expect(store.size).toBe(10);
    store.close();
  });
});

describe('outputs whose prompt is known', () => {
  it('are read as their prompt says', async () => {
    // `pair` ends an answer with the quotation mark that closes it: what follows is another line.
    const record = { source: ['a', 'H', 'I', 'b'], query: 'H', answer: ['I'], output: ' I"\n and so on' };
    const pair = promptFor('retrieval', ['pair'], false);
    expect((await replayed('UR', [record], { promptFor: () => pair })).all.counts.correct).toBe(1);
  });
});

describe('tags in a thought', () => {
  it.each([
    ['a line', 'b\nc'],
    ['tags of its own', '<target>b</target>'],
  ])('are not those of the answer: %s', async (_, said) => {
    const thought = '<think>perhaps <target>d</target></think>\n';
    expect((await replayed('UL', [{ ...right, full_output: said }])).all.counts.correct).toBe(1);
    expect((await replayed('UL', [{ ...right, full_output: thought + said }])).all.counts.correct).toBe(1);
  });
});
