/** The oddities of the scoring that the paper's authors released, one by one, in words. */
export const quirks = {
  'whole-output': {
    title: 'the whole output is compared',
    description:
      'Retrieval: the output is compared with the answer to the character, so that a right answer with anything before or ' +
      'after it, such as a blank, is wrong.',
  },
  'six-characters-lost': {
    title: 'six characters are lost',
    description:
      'Git: the text after <start> is read; where an output has no <start> (every base model: the prompt ends with ' +
      'it), find() gives -1 and the first 6 characters of the answer are cut off.',
  },
  substring: {
    title: 'a substring counts as exact',
    description: 'Text: an output that contains the answer is exact, even when it runs on for ever after it.',
  },
  'too-short': {
    title: 'short outputs are set aside',
    description:
      'Text: an output of at most 75 % of the characters is scored 0 and left out of every average.',
  },
  'exact-left-out': {
    title: 'exact copies are left out',
    description: 'Text: the averages are over outputs that are neither exact nor too short.',
  },
  denominator: {
    title: 'wrong denominator',
    description: 'Text: edits at non-deterministic tokens are divided by the number of deterministic types.',
  },
  'edits-not-counted': {
    title: 'edits that are not counted',
    description: 'Text: edits before the first match and edits that follow another edit do not count.',
  },
} as const;

export type Quirk = keyof typeof quirks;
