import { describe, expect, it } from 'vitest';
import type { TaskFamily } from '../tasks/task.ts';
import { textOutput } from './output.ts';
import type { Output } from './output.ts';
import { filterNames } from './reading/reading.ts';
import type { Reading } from './reading/reading.ts';
import { readingHash } from './reading/hash.ts';
import { splitSymbols } from './reading/symbols.ts';
import { scoreOutput } from './score.ts';
import type { Sample, Score } from './score.ts';

const completion: Reading = {
  filters: filterNames,
  stop: ['\n'],
  tags: null,
  joiner: ' ',
  lead: ' ',
  trail: '',
};
const tagged: Reading = { ...completion, stop: [], tags: ['<target>', '</target>'], lead: '' };
const lines: Reading = { ...completion, stop: ['<end>'], joiner: '\n', lead: '', trail: '\n' };

const sampleOf = (
  operation: string,
  family: TaskFamily,
  source: readonly string[],
  query: string | null,
  answer: readonly string[],
): Sample => ({
  operation,
  family,
  instance: {
    task: operation,
    length: source.length,
    source,
    query,
    answer,
    positions: source.flatMap((symbol, place) => (symbol === query ? [place] : [])),
  },
});

const lookup = sampleOf('UR', 'retrieval', ['a', 'q', 'b', 'c'], 'q', ['b']);
const letters = ['a', 'b', 'c', 'd', 'e', 'f'];
const copy = sampleOf('UF', 'copying', letters, null, letters);
const commits = ['1f Fix UI', '2e Add API', '3d Drop it'];
const cherrypick = sampleOf('git-cherrypick', 'copying', commits.toReversed(), null, commits);

function score(sample: Sample, output: string | Partial<Output>, reading: Reading = completion): Score {
  const whole = typeof output === 'string' ? textOutput(output) : textOutput('', output);
  return scoreOutput(sample, { answer: sample.instance.answer }, whole, reading);
}

describe('text around an answer that no filter takes off', () => {
  const sample = sampleOf('UR', 'retrieval', ['a', 'b', 'c'], 'a', ['b']);

  it.each([
    '### Answer\nb',
    '## Answer: b',
    '**Answer:** b',
    'Answer: b',
    '\\boxed{b}',
    '$\\boxed{b}$',
    '- b',
  ])('%j: the answer is retrieved, and not right', (text) => {
    for (const reading of [completion, tagged, { ...completion, stop: [] }]) {
      const { outcome, retrieved } = scoreOutput(sample, { answer: ['b'] }, textOutput(text), reading);
      expect([outcome, retrieved]).toEqual(['wrong', true]);
    }
  });
});

describe('exact, right and retrieved', () => {
  it.each([
    [' b', true, true, true],
    ['b', false, true, true],
    ['\nb', false, true, true],
    [' b ', true, true, true],
    [' b\n', true, true, true],
    [' b\r\n', true, true, true],
    [' b\r\n\r\nnext', true, true, true],
    [' b  ', false, true, true],
    ['  b  ', false, true, true],
    [' b\n\n next', true, true, true],
    ['<think>\nx\n</think>\n\n b\n', true, true, true],
    ['The answer is b', false, false, true],
    ['The answer is b.', false, false, true],
    ['**b**', false, true, true],
    ['b,', false, false, true],
    [' b c', false, false, true],
    ['<target>b</target>', false, false, true],
    ['\\boxed{b}', false, false, true],
    ['<think>b</think>c', false, false, false],
    ['bc', false, false, false],
    ['a_b', false, false, true],
    [' x', false, false, false],
    ['', false, false, false],
    ['<think>x</think><response> b</response>', true, true, true],
    ['<think>x</think><response> b</response> But on reflection the answer is Q.', false, true, true],
    ['<think>x</think><answer> c</answer> no: b', false, false, true],
  ])('%j: exact %s, right %s, retrieved %s', (output, exact, right, retrieved) => {
    expect(score(lookup, output)).toMatchObject({ exact, right, retrieved });
  });

  it.each([
    ['<target>b</target>', true, true],
    ['<target>b</target>\n', true, true],
    ['<target>b</target>\r\n', true, true],
    ['<target>b</target>\n\n', false, true],
    ['<target>b </target>', true, true],
    ['<target>b\n</target>', true, true],
    ['<target>b\n\n</target>', false, true],
    ['<target> b </target>', false, true],
    ['Sure: <target>b</target>', false, true],
    ['b', false, true],
    ['The answer is b', false, false],
  ])('with tags, %j: exact %s, right %s', (output, exact, right) => {
    expect(score(lookup, output, tagged)).toMatchObject({ exact, right, retrieved: true });
  });

  it('tags of a demonstration may stand on lines of their own', () => {
    const reading: Reading = {
      ...lines,
      stop: [],
      tags: ['<start>', '<end>'],
      lead: '<start>\n',
      trail: '\n<end>',
    };
    const text = `<start>\n${commits.join('\n')}\n<end>`;
    expect(score(cherrypick, text, reading)).toMatchObject({ exact: true, changed: [] });
    expect(score(cherrypick, text, { ...reading, lead: '\n', trail: '\n' })).toMatchObject({
      exact: true,
      changed: [],
    });
  });

  it.each([
    ['1f Fix UI\n2e Add API\n3d Drop it\n<end>', true, true, true],
    ['1f Fix UI\r\n2e Add API\r\n3d Drop it\r\n', true, true, true],
    ['1f Fix UI\n2e Add API\n3d Drop it ', true, true, true],
    ['1f Fix UI \n2e Add API \n3d Drop it ', false, true, true],
    ['Here they are:\n1f Fix UI\n2e Add API\n3d Drop it', false, false, true],
    ['1f Fix UI\n2e Add API, too\n3d Drop it', false, false, false],
    ['1f Fix UI 2e Add API 3d Drop it', false, false, false],
    ['3d Drop it\n2e Add API\n1f Fix UI', false, false, false],
  ])('of lines, %j: exact %s, right %s, retrieved %s', (output, exact, right, retrieved) => {
    expect(score(cherrypick, output, lines)).toMatchObject({ exact, right, retrieved });
  });

  it.each([
    ['a b c d e f', true],
    ['So it is: a b c d e f.', true],
    ['a b c\nd e f', true],
    ['a b c x d e f', false],
    ['f e d c b a', false],
    ['a b c d e', false],
  ])('a copy is retrieved in order and without a gap: %j, %s', (output, retrieved) => {
    expect(score(copy, output, { ...completion, stop: [] }).retrieved).toBe(retrieved);
  });

  it.each([
    ['t', "can't", false],
    ['5', '3.5', false],
    ['5', 'It is 5.', true],
    ['*', '**b**', false],
    ['*', '<target>*</target>', true],
    ['x_1', 'x_12', false],
    ['é', 'It is e\u0301.', true],
    ['北', '它是 北。', true],
  ])('%s in %j: %s', (answer, output, retrieved) => {
    const asked = sampleOf('UR', 'retrieval', ['q', answer], 'q', [answer]);
    expect(score(asked, output).retrieved).toBe(retrieved);
  });

  it('counts what stands after the answer without counting it as answer', () => {
    expect(score(lookup, ' b\nand so on')).toMatchObject({
      right: true,
      exact: true,
      extra: 7,
      changed: ['stop'],
    });
  });

  it('one dropped blank costs little, a reversed copy a lot, and neither is right', () => {
    const dropped = score(copy, ' a bc d e f ');
    expect(dropped).toMatchObject({ outcome: 'wrong', error: 'foreign' });
    expect(dropped.similarity.character).toBeGreaterThan(0.9);
    expect(dropped.similarity.symbol).toBeGreaterThan(0.6);
    const reversed = score(copy, ' f e d c b a ');
    expect(reversed).toMatchObject({ outcome: 'wrong', error: 'other-direction' });
    expect(reversed.similarity.symbol).toBeLessThan(0.4);
  });

  it('the right symbols with other white space between them are wrong, and called so', () => {
    expect(score(copy, ' a b  c d e f')).toMatchObject({
      outcome: 'wrong',
      error: 'white-space',
      retrieved: true,
    });
  });
});

describe('what became of a sample', () => {
  it.each<[string, Partial<Output>, Score['outcome']]>([
    ['right', { text: ' b' }, 'right'],
    ['wrong', { text: ' c', finishReason: 'stop' }, 'wrong'],
    ['nothing said', { text: '', finishReason: 'stop' }, 'wrong'],
    ['no reply', { text: null, error: 'status 500', failure: 'server' }, 'failed'],
    ['an error inside of a 200', { text: '', finishReason: 'error' }, 'failed'],
    ['aborted', { text: ' c', finishReason: 'abort' }, 'failed'],
    ['filtered', { text: '', finishReason: 'content_filter' }, 'withheld'],
    ['filtered by Gemini', { text: null, finishReason: 'SAFETY' }, 'withheld'],
    ['cut by a filter', { text: ' c d', finishReason: 'guardrail_intervened' }, 'withheld'],
    ['right all the same', { text: ' b', finishReason: 'content_filter' }, 'right'],
    ['refused in a field', { text: null, refusal: "I can't help.", finishReason: 'stop' }, 'refused'],
    ['refused as Anthropic says it', { text: '', finishReason: 'refusal' }, 'refused'],
    ['a tool', { text: null, finishReason: 'tool_calls' }, 'refused'],
    ['a tool beside an answer', { text: ' c', finishReason: 'tool_calls' }, 'wrong'],
    ['cut', { text: ' x y', finishReason: 'length' }, 'truncated'],
    ['cut, in other letters', { text: ' x y', finishReason: 'MAX_TOKENS' }, 'truncated'],
    [
      'cut, and it says stop',
      { text: ' x y', finishReason: 'stop', completionTokens: 9, tokenLimit: 9 },
      'truncated',
    ],
    ['cut, and it says nothing', { text: ' x y', completionTokens: 9, tokenLimit: 9 }, 'truncated'],
    ['cut before a word', { text: null, finishReason: 'length', thoughts: 'I look' }, 'truncated'],
    ['cut, but right', { text: ' b', finishReason: 'length' }, 'right'],
    ['cut after the answer had ended', { text: ' c\n a q | q:', finishReason: 'length' }, 'wrong'],
    [
      'fewer tokens than allowed',
      { text: ' c', finishReason: 'stop', completionTokens: 2, tokenLimit: 9 },
      'wrong',
    ],
    ['a thought that never ended', { text: '<think>\nhmm b', finishReason: 'stop' }, 'truncated'],
    ['a thought cut by a stop mark', { text: '<think>', finishReason: 'stop' }, 'truncated'],
    [
      'nothing but thoughts beside the text',
      { text: '', thoughts: 'hmm', finishReason: 'stop' },
      'truncated',
    ],
    ['a cached prompt', { text: ' b', promptTokens: 1, finishReason: 'stop' }, 'right'],
    ['a cached prompt, wrong', { text: ' c', promptTokens: 0, finishReason: 'stop' }, 'wrong'],
  ])('%s', (_, output, outcome) => {
    const found = score(lookup, output);
    expect(found.outcome).toBe(outcome);
    expect(found.right).toBe(outcome === 'right');
    expect(found.error !== null).toBe(outcome === 'wrong');
  });

  it('between tags, an answer has ended by its closing tag alone', () => {
    const cut = { finishReason: 'length' };
    expect(score(lookup, { text: '<target>c</target> and', ...cut }, tagged).outcome).toBe('wrong');
    expect(score(lookup, { text: '<target>c', ...cut }, tagged).outcome).toBe('truncated');
  });

  it('keeps the thoughts of a field, of the text, and of both', () => {
    expect(score(lookup, { text: ' b', thoughts: 'one' }).thoughts).toBe('one');
    expect(score(lookup, { text: '<think>two</think> b', thoughts: 'one' }).thoughts).toBe('one\n\ntwo');
    expect(score(lookup, ' b').thoughts).toBeNull();
  });
});

/** A reply of 4 MB must not stop everything else for a second; quadratic work would take hours. */
describe('hostile outputs of 4 MB', () => {
  const size = 4_000_000;
  const long = sampleOf(
    'NF',
    'copying',
    Array.from({ length: 2_000 }, (_, i) => 'ab'[i % 2]),
    null,
    [...Array.from({ length: 1_999 }, (_, i) => 'ab'[i % 2]), 'a'],
  );

  it.each([
    ['one symbol for ever, and another', `${'a '.repeat(size / 2)}b`],
    ['nothing but blanks', ' '.repeat(size)],
    ['blanks and a symbol', `${' '.repeat(size)}x`],
    ['one long symbol', 'a'.repeat(size)],
    ['opening tags', '<target>'.repeat(size / 8)],
    ['closing tags', '</target>'.repeat(size / 9)],
    ['opened thoughts', '<think>'.repeat(size / 7)],
    ['closed thoughts', '</think>'.repeat(size / 8)],
    ['thoughts', '<think>a</think>b'.repeat(size / 17)],
    ['half a mark', `<think${':'.repeat(size)}`],
    ['channels', '<|channel|>final<|message|>'.repeat(size / 27)],
    ['headers without messages', '<|start|>assistant<|channel|>'.repeat(size / 29)],
    ['assistantfinal', 'assistantfinal'.repeat(size / 14)],
    ['fences', '```\n'.repeat(size / 4)],
    ['emphasis', '*'.repeat(size)],
    ['quotation marks', '"'.repeat(size)],
    ['line breaks', '\r\n'.repeat(size / 2)],
    ['almost the answer, again and again', 'a b '.repeat(size / 4)],
  ])('%s', (_, text) => {
    for (const reading of [completion, tagged, lines]) {
      for (const sample of [lookup, long]) {
        const before = process.cpuUsage();
        score(sample, text, { ...reading, stop: reading === completion ? [] : reading.stop });
        const { user } = process.cpuUsage(before); // microseconds: other processes don't count
        expect(user).toBeLessThan(1_000_000);
      }
    }
  });
});

describe('a score is a function of the output and of how it is read', () => {
  it('the hash names the reading: another filter is another one, the same has the same', () => {
    expect(readingHash({ ...completion })).toBe(readingHash({ ...completion, filters: [...filterNames] }));
    const others = [
      { ...completion, filters: filterNames.slice(1) },
      { ...completion, filters: filterNames.toReversed() },
      { ...completion, stop: [] },
      { ...completion, joiner: '' },
      { ...completion, lead: '' },
      tagged,
    ];
    expect(new Set([completion, ...others].map(readingHash)).size).toBe(others.length + 1);
  });
});

describe('splitSymbols', () => {
  it('reads characters, words and lines', () => {
    expect(splitSymbols(' a b\tc ', ' ')).toEqual(['a', 'b', 'c']);
    expect(splitSymbols('a b\nc', '')).toEqual(['a', 'b', 'c']);
    expect(splitSymbols('1f Fix UI\n\n2e Add API ', '\n')).toEqual(['1f Fix UI', '2e Add API']);
  });
});
