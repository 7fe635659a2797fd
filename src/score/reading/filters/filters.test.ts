import { describe, expect, it } from 'vitest';
import { processorTime } from '../../../../test/processor-time.ts';
import { textOutput } from '../../output.ts';
import { readAnswer } from '../../read-answer.ts';
import { filterNames, recordedFilterNames } from '../reading.ts';
import type { FilterName, Reading } from '../reading.ts';
import { filters } from './index.ts';

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
const expected = { answer: ['b'], symbols: ['a', 'q', 'b', 'c'] };

/** The answer, and the filters that changed something. */
function read(text: string, reading: Reading = completion, answer = expected): [string, string] {
  const found = readAnswer(textOutput(text), reading, answer);
  return [found.answer, found.changed.join(' ')];
}

describe('thoughts in the text', () => {
  it.each([
    ...['think', 'thinking', 'thought', 'thoughts', 'reason', 'reasoning', 'reflection', 'scratchpad'],
    ...['analysis', 'inner_monologue', 'antthinking', 'seed:think', 'longcat_think', 'ifm|think_fast'],
  ])('that the prompt’s template opened end at </%s>', (name) => {
    expect(read(`it may be c\n</${name}>\n\nb`)[0]).toBe('b');
  });

  it.each([
    ...['[/THINK]', '[unused17]', '<|end_of_thought|>', '<|END_THINKING|>', '<|think_end|>', '<|think:end|>'],
    ...['<|/think|>', '<|end|><|begin|>assistant<|content|>', '<|inner_suffix|>', '◁/think▷', '<channel|>'],
    ...['<unused95>', "Here's my response:", 'Here is my response:', '[BEGIN FINAL RESPONSE]'],
    ...['<|end|><|start|>assistant<|channel|>final<|message|>', 'assistantfinal'],
  ])('that the prompt’s template opened end at %s', (mark) => {
    expect(read(`it may be c\n${mark}\nb`)[0]).toBe('b');
  });

  it.each([
    ['<think>\nx\n</think>\n\nb\n', 'b', 'x', false],
    ['I look.\n</think>\n\nb\n', 'b', 'I look.', false],
    ['</think>\n\nb', 'b', null, false],
    ['<think>\n\n</think>\n\nb', 'b', null, false],
    ['<think>a</think><think>c</think>b', 'b', 'a\n\nc', false],
    ['<think>is it <think>?</think> no</think>b', 'b', 'is it <think>?\n\nno', false],
    ['<thinking>a</thinking>b', 'b', 'a', false],
    ['<THINK>a</THINK>b', 'b', 'a', false],
    ['<thought>\na\n</thought>\n\nb', 'b', 'a', false],
    ['<seed:think>a</seed:think>b', 'b', 'a', false],
    ['<details type="reasoning" done="true">\n> a\n</details>\nb', 'b', '> a', false],
    ["<details open type='reasoning'>\na\n</details>\nb", 'b', 'a', false],
    ['<details>a</details>b', '<details>a</details>b', null, false],
    ['<mm:think>a</mm:think>b', 'b', 'a', false],
    ['<think:opensource>a</think:opensource>b', 'b', 'a', false],
    ['[THINK]a[/THINK]b', 'b', 'a', false],
    ['◁think▷a◁/think▷b', 'b', 'a', false],
    ['<|START_THINKING|>a<|END_THINKING|><|START_RESPONSE|>b<|END_RESPONSE|>', 'b', 'a', false],
    ['<|channel>thought\na<channel|>b', 'b', 'a', false],
    ['<unused94>thought\na<unused95>b', 'b', 'a', false],
    ['<think>a</think><answer>b</answer>', 'b', 'a', false],
    [
      '<|begin_of_thought|>\na\n<|end_of_thought|>\n\n<|begin_of_solution|>\nb\n<|end_of_solution|>',
      'b',
      'a',
      false,
    ],
    ["Here's my thought process: a Here's my response: b", 'b', 'a', false],
    // LongCat, K2, Apertus, Solar Open, openPangu; what has no name of its own, as these are.
    ['<longcat_think>\na\n</longcat_think>\nb', 'b', 'a', false],
    ['<longcat_think>\nhmm', '', 'hmm', true],
    ['<ifm|think_fast>a</ifm|think_fast>b', 'b', 'a', false],
    ['<chain_of_thought>a</chain_of_thought>b', 'b', 'a', false],
    ['<|inner_prefix|>a<|inner_suffix|>b', 'b', 'a', false],
    ['<|begin|>assistant<|think|>a<|end|><|begin|>assistant<|content|>b<|end|>', 'b', 'a', false],
    ['<|think|>a<|end|><|content|>b', 'b', 'a', false],
    ['[unused16] a [unused17]b[unused10]', 'b', 'a', false],
    ['<|think_start|>a<|think_end|>b', 'b', 'a', false],
    ['<Thought>\na\n</Thought>\n<Output>\nb\n</Output>', 'b', 'a', false],
    ['<|START_THINKING|>a<|END_THINKING|><|START_TEXT|>b<|END_TEXT|>', 'b', 'a', false],
    // Apriel
    [
      'Here are my reasoning steps:\na\n[BEGIN FINAL RESPONSE]\nb\n[END FINAL RESPONSE]\n<|end|>',
      'b',
      'a',
      false,
    ],
    ['a\n[BEGIN FINAL RESPONSE]b[END FINAL RESPONSE]', 'b', 'a', false],
    ['Here are my reasoning steps:\na', '', 'a', true],
    // Switches of thinking, and names that only sound alike, are none.
    ['<no_think>b', '<no_think>b', null, false],
    ['<think_off>b', '<think_off>b', null, false],
    ['<finish_reason>b', '<finish_reason>b', null, false],
    // GLM-4.1V's box, with thoughts and without.
    ['<think>a</think><|begin_of_box|>b<|end_of_box|>', 'b', 'a', false],
    ['<|begin_of_box|>b<|end_of_box|>', 'b', null, false],
    ['It is <|begin_of_box|>b<|end_of_box|>.', 'b', null, false],
    ['<think>a</think><answer><|begin_of_box|>b<|end_of_box|></answer>', 'b', 'a', false],
    ['<think>a</think><|begin_of_box|><answer>b</answer><|end_of_box|>', 'b', 'a', false],
    ['<think>\nhmm b', '', 'hmm b', true],
    ['<think>a</think>\n<think>and on', '', 'a\n\nand on', true],
    ['<think>a</think>b\n<think>and on', 'b', 'a\n\nand on', true],
    ['b', 'b', null, false],
    ['I never write <think> first', 'I never write <think> first', null, false],
  ])('%j: the answer is %j, the thought %j, open %j', (text, answer, thoughts, openThought) => {
    expect(readAnswer(textOutput(text), completion, expected)).toMatchObject({
      answer,
      thoughts,
      openThought,
    });
  });

  it.each([
    ['<think>x</think><response>b</response> But on reflection the answer is Q.', 'b', 28],
    ['<think>x</think><answer>c</answer> no: b', 'c', 4],
    ['The answer is <|begin_of_box|>b<|end_of_box|>.', 'b', 12],
    ['<think>x</think><response>b</response>\n', 'b', 0],
    ['<think>x</think><response>b</response> I mean </response>', 'b', 16],
  ])('%j: what stands around the answer’s own marks counts as text', (text, answer, extra) => {
    expect(readAnswer(textOutput(text), completion, expected)).toMatchObject({ answer, extra, ended: true });
  });

  it.each([
    '<think>a</think><target><|begin_of_box|>b<|end_of_box|></target>',
    '<think>a</think><|begin_of_box|><target>b</target><|end_of_box|>',
    '<think>a</think><response><target>b</target></response>',
    '<think>a</think><response>So:</response> <target>b</target>',
    '<|begin_of_box|>c<|end_of_box|> <target>b</target>',
  ])('%j: the prompt’s tags have the answer, whatever stands around it', (text) => {
    expect(readAnswer(textOutput(text), tagged, expected).answer).toBe('b');
  });

  it('end with marks that the thoughts beside the text are followed by', () => {
    const output = textOutput('<response>b</response>', { thoughts: 'I look.' });
    expect(readAnswer(output, completion, expected)).toMatchObject({ answer: 'b', extra: 0 });
    expect(readAnswer({ ...output, thoughts: null }, completion, expected).answer).not.toBe('b');
  });

  it('are none where the right answer has the mark in it', () => {
    const commits = { answer: ['1f Strip <think> from replies', '2e Add it'], symbols: [] };
    const text = '1f Strip <think> from replies\n2e Add it\n<end>';
    expect(read(text, lines, commits)).toEqual(['1f Strip <think> from replies\n2e Add it', 'stop']);
  });

  it('in a field of their own are kept, and the line breaks after them are none of the answer', () => {
    const found = readAnswer(textOutput('\n\nb', { thoughts: 'I look.' }), completion, expected);
    expect(found).toMatchObject({ answer: 'b', beforeStop: 'b', thoughts: 'I look.' });
  });
});

describe('channels of gpt-oss, and other marks of templates', () => {
  it.each([
    [
      '<|channel|>analysis<|message|>I look.<|end|><|start|>assistant<|channel|>final<|message|>b<|return|>',
      'b',
      'I look.',
    ],
    [
      '<|channel|>analysis<|message|>I look.<|end|><|start|>assistant<|channel|>final<|message|>b',
      'b',
      'I look.',
    ],
    ['<|channel|>final<|message|>b<|return|>', 'b', null],
    ['<|channel|>analysis<|message|>I look.<|end|>b', 'b', 'I look.'],
    ['I look.<|end|><|start|>assistant<|channel|>final<|message|>b', 'b', 'I look.'],
    [
      '<|channel|>commentary<|message|>Let me see.<|end|><|start|>assistant<|channel|>final<|message|>b<|end|>',
      'b',
      'Let me see.',
    ],
    ['<|channel|>final <|constrain|>json<|message|>b', 'b', null],
    ['analysisI look at b.assistantfinalb', 'b', 'I look at b.'],
    ['I look. So: b.assistantfinalb', 'b', 'I look. So: b.'],
    ['<|im_start|>assistant\nb<|im_end|>', 'b', null],
    ['<|start_header_id|>assistant<|end_header_id|>\n\nb<|eot_id|>', 'b', null],
    ['b<|return|>', 'b', null],
    ['b</s>', 'b', null],
  ])('%j: %j', (text, answer, thoughts) => {
    const found = readAnswer(textOutput(text), completion, expected);
    expect(found).toMatchObject({ answer, thoughts, openThought: false });
  });

  it.each(['<|channel|>analysis<|message|>I look', 'analysisWe need to look'])(
    '%j is a thought that never ended',
    (text) => {
      expect(readAnswer(textOutput(text), completion, expected)).toMatchObject({
        answer: '',
        openThought: true,
      });
    },
  );

  it('a call of a tool is no answer', () => {
    const text = '<|channel|>commentary to=functions.f <|constrain|>json<|message|>{"x":1}<|call|>';
    expect(readAnswer(textOutput(text), completion, expected)).toMatchObject({
      called: true,
      openThought: false,
    });
  });
});

describe('special tokens that were decoded with the answer', () => {
  const list = { answer: ['a', 'b', 'c'], symbols: ['a', 'b', 'c'] };
  const asked: Reading = { ...completion, stop: [], lead: '' };

  it.each([
    // T5, BART, BERT, tutorials; a batch padded with a token of its own.
    ...['<pad> b</s>', '<pad>b</s><pad><pad>', '</s><s>b</s>', '</s><s>b</s><pad>', '</s>b</s>'],
    ...[
      '[CLS] b [SEP]',
      '[CLS] b [SEP] [PAD] [PAD]',
      '<sos> b <eos> <pad>',
      '<SOS> b <EOS>',
      '[BOS]b[EOS][PAD]',
    ],
    ...['<s> b', '<bos>b<eos>', 'b<pad><pad>', 'b[PAD][PAD]', 'b <PAD> <PAD>', 'b\n<pad>\n<pad>'],
    ...['b<|finetune_right_pad_id|>', 'b<|vision_pad|><|vision_pad|>', 'b<|PAD_TOKEN|>', 'b<｜▁pad▁｜>'],
    ...['<|padding|>b', '<｜begin▁of▁sentence｜>b<｜end▁of▁sentence｜>', '<|begin_of_text|>b<|eot_id|>'],
    ...['<s> b<|end|>', '<pad>b<|end|><pad>', '<|assistant|> b<|end|>', '<pad><think>c</think>b</s>'],
    ...['<think>c</think><pad>b', '**b**<pad>', '<pad>"b"</s>'],
  ])('%j is b, and no text stands around it', (text) => {
    expect(readAnswer(textOutput(text), asked, expected)).toMatchObject({ answer: 'b', extra: 0 });
  });

  it.each([
    ['', [' ', ', ', '; ']],
    ['symbols of one character', ['']],
  ])('in a list of symbols as well %s', (_, joiners) => {
    for (const joiner of joiners) {
      const right = list.answer.join(joiner);
      for (const [first, last] of [
        [['<pad>'], []],
        [[], ['<pad>', '<pad>']],
        [['<s>'], ['</s>', '<pad>']],
        [[], ['<|im_end|>', '<|endoftext|>']],
      ]) {
        const text = [...first, ...list.answer, ...last].join(joiner);
        expect(readAnswer(textOutput(text), { ...asked, joiner }, list)).toMatchObject({
          answer: right,
          extra: 0,
        });
      }
    }
  });

  it.each(['<|im_start|>assistant', '<|assistant|>', '<pad>', '[PAD]'])(
    'stay where %s is a symbol, whatever stands behind it',
    (symbol) => {
      const own = { answer: [symbol], symbols: [symbol, 'a'] };
      expect(readAnswer(textOutput(`${symbol}\n`), { ...asked, joiner: '\n' }, own)).toMatchObject({
        answer: symbol,
        extra: 0,
      });
    },
  );

  it('end an answer at its end, and in between nothing', () => {
    expect(read('b<pad> c', asked)[0]).toBe('b<pad> c');
    expect(read('c [SEP] b [SEP]', asked)[0]).toBe('c [SEP] b');
    // An end first is an empty answer, unless the decoder began with it.
    expect(read('</s>\nb', asked)[0]).toBe('');
    expect(read('</s>', asked)[0]).toBe('');
    expect(readAnswer(textOutput('c<pad>'), asked, expected)).toMatchObject({ answer: 'c', ended: true });
    expect(readAnswer(textOutput('<pad>c'), asked, expected)).toMatchObject({ answer: 'c', ended: false });
    // What ends an item by the prompt's own mark is no item of a list.
    const commas: Reading = { ...asked, joiner: ', ', stop: ['\n'] };
    expect(readAnswer(textOutput('a, b, c,\nd'), commas, list).answer).toBe('a, b, c,');
  });

  it.each(['<pad>', '[PAD]', '<s>', '[SEP]', '<|pad|>'])(
    'are symbols where the sample has them: %s',
    (mark) => {
      const own = { answer: ['b', mark], symbols: ['b', mark] };
      expect(read(`b ${mark}`, asked, own)).toEqual([`b ${mark}`, '']);
      expect(read(`${mark} b`, asked, own)).toEqual([`${mark} b`, '']);
    },
  );

  it('take time in proportion to their number', async () => {
    const many = textOutput(
      '</s>'.repeat(60_000) + '<pad>'.repeat(40_000) + 'b' + '<|vision_pad|>'.repeat(40_000),
    );
    expect(await processorTime(() => readAnswer(many, asked, expected))).toBeLessThan(1500);
    expect(
      readAnswer(textOutput(`${'<pad>'.repeat(40_000)}b${'<pad>'.repeat(40_000)}`), asked, expected).answer,
    ).toBe('b');
  });
});

describe('tags', () => {
  it.each([
    // As the prompt asks for it: nothing is forgiven.
    ['<target>b</target>', 'b', ''],
    // Text around it.
    ['Sure! <target>b</target> Bye', 'b', 'tags'],
    ['"<target>b</target>"', 'b', 'tags'],
    ['```\n<target>b</target>\n```', 'b', 'tags'],
    // The instruction, before and after.
    ['I will answer between <target> and </target> tags:\n<target>b</target>', 'b', 'tags'],
    ['I will answer between <target> and </target> tags: <target>b</target>', 'b', 'tags'],
    ['<target>b</target>\n\nThe answer stands between <target> and </target> tags.', 'b', 'tags'],
    ['I use `<target>` and `</target>`.\n<target>b</target>', 'b', 'tags'],
    ['"<target>" opens, "</target>" closes: <target>b</target>', 'b', 'tags'],
    ['Answer: <target>b</target>. The form was "<target>c</target>".', 'b', 'tags'],
    ['<target>...</target> is the form.\n<target>b</target>', 'b', 'tags'],
    // Several: the first where the output begins with it, else the last; those on their own lines first.
    ['<target>b</target>\n\ncontext: a q\nquery: q\n<target>c</target>', 'b', 'tags'],
    ['In the example it was <target>c</target>. Here it is <target>b</target>.', 'b', 'tags'],
    ['First:\n<target>c</target>\nNo:\n<target>b</target>\n(not <target>c</target>)', 'b', 'tags'],
    // Left out.
    ['<target>b', 'b', 'tags'],
    ['<target>b<target>', 'b', 'tags'],
    ['b</target>', 'b', 'tags'],
    ['b', 'b', 'tags'],
    ['The answer is b', 'The answer is b', 'tags'],
    ['<target></target>', '', ''],
    ['<TARGET>b</TARGET>', 'b', 'tags'],
    // In thoughts.
    ['<think>begin with <target> and end with </target></think>\n<target>b</target>', 'b', 'thoughts'],
    ['<think><target>c</target></think>\n\n<target>b</target>', 'b', 'thoughts'],
  ])('%j: %j, changed by: %s', (text, answer, changed) => {
    expect(read(text, tagged)).toEqual([answer, changed]);
  });

  it('that are symbols of the right answer end nothing', () => {
    const reading: Reading = { ...lines, stop: [], tags: ['<start>', '<end>'], lead: '\n' };
    const commits = { answer: ['1f Parse <end> tags', '2e Fix <start>'], symbols: [] };
    const text = '<start>\n1f Parse <end> tags\n2e Fix <start>\n<end>';
    expect(read(text, reading, commits)).toEqual(['1f Parse <end> tags\n2e Fix <start>', '']);
  });

  it('a closing tag that is sent as a stop mark doesn’t come back, and is not missed', () => {
    expect(read('<target>b', { ...tagged, stop: ['</target>'] })).toEqual(['b', '']);
  });

  it('talk of the tags can be the answer where the sample has that symbol', () => {
    const words = { answer: ['and'], symbols: ['or', 'and'] };
    expect(read('<target>and</target>', tagged, words)).toEqual(['and', '']);
  });
});

describe('stop marks', () => {
  it.each([
    [' b\n\n a q | q: c', 'b', 'stop'],
    ['b\nb', 'b', 'stop'],
    ['\n\nb\n', 'b', 'stop white-space'],
    ['b<eos> and on', 'b', 'stop'],
    ['b\r\n', 'b', 'stop white-space'],
    ['```\nb\n```', 'b', 'stop fence'],
    ['```text\nb\n```\nThere you are.', 'b', 'stop fence'],
    ['', '', ''],
    ['\n\n', '', 'white-space'],
  ])('%j: %j, changed by: %s', (text, answer, changed) => {
    expect(read(text)).toEqual([answer, changed]);
  });

  it.each([
    ...['<eos>', '</s>', '<end_of_turn>', '<turn|>', '[unused10]', '<eoa>', '<_end>', '[e~[', '<SPECIAL_12>'],
    ...['<|endoftext|>', '<|end_of_text|>', '<|eot_id|>', '<|im_end|>', '<|eom_id|>', '<|eot|>', '<|eos|>'],
    ...['<|END_OF_TURN_TOKEN|>', '<｜end▁of▁sentence｜>', '<|end_of_sentence|>', '<|return|>', '<|flush|>'],
    ...['<|assistant_end|>', '<|role_end|>', '[|endofturn|]', '<|endofturn|>', '<|plamo:eos|>'],
    ...['<|message_sep|>', '<|separator|>', '<｜hy_place▁holder▁no▁2｜>', '<|END_TEXT|>'],
    ...['<|user|>', '<|observation|>', '<|user|>\na q | q:', '[|user|]', '<|user_start|>'],
  ])('b%s: a mark of the template ends the answer', (mark) => {
    const found = readAnswer(textOutput(`b${mark}`), { ...completion, stop: [] }, expected);
    expect(found).toMatchObject({ answer: 'b', ended: true });
  });

  it.each([
    '<|box_start|>',
    '<|b|>',
    '<|sender|>',
    '[|b|]',
    '<| user |>',
    '<|username|>',
    '[user]',
    '<user>',
  ])('b%s: what is no such mark stays', (mark) => {
    expect(read(`b${mark}`, { ...completion, stop: [] })).toEqual([`b${mark}`, '']);
  });

  it.each(['<|user|>', '[|endofturn|]', '<|im_end|>'])('%s ends nothing where the sample has it', (mark) => {
    const sample = { answer: ['b'], symbols: ['a', mark, 'b'] };
    expect(read(`${mark} b`, completion, sample)).toEqual([`${mark} b`, '']);
    expect(read(`${mark} b<|eot|>`, completion, sample)).toEqual([`${mark} b`, 'stop']);
    expect(read(mark, completion, { answer: [mark], symbols: [] })).toEqual([mark, '']);
  });

  it('count what stands behind them as text that is no answer', () => {
    expect(readAnswer(textOutput(' b\nand so on'), completion, expected).extra).toBe('andsoon'.length);
  });

  it('of several the first counts', () => {
    const reading: Reading = { ...completion, stop: ['<eos>', '\n'] };
    expect(read(' b \n<eos>', reading)).toEqual(['b', 'stop white-space']);
    expect(read(' b <eos>\n', { ...reading, trail: ' ' })).toEqual(['b', 'stop']);
  });
});

describe('wrappings of the whole answer', () => {
  it.each([
    ['```\nb\n```', 'b', 'fence'],
    ['```text\nb\n```', 'b', 'fence'],
    ['~~~\nb\n~~~', 'b', 'fence'],
    ['```b```', 'b', 'fence'],
    ['```\nb', 'b', 'fence'],
    ['**b**', 'b', 'emphasis'],
    ['*b*', 'b', 'emphasis'],
    ['***b***', 'b', 'emphasis'],
    ['__b__', 'b', 'emphasis'],
    ['_b_', 'b', 'emphasis'],
    ['`b`', 'b', 'emphasis'],
    ['**a b c**', 'a b c', 'emphasis'],
    ['"b"', 'b', 'quotes'],
    ["'b'", 'b', 'quotes'],
    ['“b”', 'b', 'quotes'],
    ['‘b’', 'b', 'quotes'],
    ['„b“', 'b', 'quotes'],
    ['«b»', 'b', 'quotes'],
    ['「b」', 'b', 'quotes'],
    ['"**b**"', 'b', 'emphasis quotes'],
    ['**"b"**', 'b', 'emphasis quotes'],
    ['```\n"`b`"\n```', 'b', 'fence emphasis quotes'],
    // No wrapping of the whole.
    ['**b** is it', '**b** is it', ''],
    ['"b" or "c"', '"b" or "c"', ''],
    ['**', '**', ''],
    ['""', '""', ''],
    ['**b', '**b', ''],
    ['Here:\n```\nb\n```', 'Here:\n```\nb\n```', ''],
  ])('%j: %j, changed by: %s', (text, answer, changed) => {
    expect(read(text, { ...completion, stop: [] })).toEqual([answer, changed]);
  });

  it.each([
    ['"', 'quotes'],
    ['*', 'emphasis'],
    ['_', 'emphasis'],
    ['`', 'emphasis'],
  ])('%s stays where it is a symbol of the sample', (mark) => {
    const symbols = ['a', mark, 'b'];
    expect(read(`${mark} b ${mark}`, completion, { answer: ['b'], symbols })).toEqual([
      `${mark} b ${mark}`,
      '',
    ]);
    expect(read(mark, completion, { answer: [mark], symbols })).toEqual([mark, '']);
    const around = [`${mark}b${mark}`];
    expect(read(` ${mark}b${mark}`, completion, { answer: around, symbols: around })).toEqual([
      around[0],
      '',
    ]);
  });

  it('lines of Markdown stay as they are', () => {
    const markdown = { answer: ['**Title**', '*one*', '```js', 'f()', '```'], symbols: [] };
    const text = markdown.answer.join('\n');
    expect(read(`${text}\n<end>`, lines, markdown)).toEqual([text, 'stop']);
  });
});

describe('white space and Unicode', () => {
  it.each([
    [' b', 'b', ''],
    ['  b ', 'b', 'white-space'],
    ['b\u00a0', 'b', 'white-space'],
    ['a  b', 'a  b', ''],
  ])('%j: %j, changed by: %j', (text, answer, changed) => {
    expect(read(text)).toEqual([answer, changed]);
  });

  it('line ends, blanks at the end of lines and blank lines are no part of lines', () => {
    const commits = { answer: ['1f Fix', '2e Add'], symbols: [] };
    for (const text of ['1f Fix\r\n2e Add\r\n', '1f Fix \n2e Add', '1f Fix\n\n2e Add']) {
      expect(read(text, lines, commits)).toEqual(['1f Fix\n2e Add', 'white-space']);
    }
    expect(read('1f Fix\n2e Add\n<end>', lines, commits)).toEqual(['1f Fix\n2e Add', 'stop']);
    expect(read(' 1f Fix\n  2e Add', lines, commits)[0]).toBe('1f Fix\n  2e Add');
  });

  it('one character a symbol: blanks between them are a way of writing', () => {
    const characters: Reading = { ...completion, joiner: '', lead: '' };
    expect(read('a b c', characters, { answer: ['a', 'b', 'c'], symbols: [] })).toEqual([
      'abc',
      'white-space',
    ]);
  });

  it('an accent of its own is the same letter', () => {
    expect(read('e\u0301', completion, { answer: ['é'], symbols: [] })).toEqual(['é', 'unicode']);
  });

  it.each([
    ['\u200bb', 'b'],
    [' b\u2060', 'b'],
    ['\u200b\ufeff b\n', 'b'],
    ['a\u00a0b\u202fc', 'a b c'],
    ['a\u3000b', 'a b'],
  ])('blanks of other widths are blanks, and characters of none go: %j is %j', (text, answer) => {
    const [read1, changed] = read(text);
    expect(read1).toBe(answer);
    expect(changed).toContain('unicode');
  });

  it('but for those that stand in the sample', () => {
    const sample = { answer: ['x\u00a0y'], symbols: ['x\u00a0y', 'x y'] };
    expect(read('x\u00a0y', completion, sample)[0]).toBe('x\u00a0y');
    expect(read('x y', completion, sample)[0]).toBe('x y');
  });
});

describe('a list in another form', () => {
  const commas: Reading = { ...completion, filters: recordedFilterNames, joiner: ', ', lead: '' };
  const json: Reading = { ...commas, joiner: '", "', lead: '["', trail: '"]' };
  const four = { answer: ['d', 'c', 'b', 'a'], symbols: ['a', 'b', 'c', 'd'] };

  it.each<[text: string, reading: Reading, changed: string]>([
    ['d, c, b, a', commas, ''],
    ['d,c,b,a', commas, 'list'],
    ['d ,c,  b , a', commas, 'list'],
    ['d c b a', commas, 'list'],
    ['d, c b, a', commas, 'list'],
    ['["d", "c", "b", "a"]', commas, 'list'],
    ["['d', 'c', 'b', 'a']", commas, 'list'],
    ['"d","c","b","a"', commas, 'list'],
    ['[d, c, b, a]', commas, 'list'],
    ['**d,c,b,a**', commas, 'emphasis list'],
    ['["d", "c", "b", "a"]', json, ''],
    ['["d","c","b","a"]', json, 'list'],
    ['d, c, b, a', json, 'list'],
    ['d", "c", "b", "a', json, 'list'],
  ])('%j', (text, reading, changed) => {
    expect(read(text, reading, four)).toEqual([['d', 'c', 'b', 'a'].join(reading.joiner), changed]);
  });

  it.each([
    ['nothing stands between two commas', 'd,, c', 'd,, c'],
    ['a comma ends it', 'd, c, b, a,', 'd, c, b, a,'],
    ['a bracket within', 'd, [c], b', 'd, [c], b'],
  ])('is none where %s', (_, text, answer) => {
    expect(read(text, commas, four)[0]).toBe(answer);
  });

  it('symbols may hold the mark, blanks, or quotation marks', () => {
    const numbers = { answer: ['2,000', '1,000'], symbols: ['1,000', '2,000'] };
    expect(read('[2,000,  1,000]', commas, numbers)).toEqual(['2,000, 1,000', 'list']);
    const cities = { answer: ['Rome', 'New York'], symbols: ['New York', 'Rome'] };
    expect(read('Rome,New York', commas, cities)).toEqual(['Rome, New York', 'list']);
    const marked = { answer: ['"b"', "'tis"], symbols: ["'tis", '"b"'] };
    expect(read(`"b", 'tis`, commas, marked)).toEqual([`"b", 'tis`, '']);
  });

  it('is left to prompts that name the filter, and to marks between symbols', () => {
    expect(read('d,c', { ...commas, filters: filterNames }, four)[0]).toBe('d,c');
    expect(read('d,c', { ...commas, joiner: 'x' }, four)[0]).toBe('d,c');
  });

  it.each<[text: string, joiner: string]>([
    ['d, c, b, a', ' '],
    ['d;c;b;a', ' '],
    ["['d', 'c', 'b', 'a']", ' '],
    ['(d, c, b, a)', ''],
    ['d; c; b; a', ', '],
  ])('%j is one beside symbols with %j between them', (text, joiner) => {
    const reading = { ...commas, joiner };
    expect(read(text, reading, four)).toEqual([four.answer.join(joiner), 'list']);
  });

  it.each([
    ['a sentence', 'Well, here it is', four],
    ['more than symbols', 'The answer is d, c, b, a', four],
    ['plain symbols', 'd c b a', four],
    ['brackets without a mark', '[d c b a]', four],
    ['symbols with the mark', 'a b, a', { answer: ['a', 'b,', 'a'], symbols: ['a', 'b,'] }],
    ['symbols with brackets', '(, a, )', { answer: ['(', 'a', ')'], symbols: ['(', 'a', ')'] }],
  ])('with blanks between symbols, %s is none', (_, text, sample) => {
    expect(read(text, { ...commas, joiner: ' ' }, sample)).toEqual([text, '']);
  });

  it('long texts take time in proportion to their length', async () => {
    for (const text of [
      "'a,".repeat(200_000),
      '['.repeat(500_000),
      'd, '.repeat(200_000),
      '"d",'.repeat(100_000),
    ])
      expect(await processorTime(() => read(text, commas, four))).toBeLessThan(1000);
  });
});

describe('the list of filters', () => {
  it('has each of them', () => {
    expect(Object.keys(filters)).toEqual(recordedFilterNames);
  });

  it('is applied in the order that the prompt states, and no other filter', () => {
    const only = (...names: FilterName[]): Reading => ({ ...completion, filters: names });
    expect(read('**b**', only('white-space'))).toEqual(['**b**', '']);
    expect(read('<think>\nx</think>b', only('stop', 'thoughts'))[0]).toBe('');
    expect(read('<think>\nx</think>b', only('thoughts', 'stop'))[0]).toBe('b');
    expect(read('<think>x</think>b', only())[0]).toBe('<think>x</think>b');
  });
});

describe('the prompt, given back before the answer', () => {
  const prompt = ' a b | a: b\n\n b c | b:';
  const asked = { ...expected, prompt };

  it.each([
    [`${prompt} b\n`, 'b'],
    [`<s> ${prompt.trimStart()} b\n`, 'b'],
    [`<|begin_of_text|>${prompt} b\n`, 'b'],
    [`${prompt.replaceAll('\n', '\r\n')} b\n`, 'b'],
  ])('%j: %j', (text, answer) => {
    const found = readAnswer(textOutput(text), completion, asked);
    expect(found).toMatchObject({ answer, outside: expect.not.stringContaining('|') as string });
    expect(found.changed).toContain('echo');
    expect(found.extra).toBe(0);
  });

  it.each([
    ['ChatML', '<|im_start|>user\na b | a<|im_end|>\n<|im_start|>assistant\n', '<|im_end|>'],
    [
      'Llama 3',
      '<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\na b | a<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n',
      '<|eot_id|>',
    ],
    ['Gemma', '<bos><start_of_turn>user\na b | a<end_of_turn>\n<start_of_turn>model\n', '<end_of_turn>'],
    ['Mistral', '<s>[INST] a b | a [/INST]', '</s>'],
    ['Phi', '<|user|>\na b | a<|end|>\n<|assistant|>\n', '<|end|>'],
    ['DeepSeek', '<｜begin▁of▁sentence｜><｜User｜>a b | a<｜Assistant｜>', '<｜end▁of▁sentence｜>'],
    [
      'Command',
      '<BOS_TOKEN><|START_OF_TURN_TOKEN|><|USER_TOKEN|>a b | a<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>',
      '<|END_OF_TURN_TOKEN|>',
    ],
    ['GPT-2', 'Input: a b\nQuery: a\nOutput:', '<|endoftext|>'],
  ])('is the same with padding, other special tokens or blanks around them: %s', (_, sent, end) => {
    const mark = /<[^<>]*>|\[\/?[A-Z]+\]/gu;
    const outputs = [
      ...['<|endoftext|>', '<|endoftext|><|endoftext|>', '<pad><pad><pad>', '[PAD][PAD]', '<s>', ''].map(
        (padding) => `${padding}${sent}b${end}<pad><pad>`,
      ),
      `${sent.replace(/^<[^<>]*>/u, '')}b${end}`,
      `${sent.replaceAll(mark, (each) => `${each} `)}b ${end}`,
      `${sent.replaceAll(mark, '')}b`,
    ];
    for (const text of outputs) {
      const found = readAnswer(textOutput(text), completion, {
        answer: ['b'],
        symbols: ['a', 'b'],
        prompt: sent,
      });
      expect({ text, ...found }).toMatchObject({ answer: 'b', thoughts: null });
    }
  });

  it('is another text where a special token stands in it that it does not have, or a character lacks', () => {
    const sent = 'a b <x> | a <sep>';
    const answerOf = (text: string): string =>
      readAnswer(textOutput(text), completion, { answer: ['b'], symbols: ['a', 'b'], prompt: sent }).answer;
    expect(answerOf('<s> a b <x> | a <sep> b')).toBe('b');
    expect(answerOf('a b <y> | a <sep> b')).toBe('a b <y> | a <sep> b');
    expect(answerOf('a <x> | a <sep> b')).toBe('a <x> | a <sep> b');
  });

  it('takes time in proportion to the output', async () => {
    const sent = '<pad> a'.repeat(50_000);
    const output = textOutput(`${'<pad>'.repeat(50_000)}${sent} b`);
    expect(
      await processorTime(() => readAnswer(output, completion, { answer: ['b'], prompt: sent })),
    ).toBeLessThan(1000);
  });

  it('is not cut where it is not whole, not known, or where the right answer begins with it', () => {
    const cut = prompt.slice(0, -1);
    expect(readAnswer(textOutput(`${cut} b`), completion, asked).changed).not.toContain('echo');
    expect(readAnswer(textOutput(`${prompt} b`), completion, expected).changed).not.toContain('echo');
    const copied = { answer: ['a', 'b', 'c'], prompt: 'a b c' };
    for (const sent of [copied, { ...copied, prompt: '<s>[INST] a b c [/INST]' }])
      expect(readAnswer(textOutput('a b c'), { ...completion, joiner: ' ' }, sent).answer).toBe('a b c');
  });
});
