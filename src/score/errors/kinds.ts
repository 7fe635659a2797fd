/** The kinds of errors, in plain words: what the rows name, and what the report says about them. */

export interface ErrorKindWords {
  /** A few words, for the head of a column. */
  readonly title: string;
  /** A sentence for somebody who has read nothing else. */
  readonly description: string;
}

/** Every kind of error, with a few words and a sentence for people. */
export const errorKinds = {
  'white-space': {
    title: 'white space',
    description: 'The right symbols in the right order, but not separated as they should be.',
  },
  'no-answer': { title: 'no answer', description: 'Nothing came back that could be an answer.' },

  'other-side': {
    title: 'other side',
    description: 'The neighbour on the other side of the right place: left instead of right, or the reverse.',
  },
  'other-occurrence': {
    title: 'another occurrence',
    description: 'The neighbour on the side that was asked for, but of another occurrence of the query.',
  },
  'other-occurrence-other-side': {
    title: 'another occurrence, other side',
    description: 'A neighbour of another occurrence of the query, and on the wrong side of it.',
  },
  'in-source': {
    title: 'elsewhere in the source',
    description: 'A symbol that stands in the source, but beside no occurrence of the query.',
  },
  'not-in-source': {
    title: 'not in the source',
    description: 'A symbol that does not occur in the source at all.',
  },
  extra: { title: 'right, and more', description: 'The right symbol, followed by others.' },

  'other-direction': {
    title: 'other direction',
    description: 'A copy in the other direction: forward where backward was asked, or the reverse.',
  },
  'early-end': {
    title: 'ended early',
    description: 'Everything that came is right, but the answer stops before its end.',
  },
  'late-end': { title: 'ended late', description: 'The whole answer, and then more.' },
  loop: { title: 'loop', description: 'From some place on, the same symbols again and again.' },
  swapped: { title: 'swapped', description: 'Two neighbouring symbols have changed places.' },
  skipped: { title: 'skipped', description: 'One symbol was left out, and the copy went on after it.' },
  repeated: {
    title: 'repeated',
    description: 'One symbol came twice where it stands once, and the copy went on.',
  },
  jump: {
    title: 'jump',
    description: 'The copy went on at another place of the source, after a symbol that stands there too.',
  },
  misplaced: {
    title: 'out of place',
    description: 'At the first wrong place stands a symbol of the source that belongs elsewhere.',
  },
  foreign: {
    title: 'foreign symbol',
    description: 'At the first wrong place stands a symbol that does not occur in the source.',
  },

  'scored-wrong': {
    title: 'wrong by the released scoring',
    description: "Wrong by the paper's released scoring only: ours finds no error in it.",
  },
} as const satisfies Record<string, ErrorKindWords>;

export type ErrorKind = keyof typeof errorKinds;
