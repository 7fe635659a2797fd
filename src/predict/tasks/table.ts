/**
 * What is known of each task, in both fragments: the verdict, where it is published, and what its certificate is
 * made of. Nothing here is believed by the checkers: they know the tasks by their definitions.
 */
import type { Fragment, Status } from '../verdict.ts';
import { SCHEMAS } from './schemas.ts';

/** The task is in: one program for alphabets of every size. */
export interface InByProgram {
  readonly how: 'program';
  readonly schema: string;
}

/** The task is out because a language that is out can be asked through it. */
export interface OutByReduction {
  readonly how: 'reduction';
  readonly query: string | null;
  readonly prefix: string;
  readonly blocks: Readonly<Record<string, string>>;
  readonly suffix: string;
  readonly answer: string;
  readonly expression: string;
}

/** The task is out because every symbol of a prefix can be asked for later. */
export interface OutByMemory {
  readonly how: 'memory';
  readonly direction: 'forward' | 'backward';
}

export interface Known {
  readonly status: Status;
  readonly published: string | null;
  readonly argument: string;
  readonly proof: InByProgram | OutByReduction | OutByMemory;
}

const BORN = 'arXiv 2505.21785';
const SCHEMA_NOTE = 'One program schema serves alphabets of every size.';

function program(schema: string): InByProgram {
  return { how: 'program', schema };
}

/** The last letter of a string decides: (x|y)*x, or nothing at all, is the language that is asked for. */
function lastLetter(suffix: string, query: string): OutByReduction {
  const blocks = { x: 'a', y: 'b' };
  return {
    how: 'reduction',
    query,
    prefix: 'a',
    blocks,
    suffix,
    answer: 'a',
    expression: '()|(x|y)*x',
  };
}

/** The last x or y decides, whatever letters e come after it: one bit of memory that is overwritten. */
function overwritten(
  query: string | null,
  prefix: string,
  x: string,
  y: string,
  e: string,
  answer: string,
): OutByReduction {
  const blocks = { x, y, e };
  return {
    how: 'reduction',
    query,
    prefix,
    blocks,
    suffix: '',
    answer,
    expression: 'e*|(x|y|e)*xe*',
  };
}

const unique =
  'The query occurs once, so the pair it forms with its neighbour occurs once: look up which pair it is.';
const first =
  'The first occurrence can be marked (it holds, and it held nowhere before), so its neighbour is found as if it were the only one.';
const noLeft =
  'Without positions a program cannot say what came immediately before something: it would have to tell Σ*x from Σ*y, and counts that tell these states apart drift out of reach.';
const last =
  'The last occurrence overwrites what was seen before, as a bit of memory would; counts only grow, and after enough symbols they cannot follow what is overwritten, with or without positions.';
const memory =
  'Every symbol of a string may be asked for later, so 2^n prefixes of length n have different futures; a program with K counters, look-backs of D bits and period P knows at most (n+1)^K · 2^D · P things about a prefix.';
const manyCounters =
  'Take it with care: it needs a counter for every symbol, arXiv 2410.02140 counts copying unique strings as out of reach without positions, and transformers without positions trained there copied them at the trained lengths only (100 %, then 18 % and 0 %). For any one alphabet the task is finite, so that no proof can rule it out.';
const indexed =
  'All symbols are different, so the number of positions before a symbol tells its place: the neighbour is the symbol whose number is one more or less. No positions are needed.';

const nlLast = overwritten('q', 'aqaq', 'aq', 'bq', 'aa', 'a');
const nrLast = overwritten('q', 'qaqa', 'qa', 'qb', 'bb', 'a');
const memoryCell = overwritten(null, 'w0', 'w0', 'w1', 'i0', '0');

function published(where: string, argument: string, proof: Known['proof']): Known {
  return { status: 'published', published: where, argument, proof };
}

function derived(argument: string, proof: Known['proof']): Known {
  return { status: 'derived', published: null, argument, proof };
}

const RIGHT_PLAIN =
  'The one position right after the first occurrence of the query can be marked without positions (the first place where it has occurred strictly before); the answer stands there.';

/** Out with positions means out without them: plain C-RASP is part of C-RASP[pos]. */
function outInBoth(where: string, argument: string, proof: Known['proof']): Record<Fragment, Known> {
  return { plain: published(where, argument, proof), pos: published(where, argument, proof) };
}

export const KNOWN: Readonly<Record<string, Readonly<Record<Fragment, Known>>>> = {
  UL: {
    pos: published(`${BORN}, Lemma 4`, `${unique} ${SCHEMA_NOTE}`, program(SCHEMAS.UNIQUE_LEFT)),
    plain: derived(noLeft, lastLetter('qa', 'q')),
  },
  UR: {
    pos: published(`${BORN}, Lemma 4`, `${unique} ${SCHEMA_NOTE}`, program(SCHEMAS.UNIQUE_RIGHT)),
    plain: derived(`${RIGHT_PLAIN} ${SCHEMA_NOTE}`, program(SCHEMAS.RIGHT_OF_FIRST)),
  },
  NLFirst: {
    pos: published(`${BORN}, Lemma 5`, `${first} ${SCHEMA_NOTE}`, program(SCHEMAS.LEFT_OF_FIRST)),
    plain: derived(noLeft, lastLetter('qaq', 'q')),
  },
  NRFirst: {
    pos: published(
      `${BORN}, Lemma 5`,
      `${first} ${SCHEMA_NOTE}`,
      program(SCHEMAS.RIGHT_OF_FIRST_BY_PREVIOUS),
    ),
    plain: derived(`${RIGHT_PLAIN} ${SCHEMA_NOTE}`, program(SCHEMAS.RIGHT_OF_FIRST)),
  },
  NLLast: outInBoth(`${BORN}, Lemma 6`, last, nlLast),
  NRLast: outInBoth(`${BORN}, Lemma 6`, last, nrLast),
  UF: {
    pos: published(`${BORN}, Lemma 7`, `${indexed} ${SCHEMA_NOTE}`, program(SCHEMAS.COPY_FORWARD)),
    plain: derived(`${indexed} ${SCHEMA_NOTE} ${manyCounters}`, program(SCHEMAS.COPY_FORWARD)),
  },
  UB: {
    pos: published(`${BORN}, Lemma 7`, `${indexed} ${SCHEMA_NOTE}`, program(SCHEMAS.COPY_BACKWARD)),
    plain: derived(`${indexed} ${SCHEMA_NOTE} ${manyCounters}`, program(SCHEMAS.COPY_BACKWARD)),
  },
  NF: outInBoth(`${BORN}, Lemma 8`, memory, { how: 'memory', direction: 'forward' }),
  NB: outInBoth(`${BORN}, Lemma 8`, memory, { how: 'memory', direction: 'backward' }),
  'flip-flop': outInBoth('arXiv 2410.02140 (Lemmas 35, 36)', last, memoryCell),
};
