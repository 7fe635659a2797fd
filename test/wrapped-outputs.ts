/** Outputs as real models write them around an answer, right and wrong: what every scoring of the same samples must agree on. */

/** How an answer is written, given its text; `wrong` is another answer, and the tags are those that the prompt asks for, where it does. */
type Writing = (right: string, wrong: string, tags: readonly [open: string, close: string]) => string;

/** Tags that no prompt asks for, for outputs to prompts without any. */
export const OTHER_TAGS = ['<target>', '</target>'] as const;

export const writings: Readonly<Record<string, Writing>> = {
  right: (right) => ` ${right}\n`,
  'right and nothing around it': (right) => right,
  wrong: (_, wrong) => ` ${wrong}\n`,
  'goes on': (right) => ` ${right}\n\n another question: and so on`,
  'goes on in the line': (right) => ` ${right} and so on`,
  nothing: () => '',
  'white space': () => ' \n ',
  emphasis: (right) => ` **${right}**`,
  'emphasis, wrong': (_, wrong) => `_${wrong}_`,
  quotes: (right) => `“${right}”`,
  'quotes in emphasis': (right) => `**"${right}"**\n`,
  'a pair that is two': (right) => `"${right}" or "${right}"`,
  fence: (right) => `\`\`\`text\n${right}\n\`\`\``,
  'fence in a line': (right) => `\`\`\`${right}\`\`\``,
  'fence, unclosed': (right) => `\`\`\`\n${right}`,
  thought: (right, wrong) => `<think>\nIt could be ${wrong}.\n</think>\n\n ${right}`,
  'thought, only closed': (right, wrong) => `It could be ${wrong}.\n</think>\n\n${right}`,
  'thought, never closed': (right) => `<think>\nIt must be ${right}`,
  'two thoughts': (right) => `<thinking>a</thinking>\n<thinking>b</thinking>\n${right}\n`,
  'thought and solution': (right) =>
    `<|begin_of_thought|>x<|end_of_thought|>\n<|begin_of_solution|>${right}<|end_of_solution|>`,
  'thought, wrong': (right, wrong) => `<think>${right}</think>${wrong}`,
  channels: (right, wrong) =>
    `<|channel|>analysis<|message|>Is it ${wrong}?<|end|><|start|>assistant<|channel|>final<|message|>${right}<|return|>`,
  'channels, no final one': (right) => `<|channel|>analysis<|message|>It is ${right}`,
  'channels without their marks': (right) => `analysisWe need it.assistantfinal${right}`,
  'a turn begins': (right) => `<|im_start|>assistant\n${right}<|im_end|>`,
  'an end mark': (right) => ` ${right}</s> more`,
  tags: (right, _, [open, close]) => open + right + close,
  'tags, spoken of': (right, _, [open, close]) =>
    `I put it between ${open} and ${close} tags:\n${open}${right}${close}`,
  'tags, twice': (right, wrong, [open, close]) => `Not ${open}${wrong}${close}, but ${open}${right}${close}`,
  'tags, first counts': (right, wrong, [open, close]) =>
    `${open}${right}${close} and not ${open}${wrong}${close}`,
  'tags, unclosed': (right, _, [open]) => open + right,
  'tags, only closed': (right, _, [, close]) => `${right}${close} is it`,
  'tags in quotes': (right, _, [open, close]) =>
    `The tag "${open}" comes first: ${open} **${right}** ${close}`,
  'tags in a thought': (right, wrong, [open, close]) =>
    `<think>${open}${wrong}${close}</think>${open}${right}${close}`,
  'tags as an example, quoted behind': (right, wrong, [open, close]) =>
    `Mine: ${open}${right}${close}. It is put as \`${open}${wrong}${close}\` above.`,
  'tags as an example, quoted before': (right, wrong, [open, close]) =>
    `"${open}${wrong}${close}" then ${open}${right}${close}`,
  'tags, all quoted': (right, _, [open, close]) => `It is “${open}${right}${close}”.`,
  'quotes, twice': (right) => `""${right}""`,
  'quotes, twice, of one kind each': (right) => `''"${right}"''`,
  'quotes in emphasis in quotes': (right) => `*"*${right}*"*`,
  'emphasis in quotes in emphasis': (right) => `**"**${right}**"**`,
  'an encoder-decoder model’s padding': (right) => `<pad> ${right}</s>`,
  'an encoder-decoder model that begins with its end': (right) => `</s><s>${right}</s><pad><pad>`,
  'an end first': (right) => `</s>\n${right}`,
  'padding of a batch': (right) => `${right}<pad><pad>`,
  'padding with a name of its own': (right) => `${right}<|finetune_right_pad_id|><|finetune_right_pad_id|>`,
  'marks of BERT': (right) => `[CLS] ${right} [SEP] [PAD]`,
  'padding in between': (right, wrong) => `${wrong}<pad><pad>${right}`,
  'line ends of Windows': (right) => ` ${right} \r\n`,
  'blanks and characters that nobody sees': (right) => `\u00a0\u200b${right}\u200b\n`,
  'a sentence': (right) => `The answer is ${right}.`,
  'empty channel marks': () => '<|end|><|start|>',
};

export const kindsOfWriting = Object.keys(writings);
