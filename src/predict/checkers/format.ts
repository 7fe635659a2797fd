/** The form of a certificate, version 2: every field is known, and none may be missing or added. */
import { z } from 'zod';
import { isRecord } from '../../common/json.ts';

/** Whatever is larger was not made by us, and would only keep the checker busy. */
const MAX_ITEMS = 500_000;

/** Longer names of symbols tell a reader nothing. */
const MAX_NAME = 1_000;

/** Of a numerator or a denominator. */
const MAX_DIGITS = 4_000;

const symbol = z
  .string()
  .min(1)
  .max(MAX_NAME)
  .refine((name) => !/\s/u.test(name), 'a symbol has no white space in it');
const text = z.string().max(1_000_000);
const name = z.string().max(MAX_NAME);
const word = z.array(symbol).max(MAX_ITEMS);
const count = z.int().min(0);
const pair = exactly(count, count);
const wholeNumber = z
  .string()
  .max(MAX_DIGITS)
  .regex(/^-?[0-9]+$/);

/** A list of these items and no more. (z.tuple says of a longer one what is said of a list beyond a cap.) */
function exactly<Items extends readonly [z.ZodType, ...z.ZodType[]]>(...items: Items) {
  return z.array(z.unknown()).length(items.length).pipe(z.tuple(items));
}

const automaton = z.strictObject({
  alphabet: z.array(symbol).min(1).max(1000),
  start: count,
  accepting: z.array(count).max(MAX_ITEMS),
  transitions: z.array(z.array(count)).min(1).max(MAX_ITEMS),
});

const inseparable = z.strictObject({
  component: z.array(count).max(MAX_ITEMS),
  classes: z.array(count).max(MAX_ITEMS),
  combinations: z
    .array(
      z.strictObject({
        states: pair,
        denominator: wholeNumber,
        edges: z.array(exactly(count, count, wholeNumber)).max(MAX_ITEMS),
      }),
    )
    .max(MAX_ITEMS),
  pair,
  access: word,
  distinguishing: word,
});

const outEvidence = [
  z.strictObject({ kind: z.literal('inseparable'), automaton, inseparable }),
  z.strictObject({
    kind: z.literal('blocks'),
    automaton,
    blocks: z.strictObject({ idempotent: word.min(1), words: z.array(word).min(1).max(1000) }),
    inseparable,
  }),
] as const;

/** Letters, each with a block of symbols, as pairs. (z.record leaves out a letter called `__proto__`.) */
const blocks = z
  .custom<Readonly<Record<string, unknown>>>(isRecord)
  .transform((record) => Object.entries(record))
  .pipe(z.array(z.tuple([symbol, word.min(1)])));

const taskEvidence = [
  z.strictObject({
    kind: z.literal('task-program'),
    schema: text,
    depth: count,
  }),
  z.strictObject({
    kind: z.literal('reduction'),
    query: symbol.nullable(),
    prefix: word,
    blocks,
    suffix: word,
    answer: symbol,
    expression: text,
    evidence: z.discriminatedUnion('kind', outEvidence),
  }),
  z.strictObject({
    kind: z.literal('index-embedding'),
    zero: symbol,
    one: symbol,
    direction: z.enum(['forward', 'backward']),
    excluded: z.array(z.strictObject({ length: count, counters: count })).max(1000),
  }),
] as const;

const evidence = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('program'), program: text, automaton, depth: count }),
  z.strictObject({ kind: z.literal('membership'), depth: count }),
  ...outEvidence,
  ...taskEvidence,
]);

const about = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('expression'),
    name: text,
    text,
    alphabet: z.array(symbol).min(1).max(1000),
  }),
  z.strictObject({ kind: z.literal('automaton'), name, automaton }),
  z.strictObject({ kind: z.literal('program'), name, text }),
  z.strictObject({ kind: z.literal('task'), name, title: name }),
]);

export const certificateForm = z.strictObject({
  verdict: z.enum(['in', 'out']),
  subject: text,
  fragment: z.enum(['plain', 'pos']),
  read: z.enum(['eos', 'last']),
  scope: z.enum(['this alphabet', 'every alphabet']),
  format: z.literal('lengthwise certificate'),
  version: z.literal(2),
  about,
  hash: z.string(),
  evidence,
  seal: z.string(),
});

export type CheckedCertificate = z.infer<typeof certificateForm>;
export type About = z.infer<typeof about>;
export type Automaton = z.infer<typeof automaton>;
export type Inseparable = z.infer<typeof inseparable>;
export type CheckedEvidence = z.infer<typeof evidence>;
export type EvidenceOf<K extends CheckedEvidence['kind']> = Extract<CheckedEvidence, { kind: K }>;
