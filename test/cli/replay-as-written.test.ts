/** Recordings as other tools write them: numbers, arrays of numpy, outputs behind their prompts. What is right is counted by hand. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commandHere } from '../command-here.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'lengthwise-written-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

function fileOf(lines: readonly string[]): string {
  const file = path.join(folder, `${files++}.jsonl`);
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
  return file;
}

interface Row {
  readonly length: number;
  readonly n: number;
  readonly correct: number;
  readonly exact: number;
  readonly retrieved: number;
  readonly failed: number;
  readonly truncated?: number;
}

/** The one row of lines that are all of one length, and that contradict no oracle. Nothing is said but how many there are, and that some were cut off. */
async function rowOf(task: string, lines: readonly string[], ...more: string[]): Promise<Row> {
  const { code, out, said } = await commandHere([
    ...['replay', fileOf(lines), '--task', task, '--json'],
    ...more,
  ]);
  const [counts, ...warnings] = said.trimEnd().split('\n').toReversed();
  expect([counts.replace(/\d+/, 'n'), code]).toEqual(['n answered, 0 from before, 0 failed; 0 requests', 0]);
  const { rows, recording } = JSON.parse(out) as {
    readonly rows: readonly Row[];
    readonly recording: { readonly files: readonly { readonly contradicting: number }[] };
  };
  expect(recording.files).toMatchObject([{ contradicting: 0 }]);
  expect(rows).toHaveLength(1);
  const isCut = (rows[0].truncated ?? 0) > 0;
  expect(warnings).toEqual(isCut ? [expect.stringContaining('cut off before their end')] : []);
  return rows[0];
}

describe('a number in place of a text is the text that stands in the file', () => {
  it.each<[what: string, task: string, line: string, said: Partial<Row>]>([
    [
      'integers beyond 2^53, another one copied',
      'NF',
      '{"source": 12345678901234567891, "target": 12345678901234567891, "output": 12345678901234567899}',
      { length: 20, correct: 0 },
    ],
    [
      'integers beyond 2^53, copied',
      'NF',
      '{"source": 12345678901234567891, "output": 12345678901234567891}',
      { length: 20, correct: 1, exact: 1 },
    ],
    [
      'a text, and the same as a number',
      'NF',
      '{"source": "123456789012345678", "target": "123456789012345678", "output": 123456789012345678}',
      { length: 18, correct: 1, exact: 1 },
    ],
    [
      'a text, and another number that is the same in floating point',
      'NF',
      '{"source": "123456789012345678", "target": "123456789012345678", "output": 123456789012345677}',
      { length: 18, correct: 0 },
    ],
    [
      'fractions that end in 0',
      'UF',
      '{"input": [1.5, 3.0, 2.50], "target": [1.5, 3.0, 2.50], "output": "1.5 3.0 2.50"}',
      { length: 3, correct: 1, exact: 1 },
    ],
    [
      'a copy that left out a 0',
      'UF',
      '{"input": [1.5, 3.0, 2.50], "output": "1.5 3 2.50"}',
      { length: 3, correct: 0 },
    ],
    [
      'in a whole reply, and in a list of answers',
      'UF',
      '{"input": [1e5, 3.0], "output": {"choices": [{"message": {"content": ["1e5", 3.0]}}]}}',
      { length: 2, correct: 1 },
    ],
    [
      'in one JSON value',
      'UF',
      '{"rows": [{"input": [1e5, 3.0], "output": [1e5, 3.0]}]}',
      { length: 2, correct: 1 },
    ],
  ])('%s', async (_, task, line, said) => {
    expect(await rowOf(task, [line])).toMatchObject({ n: 1, ...said });
  });

  it('but a whole number that pandas wrote with a fraction is the symbol that the sample has', async () => {
    const lines = [
      '{"input": "4 8 3", "query": 8.0, "target": 3.0, "output": 3.0}',
      '{"input": "4 8 5", "query": 8.0, "target": 5.0, "output": "5"}',
      '{"input": [4, 8, 6], "query": 8.0, "target": 6.0, "output": "4"}',
      '{"input": [4.0, 8.0, 7.0], "query": 8, "target": 7, "output": 7}',
    ];
    expect(await rowOf('UR', lines)).toMatchObject({ n: 4, correct: 3, exact: 3 });
    expect(
      await rowOf('UF', ['{"input": "4 8 3", "target": [4.0, 8.0, 3.0], "output": [4.0, 8.0, 3.0]}']),
    ).toMatchObject({ n: 1, correct: 1 });
  });

  it('so it is where digits are copied as one number', async () => {
    const copies = [
      '{"source": "197358", "gold": "197358", "output": 197358.0}',
      '{"source": "197352", "gold": 197352.0, "output": "197352"}',
      '{"source": 197354, "output": 197354.0}',
      '{"source": "197356", "output": 197355.0}',
    ];
    expect(await rowOf('UF', copies)).toMatchObject({ length: 6, n: 4, correct: 3, exact: 3 });
    expect(await rowOf('UB', ['{"source": "197358", "gold": 853791, "output": 853791.0}'])).toMatchObject({
      ...{ length: 6, correct: 1 },
    });
    // A text is what the model said.
    expect(await rowOf('UF', ['{"source": "197358", "output": "197358.0"}'])).toMatchObject({ correct: 0 });
  });

  it('numbers of another type in a text are those of a list, where all are of it', async () => {
    const ofFloats = '"source": [54.0, 7.0, 3.0, 921.0], "query": 7.0';
    for (const gold of ['3', '3.0', '"3.0"', '"3"', 'null']) {
      for (const [output, correct] of [
        ['3', 1],
        ['3.0', 1],
        ['[3]', 1],
        ['7', 0],
        ['3.5', 0],
      ] as const) {
        const line = `{${ofFloats}, "target": ${gold}, "output": "${output}"}`;
        expect([gold, output, await rowOf('UR', [line])]).toMatchObject([gold, output, { n: 1, correct }]);
      }
    }
    for (const [output, correct] of [
      ['[0.0, 6.0, 1.0]', 1],
      ['0.0 6.0 1.0', 1],
      ['[0.0, 6.0, 2.0]', 0],
      ['[0, 6.0, 1]', 0],
      ['0.5 6.0 1.0', 0],
    ] as const) {
      expect([output, await rowOf('UF', [`{"source": [0, 6, 1], "output": "${output}"}`])]).toMatchObject([
        output,
        { n: 1, correct, exact: 0 },
      ]);
      // A text is what the model said.
      expect(await rowOf('UF', [`{"source": "0 6 1", "output": "${output}"}`])).toMatchObject({ correct: 0 });
    }
    expect(
      await rowOf('UF', ['{"source": "[0, 6, 1]", "target": "[0.0, 6.0, 1.0]", "output": "0 6 1"}']),
    ).toMatchObject({ n: 1, correct: 1 });
  });

  it('and what is no text stays a number: counts, times and statuses', async () => {
    const beside = '"prompt_tokens": 12.0, "latencyMs": 8.50, "error": 0.0, "status_code": 2.0e2';
    expect(await rowOf('UR', [`{"input": "a b c", "query": "b", "output": "c", ${beside}}`])).toMatchObject({
      ...{ n: 1, correct: 1, failed: 0 },
      promptTokens: 12,
    });
  });
});

/** Why a file can't be counted. */
async function refusalOf(task: string, text: string): Promise<string> {
  const file = fileOf([text]);
  const { code, said } = await commandHere(['replay', file, '--task', task]);
  expect(code).toBe(2);
  return said.replace('lengthwise: ', '').replaceAll(file, 'FILE').trim();
}

describe('an array that numpy wrote as a text is the list that it is', () => {
  const numbers = '[ 4  8 13  4 15  6\n  7 21]';
  const names = `['New York' 'b' "it's"\n 'd']`;

  it.each<[source: string, output: string, said: Partial<Row>]>([
    [numbers, '4 8 13 4 15 6 7 21', { length: 8, correct: 1, exact: 0 }],
    [numbers, numbers, { length: 8, correct: 1, exact: 1 }],
    [numbers, '[ 4  8 13  4 15  6  7 21]', { length: 8, correct: 1, exact: 0 }],
    [numbers, '[4, 8, 13, 4, 15, 6, 7, 21]', { length: 8, correct: 1, exact: 0 }],
    [numbers, '[ 4  8 13  4 15  6  7 22]', { length: 8, correct: 0 }],
    [names, names, { length: 4, correct: 1, exact: 1 }],
    [names, `['New York', 'b', "it's", 'd']`, { length: 4, correct: 1, exact: 0 }],
    [names, `['New York' 'b' 'its' 'd']`, { length: 4, correct: 0 }],
    ['[1.5 3.  2.5]', '1.5 3. 2.5', { length: 3, correct: 1, exact: 0 }],
    ['[22.5 30. ]', '22.5 30.', { length: 2, correct: 1 }],
    ['[22.5 30. ]', '[22.5 30. ]', { length: 2, correct: 1, exact: 1 }],
    ['[0.125   inf 2.   ]', '0.125 inf 2.', { length: 3, correct: 1, exact: 0 }],
    ['[100.5  -3.    7. ]', '100.5 -3. 7', { length: 3, correct: 0 }],
    ['[ True False]', '[ True False]', { length: 2, correct: 1, exact: 1 }],
  ])('%j copied as %j', async (source, output, said) => {
    const copied = await rowOf('NF', [JSON.stringify({ source, target: source, output })]);
    expect(copied).toMatchObject({ n: 1, ...said });
    const byOracle = await rowOf('NF', [JSON.stringify({ source, output })]);
    expect(byOracle).toMatchObject({ n: 1, length: said.length, correct: said.correct });
    const listed = await rowOf('NF', [JSON.stringify({ source, target: source, output: [output] })]);
    expect(listed).toMatchObject({ n: 1, length: said.length, correct: said.correct });
  });

  it('in look-ups', async () => {
    const lines = [
      { source: '[4 8 3]', query: '8', output: '3' },
      { source: '[4 8 3]', query: '4', target: '8', output: '3' },
      { source: "['a' 'b' 'c']", query: 'a', target: 'b', output: 'b' },
    ];
    const written = lines.map((line) => JSON.stringify(line)).slice(0, 2);
    expect(await rowOf('UR', written)).toMatchObject({ length: 3, n: 2, correct: 1 });
    expect(await rowOf('UR', [JSON.stringify(lines[2])])).toMatchObject({ length: 3, correct: 1, exact: 1 });
  });

  it.each<[source: string, output: string, said: Partial<Row>]>([
    ['array([68, 56, 43])', '68, 56, 43', { length: 3, correct: 1, exact: 0 }],
    ['array([68, 56, 43])', 'array([68, 56, 43])', { length: 3, correct: 1 }],
    ['array([68, 56, 43])', '[68 56 44]', { length: 3, correct: 0 }],
    ['array([22.5, 30. ], dtype=float32)', '22.5 30.', { length: 2, correct: 1 }],
    ["array(['q', 'n', 'l'], dtype='<U1')", 'q n l', { length: 3, correct: 1 }],
    ['array([ 0,  1,  2,\n        3])', '0 1 2 3', { length: 4, correct: 1 }],
    ['array([ 0,  1,  2,\n        3])', 'array([0, 1,\n       2, 3])', { length: 4, correct: 1 }],
    ['array([ 0,  1,  2,\n        3])', 'array([0, 1,\n       2, 4])', { length: 4, correct: 0 }],
    [
      "array(['a', 'b',\n       'c'], dtype='<U1')",
      "array(['a', 'b',\n       'c'], dtype='<U1')",
      { length: 3, correct: 1 },
    ],
    ["tensor([4, 8, 3], device='cuda:0')", '[4, 8, 3]', { length: 3, correct: 1 }],
    ['[np.int64(4), np.int64(8)]', '4 8', { length: 2, correct: 1 }],
    ['[np.int64(4), np.int64(8)]', '[np.int64(4), np.int64(8)]', { length: 2, correct: 1 }],
    ['(np.float64(22.5), np.float64(30.0))', '22.5 30.0', { length: 2, correct: 1 }],
    ['[tensor(4), tensor(8)]', '[4, 8]', { length: 2, correct: 1 }],
    [`[np.str_("it's"), np.str_('b, c')]`, `["it's", "b, c"]`, { length: 2, correct: 1 }],
    ['deque([4, 8, 3])', '4 8 3', { length: 3, correct: 1 }],
    ['tf.Tensor([4 8 3], shape=(3,), dtype=int32)', '4 8 3', { length: 3, correct: 1 }],
    [
      '<tf.Tensor: shape=(3,), dtype=int32, numpy=array([4, 8, 3], dtype=int32)>',
      '[4, 8, 3]',
      { length: 3, correct: 1 },
    ],
    ['[4, 8, 3]', 'tf.Tensor([4 8 3], shape=(3,), dtype=int32)', { length: 3, correct: 1 }],
    ['[4, 8, 3]', 'Parameter containing:\ntensor([4, 8, 3])', { length: 3, correct: 1 }],
    ["['a', 'b',]", "['a', 'b']", { length: 2, correct: 1, exact: 0 }],
    ["['a', 'b']", "['b', 'a',]", { length: 2, correct: 0 }],
    ["deque(['a', 'b'], maxlen=2)", "['a', 'b']", { length: 2, correct: 1 }],
    ["Index(['a', 'b', 'c'], dtype='object')", 'a b d', { length: 3, correct: 0 }],
    ["Index(['a', 'b', 'c'], dtype='object')", 'a b c', { length: 3, correct: 1 }],
    // A batch of one.
    ['tensor([[95, 10, 3]])', '95 10 3', { length: 3, correct: 1 }],
    ['array([[95, 10,\n        3]])', 'tensor([[95, 10, 3]])', { length: 3, correct: 1 }],
    ["array([['a', 'b']], dtype='<U1')", 'b a', { length: 2, correct: 0 }],
    ['[[95, 10, 3]]', '95 10 3', { length: 3, correct: 1 }],
    ['[[95 10  3]]', '95, 10, 3', { length: 3, correct: 1 }],
  ])('so it is as Python shows it: %j copied as %j', async (source, output, said) => {
    const copied = await rowOf('NF', [JSON.stringify({ source, target: source, output })]);
    expect(copied).toMatchObject({ n: 1, ...said });
    const byOracle = await rowOf('NF', [JSON.stringify({ source, output })]);
    expect(byOracle).toMatchObject({ n: 1, length: said.length, correct: said.correct });
  });

  it('so are its items: as a query, a right answer and an output', async () => {
    const source = "array(['a', 'b', 'c'], dtype='<U1')";
    const lines = [
      { source, query: "np.str_('b')", target: "np.str_('c')", output: 'c' },
      { source, query: 'a', target: 'b', output: "np.str_('b')" },
    ];
    expect(
      await rowOf(
        'UR',
        lines.map((line) => JSON.stringify(line)),
      ),
    ).toMatchObject({ length: 3, n: 2, correct: 2 });
  });

  it.each([
    'array([0, 1, 2, ..., 7, 8, 9], shape=(2000,))',
    '[0 1 2 ... 7 8 9]',
    '[0, 1, 2, ..., 7, 8, 9]',
    "['a' 'b' ... 'y' 'z']",
  ])('%s, without its middle, is no source and no right answer', async (array) => {
    const why = `is an array whose middle is left out ('...'): write the whole of it, as a list (in Python: array.tolist())`;
    expect(await refusalOf('UF', JSON.stringify({ source: array, output: 'a' }))).toBe(
      `FILE has no record that can be read; line 1: the field 'source' ${why}`,
    );
    expect(await refusalOf('UF', JSON.stringify({ source: 'a b c', target: array, output: 'a' }))).toBe(
      `FILE has no record that can be read; line 1: the field 'target' ${why}`,
    );
  });

  it.each([
    "['47']",
    "[np.str_('47')]",
    "array(['47'], dtype=object)",
    "np.str_('47')",
    'np.int64(47)',
    '[np.int64(47)]',
    'tensor(47)',
    'tf.Tensor(47, shape=(), dtype=int32)',
    'Parameter containing:\ntensor([47.], requires_grad=True)',
    "('47',)",
    "tensor([[47]], device='cuda:0')",
    '[47]',
    'array([47])',
    'np.float64(47.0)',
    'tensor(47.)',
    "Index(['47'], dtype='object')",
  ])('%s is that one answer, whatever the source and the right answer are', async (output) => {
    const asked = { query: '33', target: '47' };
    const records = [
      { source: '51 12 33 47', ...asked, output },
      { source: '51 12 33 48', query: '33', target: '48', output },
    ];
    const text = records.map((record) => JSON.stringify(record));
    expect(await rowOf('UR', text)).toMatchObject({ length: 4, n: 2, correct: 1, exact: 0 });
    const json = { source: [51, 12, 33, 47], query: 33, target: 47, output };
    expect(await rowOf('UR', [JSON.stringify(json)])).toMatchObject({ length: 4, correct: 1, exact: 0 });
  });

  it('so are answers in a list of them', async () => {
    const answers = ["[array(['c'], dtype=object)]", "array([array(['c'], dtype=object)], dtype=object)"];
    const asked = { source: 'a b c d', query: 'b', target: 'c' };
    for (const resps of answers) {
      const row = await rowOf('UR', [JSON.stringify({ ...asked, resps })]);
      expect(row).toMatchObject({ n: 1, correct: 1 });
    }
    const resps = "array(['c', 'd'], dtype=object)";
    expect(await rowOf('UR', [JSON.stringify({ ...asked, resps })])).toMatchObject({ n: 1, correct: 0.5 });
  });

  it.each(['np.float64(33.0)', 'tensor(33.)', 'np.int64(33)'])(
    'the query %s is a number, and so are right answers',
    async (query) => {
      const source = '51 12 33 47';
      const lines = ['47', query.replace('33', '47')].map((target, i) =>
        JSON.stringify({ source: `${source} ${i}`, query, target, output: '47' }),
      );
      expect(await rowOf('UR', lines)).toMatchObject({ n: 2, correct: 2 });
      const target = 'array([51., 12., 33., 47.])';
      expect(await rowOf('UF', [JSON.stringify({ source, target, output: source })])).toMatchObject({
        correct: 1,
      });
    },
  );

  it.each([
    'tensor([51, 12, 33])',
    '[np.int64(51), np.int64(12), np.int64(33)]',
    'array([[51, 12, 33]])',
    '[51, 12, 33]',
  ])(
    'a copy %s of a source with blanks alone is wrong, and counted as separated otherwise',
    async (output) => {
      const file = fileOf([JSON.stringify({ source: '51 12 33', target: '51 12 33', output })]);
      const { out } = await commandHere(['replay', file, '--task', 'UF', '--json']);
      expect(JSON.parse(out)).toMatchObject({
        rows: [{ n: 1, correct: 0 }],
        recording: { files: [{ separatedOtherwise: 1 }] },
      });
    },
  );

  it('outputs in the form of the recorded right answer are in no other form', async () => {
    const source = 'a b c d';
    const records = [
      { source, query: 'b', target: "['c']", output: "['d']" },
      { source, query: 'c', target: "['d']", output: "['d']" },
      { source, query: 'a', target: "['b']", output: 'b' },
    ];
    const file = fileOf(records.map((record) => JSON.stringify(record)));
    const { out } = await commandHere(['replay', file, '--task', 'UR', '--json']);
    const { rows, recording } = JSON.parse(out) as {
      rows: readonly Row[];
      recording: { files: readonly { listed?: number }[] };
    };
    expect(rows).toMatchObject([{ n: 3, correct: 2 }]);
    expect(recording.files[0].listed).toBeUndefined();
  });

  it.each(['[ a b ]', '[a b]', '[ 4 8 ]', '[4 8] 3'])(
    '%s is none: brackets are symbols there, or parts of them',
    async (source) => {
      const row = await rowOf('NF', [JSON.stringify({ source, output: source })]);
      expect(row).toMatchObject({ length: source.split(' ').length, exact: 1 });
    },
  );

  it('--symbols blanks reads it as it stands', async () => {
    const line = JSON.stringify({ source: '[4 8 3]', output: '4 8 3' });
    expect(await rowOf('NF', [line], '--symbols', 'blanks')).toMatchObject({ length: 3, correct: 0 });
  });
});

describe('special tokens that were decoded with an answer are no part of it', () => {
  it.each([
    ['T5’s', ['<pad> c</s>', '<pad>c</s><pad>']],
    ['BART’s', ['</s><s>c</s>', '</s><s>c</s><pad>']],
    ['of a batch', ['c<pad><pad>', 'c[PAD]', 'c<|finetune_right_pad_id|>', 'c<|im_end|><|endoftext|>']],
    [
      'in lists',
      [
        ['<pad>', 'c', '</s>'],
        ['c', '<pad>', '<pad>'],
        ['[CLS]', 'c', '[SEP]'],
      ],
    ],
  ])('%s', async (_, outputs) => {
    const lines = outputs.map((output, i) =>
      JSON.stringify({ source: `a b c ${i} e`, query: 'b', answer: 'c', output }),
    );
    const wrong = JSON.stringify({ source: 'a b c x e', query: 'b', answer: 'c', output: '<pad> a</s>' });
    const row = await rowOf('UR', [...lines, wrong]);
    expect(row).toMatchObject({ n: lines.length + 1, correct: lines.length, retrieved: lines.length });
  });
});

describe('a prompt that is given back before the answer is no part of it', () => {
  const asked = { source: 'a b c d e', query: 'b', target: 'c' };
  const prompt = 'a b c d e\nafter b:';

  it.each<[what: string, fields: object, more: readonly string[]]>([
    ['as Hugging Face’s pipeline returns it', { prompt, generated_text: `${prompt} c` }, []],
    ['behind the mark of a beginning', { prompt, output: `<s> ${prompt} c</s>` }, []],
    ['under another name', { formatted_prompt: prompt, output: `${prompt} c` }, []],
    [
      'in lm-evaluation-harness’s log',
      { arguments: { gen_args_0: { arg_0: prompt } }, resps: [[`${prompt} c`]] },
      [],
    ],
    ['in a request', { request: { prompt }, output: `${prompt} c` }, []],
    ['beside the source', { input: prompt, output: `${prompt} c` }, ['--source-field', 'source']],
    [
      'without the special tokens of its chat template',
      {
        prompt: `<s><|im_start|>user\n${prompt}<|im_end|>\n<|im_start|>assistant\n`,
        output: `user\n${prompt}\nassistant\nc`,
      },
      [],
    ],
    [
      'without the first of its special tokens only',
      { prompt: `<s>[INST] ${prompt} [/INST]`, output: `[INST] ${prompt} [/INST] c` },
      [],
    ],
    ['with LF where it has CRLF', { prompt: prompt.replace('\n', '\r\n'), output: `${prompt} c` }, []],
    ['with CRLF where it has LF', { prompt, output: `${prompt.replace('\n', '\r\n')} c` }, []],
    [
      'with LF, beside the source',
      { input: prompt.replace('\n', '\r\n'), output: `${prompt} c` },
      ['--source-field', 'source'],
    ],
    [
      'behind the padding of a batch',
      { prompt, output: `<|endoftext|><|endoftext|>${prompt} c<|endoftext|>` },
      [],
    ],
    [
      'behind padding, in a chat template',
      {
        prompt: `<|user|>\n${prompt}<|end|>\n<|assistant|>\n`,
        output: `<pad><pad><|user|>\n${prompt}<|end|>\n<|assistant|>\nc<|end|><pad>`,
      },
      [],
    ],
    [
      'with blanks behind its special tokens',
      { prompt: `<s>[INST] ${prompt}[/INST]`, output: `<s> [INST] ${prompt} [/INST] c</s>` },
      [],
    ],
    ['that was not given back', { prompt, output: ' c' }, []],
  ])('%s', async (_, fields, more) => {
    const wrong = JSON.parse(JSON.stringify(fields).replace(/( |n)c(?=["<])/, '$1d')) as object;
    const lines = [fields, wrong].map((each, i) =>
      JSON.stringify({ ...asked, source: i === 0 ? asked.source : 'a b c d f', ...each }),
    );
    // The second is answered with another symbol, though the right one stands in its prompt.
    expect(await rowOf('UR', lines, ...more)).toMatchObject({ n: 2, correct: 1, retrieved: 1 });
  });

  it('is told of where it stands in outputs in another way, and they are not right', async () => {
    const sent = `Which symbol stands behind b in this list?\n${prompt}`;
    const output = `user\n\n${sent}\nmodel\n c`;
    const lines = [output, output, ' c', ' d'].map((each, i) =>
      JSON.stringify({ ...asked, source: `a b c ${i} e`, prompt: sent, output: each }),
    );
    const file = fileOf(lines);
    const { out } = await commandHere(['replay', file, '--task', 'UR']);
    expect(out).toMatch(
      /^WARNING: 2 outputs that are not right have the recorded prompt in them, and do not begin with it, .*return_full_text=False/m,
    );
    const { recording } = JSON.parse((await commandHere(['replay', file, '--task', 'UR', '--json'])).out) as {
      recording: { files: readonly { withPrompt?: number }[] };
    };
    expect(recording.files).toMatchObject([{ withPrompt: 2 }]);
  });

  it('is told of where letters are other ones than it was sent with, as tokenizers without capitals write them', async () => {
    const sent = `Which symbol stands behind B in this list?\n${prompt}`;
    for (const output of [`${sent} c`.toUpperCase(), `${sent} c`.toLowerCase()]) {
      const { out } = await commandHere([
        'replay',
        fileOf([JSON.stringify({ ...asked, prompt: sent, output })]),
        '--task',
        'UR',
      ]);
      expect(out).toMatch(/^WARNING: 1 output that is not right has the recorded prompt in it/m);
    }
  });

  it.each(['UF', 'UB'])('is not told of where a copy is most of it: %s', async (task) => {
    const source = 'a b c d e f g h i j k l m n o p q r s t';
    const line = JSON.stringify({ source, prompt: `Copy: ${source}`, output: source.replace('a', 'x') });
    expect((await commandHere(['replay', fileOf([line]), '--task', task])).out).not.toMatch(/WARNING/);
  });

  it('but a source that is copied is the answer, though it was all that was sent', async () => {
    const line = { source: 'a b c', prompt: 'a b c', output: 'a b c' };
    expect(await rowOf('UF', [JSON.stringify(line)])).toMatchObject({ n: 1, correct: 1 });
  });
});

describe('a structured output in no server’s form is refused, with the field that seems to hold its answer', () => {
  it.each<[output: object, field: string]>([
    [{ answer: 'c' }, 'answer'],
    [{ reasoning: 'b is followed by c', answer: 'c' }, 'answer'],
    [{ reasoning: 'hm', final_answer: ['c'], confidence: 0.9 }, 'final_answer'],
    [{ thoughts: 'hm', symbol: 'c' }, 'symbol'],
    [{ answer: 'c', finish_reason: 'stop' }, 'answer'],
    [{ explanation: 'hm', predictedAnswer: 3 }, 'predictedAnswer'],
  ])('%j', async (output, field) => {
    const line = JSON.stringify({ input: 'a b c', query: 'b', target: 'c', output });
    expect(await refusalOf('UR', line)).toBe(
      `FILE has no record that can be read; line 1: the field 'output' is neither a text, a list of texts, parts of a message, nor a reply: name the answer in it with --output-field output.${field}`,
    );
    if (!/3|\[/.test(JSON.stringify(output)))
      expect(await rowOf('UR', [line], '--output-field', `output.${field}`)).toMatchObject({
        n: 1,
        correct: 1,
      });
  });

  it('but a reply with nothing but thoughts was cut off', async () => {
    const replies = [
      { reasoning: 'hm' },
      { role: 'assistant', thinking: 'hm' },
      { reasoning: 'hm', finish_reason: 'length' },
    ];
    for (const output of replies) {
      const line = JSON.stringify({ input: 'a b c', query: 'b', target: 'c', output });
      expect(await rowOf('UR', [line])).toMatchObject({ n: 1, correct: 0, truncated: 1 });
    }
  });
});

describe('JSON of another shape is refused with the way out', () => {
  const pandas =
    "as pandas writes tables: write one record a line (df.to_json(FILE, orient='records', lines=True))";
  const rows = [1, 2].map((i) => ({ input: `a b ${i}`, query: 'b', target: String(i), output: String(i) }));

  it.each<[what: string, text: string, said: string]>([
    [
      'pandas by columns',
      '{"input":{"0":"a b c","1":"a b d"},"query":{"0":"b","1":"b"},"output":{"0":"c","1":"d"}}',
      `FILE is an object of columns, ${pandas}`,
    ],
    [
      'pandas by index',
      JSON.stringify({ 0: rows[0], 1: rows[1] }),
      `FILE is an object of records by their index, ${pandas}`,
    ],
    [
      'pandas, split',
      JSON.stringify({
        columns: Object.keys(rows[0]),
        index: [0, 1],
        data: rows.map((row) => Object.values(row)),
      }),
      `FILE is an object of columns and data, ${pandas}`,
    ],
    [
      'jq without -c',
      rows.map((row) => JSON.stringify(row, null, 2)).join('\n'),
      'FILE has several JSON values, each over several lines: write one record a line (jq -c . FILE)',
    ],
    [
      'a list a line',
      `${JSON.stringify(rows)}\n${JSON.stringify(rows)}`,
      "FILE has no record that can be read; line 1: JSON, but a list and no object with fields: write one record a line (jq -c '.[]' FILE)",
    ],
  ])('%s', async (_, text, said) => {
    expect(await refusalOf('UR', text)).toBe(said);
  });

  it('but records with objects in them, and lines behind a head, are read', async () => {
    const nested = rows.map((row) => JSON.stringify({ inputs: row, outputs: row }));
    const fields = ['--source-field', 'inputs.input', '--query-field', 'inputs.query'];
    const named = [...fields, '--gold-field', 'inputs.target', '--output-field', 'outputs.output'];
    expect(await rowOf('UR', nested, ...named)).toMatchObject({ n: 2, correct: 2 });
    expect(await rowOf('UR', ['{"model": "m"}', ...rows.map((row) => JSON.stringify(row))])).toMatchObject({
      n: 2,
    });
  });
});
