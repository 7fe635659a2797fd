/**
 * What the columns of every table mean: one sentence each, the same in docs/scoring.md, in the report and in help texts.
 * Data and nothing else.
 */

export interface Definition {
  /** The heading of the column. */
  readonly term: string;
  readonly meaning: string;
}

export const definitions = {
  n: {
    term: 'n',
    meaning:
      'Everything that was asked: each sample counts once, as right, wrong, truncated, withheld, refused or failed. A sample that was asked several times still counts once, by the share of its right answers.',
  },
  right: {
    term: 'right',
    meaning:
      'The answer, as the filters of the prompt read it, is the right one and nothing else. Accuracy, its interval and the horizon are made of these: accuracy is right / n.',
  },
  exact: {
    term: 'exact',
    meaning:
      'The output is the right answer to the character, as the demonstrations of the prompt write it, white space before it included; only thoughts and what a stop mark cuts off are set aside. CRLF is a line end, and one blank or line end may follow.',
  },
  retrieved: {
    term: 'retrieved',
    meaning: 'The right answer stands in the output, whole and in order, whatever text is around it.',
  },
  wrong: {
    term: 'wrong',
    meaning: 'There is an answer, and it is not the right one.',
  },
  truncated: {
    term: 'truncated',
    meaning:
      'A limit on tokens, or the end of the context, cut the output off before the answer was complete.',
  },
  withheld: {
    term: 'withheld',
    meaning: 'A content filter kept the answer back.',
  },
  refused: {
    term: 'refused',
    meaning: 'The model declined in a field of its own, or called a tool instead of answering.',
  },
  failed: {
    term: 'failed',
    meaning: 'No answer came: the request failed for good, or the reply was an error.',
  },
  extra: {
    term: 'extra text',
    meaning:
      'Samples whose output has text before or after the answer. White space, thoughts and marks don’t count.',
  },
  accuracy: {
    term: 'accuracy',
    meaning:
      'right / n. The interval beside it is headed by its level. Where the number of samples was fixed before any answer came, and each was asked once of one model, it is the exact one of Clopper and Pearson at 95 %.',
  },
  answered: {
    term: 'of those answered',
    meaning: 'The accuracy among right and wrong answers alone.',
  },
  logProbability: {
    term: 'log-probability',
    meaning:
      'Of teacher-forced answers: the mean natural logarithm of the probability that the model gives to the right answer, as the tokenizer writes it, and to its end.',
  },
  chance: {
    term: 'chance',
    meaning:
      'What guessing would give: for a look-up, any symbol of the source where the answer can stand; for a copy, the symbols of the source in any order.',
  },
  horizon: {
    term: 'horizon',
    meaning:
      'The largest length asked such that there, and at every shorter length asked, accuracy is shown to be at or above the threshold: the lower end of its interval is. What was truncated, withheld, refused or failed counts as wrong; requests that failed without reaching the model settle no length. “≥ 64” says that no longer length was asked, “< 5” that the shortest one fails, “≥ 24, ≤ 32” that it lies between the two; “undecided at 32”, that accuracy there is shown neither to reach the threshold nor to miss it (more samples would tell); “64 tokens” below it, how many tokens a source of that length has.',
  },
} as const satisfies Record<string, Definition>;

export type DefinedTerm = keyof typeof definitions;
