/** Outputs as real models write them around an answer, right and wrong: what every scoring of the same samples must agree on. */

/** How an answer is written, given its text; `wrong` is another answer. */
type Writing = (right: string, wrong: string) => string;

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
  tags: (right) => `<target>${right}</target>`,
  'tags, spoken of': (right) => `I put it between <target> and </target> tags:\n<target>${right}</target>`,
  'tags, twice': (right, wrong) => `Not <target>${wrong}</target>, but <target>${right}</target>`,
  'tags, first counts': (right, wrong) => `<target>${right}</target> and not <target>${wrong}</target>`,
  'tags, unclosed': (right) => `<target>${right}`,
  'tags, only closed': (right) => `${right}</target> is it`,
  'tags in quotes': (right) => `The tag "<target>" comes first: <target> **${right}** </target>`,
  'tags in a thought': (right, wrong) => `<think><target>${wrong}</target></think><target>${right}</target>`,
  'line ends of Windows': (right) => ` ${right} \r\n`,
  'a sentence': (right) => `The answer is ${right}.`,
  'empty channel marks': () => '<|end|><|start|>',
};

export const kindsOfWriting = Object.keys(writings);
