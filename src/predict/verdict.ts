/** What predict answers, and what it shows for it. All of it is plain data and goes through JSON unchanged. */
import type { Read } from './decide/machine.ts';
import type { ResidueKind } from './residues.ts';

export type { Read, ResidueKind };

/** Plain C-RASP (a transformer without positional encoding), or with periodic and local predicates, C-RASP[pos]. */
export type Fragment = 'plain' | 'pos';
export type Verdict = 'in' | 'out' | 'unknown';
/** The verdict stands in a paper; it is proved here by its certificate; there is none. */
export type Status = 'published' | 'derived' | 'open';
/** Whether one program schema serves alphabets of every size, or the claim is about one alphabet. */
export type Scope = 'this alphabet' | 'every alphabet';

/**
 * An automaton as certificates have it: complete, `transitions[state][letter]`. In evidence for what is read at the
 * last symbol, `accepting` lists edges, as state · letters + letter; everywhere else it lists states.
 */
export interface AutomatonJson {
  readonly alphabet: readonly string[];
  readonly start: number;
  readonly accepting: readonly number[];
  readonly transitions: readonly (readonly number[])[];
}

/** What a certificate speaks of. */
export type Subject =
  | {
      readonly kind: 'expression';
      readonly name: string;
      readonly text: string;
      readonly alphabet: readonly string[];
    }
  | { readonly kind: 'automaton'; readonly name: string; readonly automaton: AutomatonJson }
  | { readonly kind: 'program'; readonly name: string; readonly text: string }
  | { readonly kind: 'task'; readonly name: string; readonly title: string };

/** A whole number of times each edge's equation V(to) − V(from) − E(label) = 0, over a common denominator. */
export interface Combination {
  /** The two states whose potentials are shown to be equal. */
  readonly states: readonly [number, number];
  readonly denominator: string;
  /** [from, letter, numerator] */
  readonly edges: readonly (readonly [number, number, string])[];
}

/**
 * Why two states cannot be told apart in the long run: a strongly connected component, a partition of it, and for
 * each two states of one class an equation that follows from those of the edges, with labels (class, letter).
 */
export interface Inseparable {
  readonly component: readonly number[];
  /** The class of each state of the component, in its order. */
  readonly classes: readonly number[];
  readonly combinations: readonly Combination[];
  /** Two states of one class: a word into the first, and one after which just one of the two accepts. */
  readonly pair: readonly [number, number];
  readonly access: readonly string[];
  readonly distinguishing: readonly string[];
}

/**
 * An automaton on the same states whose letters are whole words, each followed by the idempotent word. A program
 * with look-backs and residues cannot see more of such a string than a plain program sees of the string of blocks,
 * when the idempotent is repeated until it is longer than every look-back and a multiple of every period.
 */
export interface Blocks {
  /** Twice this word does the same to every state as once. */
  readonly idempotent: readonly string[];
  /** Each a word whose length is a multiple of the idempotent's. */
  readonly words: readonly (readonly string[])[];
}

export type Evidence =
  /** A program, proved to agree with the automaton on strings of every length. */
  | {
      readonly kind: 'program';
      readonly program: string;
      readonly automaton: AutomatonJson;
      readonly depth: number;
    }
  /** The program is the subject itself. */
  | { readonly kind: 'membership'; readonly depth: number }
  | { readonly kind: 'inseparable'; readonly automaton: AutomatonJson; readonly inseparable: Inseparable }
  | {
      readonly kind: 'blocks';
      readonly automaton: AutomatonJson;
      readonly blocks: Blocks;
      readonly inseparable: Inseparable;
    }
  | TaskProgram
  | Reduction
  | IndexEmbedding;

/** One program without its alphabet: with any alphabet in front, it names the task's right next symbols. */
export interface TaskProgram {
  readonly kind: 'task-program';
  readonly schema: string;
  readonly depth: number;
}

/**
 * Instances of a task are made of the letters of a language: `prefix`, a block for every letter, `suffix`; the
 * answer is `answer` for the strings of the language and for no others. So a program for the task would make one for
 * the language, which is out.
 */
export interface Reduction {
  readonly kind: 'reduction';
  readonly query: string | null;
  readonly prefix: readonly string[];
  readonly blocks: Readonly<Record<string, readonly string[]>>;
  readonly suffix: readonly string[];
  readonly answer: string;
  readonly expression: string;
  readonly evidence: Extract<Evidence, { kind: 'inseparable' | 'blocks' }>;
}

/** Every bit of a prefix can be asked for later: prefixes of length n leave 2ⁿ different futures. */
export interface IndexEmbedding {
  readonly kind: 'index-embedding';
  readonly zero: string;
  readonly one: string;
  readonly direction: 'forward' | 'backward';
  /** For some lengths, the most counters that are still too few: (n+1)^counters < 2^n. */
  readonly excluded: readonly { readonly length: number; readonly counters: number }[];
}

/** A claim with all that is needed to check it. */
export interface Certificate {
  readonly verdict: 'in' | 'out';
  readonly subject: string;
  readonly fragment: Fragment;
  readonly read: Read;
  readonly scope: Scope;
  readonly format: 'lengthwise certificate';
  readonly version: 2;
  readonly about: Subject;
  /** SHA-256 of `about` as canonical JSON. */
  readonly hash: string;
  readonly evidence: Evidence;
  /** SHA-256 of all the other fields as canonical JSON. */
  readonly seal: string;
}

/** A verdict in words and with its certificate; there is none for `unknown`. */
export interface Prediction {
  readonly subject: string;
  readonly fragment: Fragment;
  readonly read: Read;
  readonly verdict: Verdict;
  readonly status: Status;
  readonly argument: string;
  readonly certificate: Certificate | null;
  /** How the program that shows `in` uses positions modulo a number; null where no program shows anything. */
  readonly residues: ResidueKind | null;
}
