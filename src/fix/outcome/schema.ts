/** The result of `fix` as a schema: `docs/schema/fix.json` is made of it. The compiler holds it against the types of the rows. */
import { z } from 'zod';
import type { Theory } from '../mitigations/mitigation.ts';
import type { Comparison, LengthRow } from './compared.ts';
import type { FixResult, MitigationResult, WayResult } from './rows.ts';

const count = z.int().min(0);
const share = z.number().min(0).max(1);
const difference = z.number().min(-1).max(1);
const amount = z.number().min(0);
const text = z.string();

const measured = {
  length: count.describe('symbols of the source'),
  n: count.describe('samples that reached the model'),
  right: count,
  accuracy: share.describe('right / n'),
  abstained: count.describe('samples without an answer: they count as not right'),
  accuracyOfAnswers: share.nullable().describe('of those with one'),
  tokens: amount.nullable().describe('read and written for one sample, on average'),
  seconds: amount.nullable().describe('of all questions about one sample, one after the other, on average'),
};

const lengthRow: z.ZodType<LengthRow> = z
  .object({
    ...measured,
    ...{ low: share, high: share },
    tooLong: count.describe("of those without an answer: a prompt does not fit the model's context"),
  })
  .meta({ id: 'LengthRow', description: 'what was measured at one length, with exact limits at 95 %' });

const wayFields = {
  ...measured,
  horizon: count
    .nullable()
    .describe('the largest length asked up to which accuracy is shown to reach the threshold'),
  holds: z
    .boolean()
    .describe('whether that is the length wanted; of mitigations, corrected for how many were tried'),
  lengths: z.array(lengthRow),
};
const way: z.ZodType<WayResult> = z.object(wayFields).meta({ id: 'WayResult' });

const theory: z.ZodType<Theory> = z
  .object({
    verdict: z.enum(['in', 'out']).nullable(),
    task: text.nullable().describe('the task that is asked instead'),
    kind: z.enum(['proved', 'heuristic', 'control']),
    text,
  })
  .meta({ id: 'Theory' });

const compared = {
  difference: difference.describe('accuracy minus that of the plain prompt, on the same samples'),
  ...{ low: difference, high: difference },
  pAdjusted: share.describe('McNemar, corrected by Holm for all that were tried, at all lengths'),
};

const comparison: z.ZodType<Comparison> = z
  .object({ length: count, n: count.describe('samples that reached the model in both ways'), ...compared })
  .meta({ id: 'Comparison', description: 'a mitigation beside the plain prompt at one length' });

const mitigation: z.ZodType<MitigationResult> = z
  .object({
    name: text,
    title: text,
    identity: text.describe('why it is right'),
    theory,
    placeboOf: text.nullable(),
    prompts: z.array(text),
    before: z
      .object({ n: count, right: count })
      .nullable()
      .describe('of samples that decide the order alone'),
    ...wayFields,
    ...compared,
    comparisons: z.array(comparison).describe('at each length at which both were asked'),
    helps: z
      .boolean()
      .describe(
        'whether it is shown to be better at a length at which the plain prompt is not shown to hold',
      ),
    helpsAt: count.nullable().describe('that length'),
  })
  .meta({ id: 'MitigationResult' });

const chunk = z.object({
  size: count.nullable(),
  tried: z.array(z.object({ length: count, n: count, right: count })),
});

export const fixResult: z.ZodType<FixResult> = z
  .object({
    format: z.literal('lengthwise fix 1'),
    target: text,
    task: text,
    threshold: share,
    seed: count,
    n: count.describe('samples a length, at most'),
    plain: way,
    toMend: z.array(count).describe('the lengths at which the plain prompt is not shown to hold'),
    mitigations: z.array(mitigation),
    recommended: text.nullable(),
    chunk: chunk.nullable(),
    samples: z
      .array(z.object({ length: count, drawn: count, different: count }))
      .describe('the fresh samples of each length: each that was drawn counts'),
    incomplete: text.nullable(),
    handedOver: z.object({ name: text, files: z.record(text, text) }).nullable(),
    written: z.record(text, text).optional().describe('the SHA-256 of its page, and of this result'),
  })
  .meta({ id: 'FixResult' });

/** The published schema. A study's rows have more fields: what the study calls task and model. */
export function fixJsonSchema(): object {
  return {
    ...z.toJSONSchema(fixResult, { io: 'input', target: 'draft-2020-12' }),
    title: 'What lengthwise fix found',
    description: 'Written by lengthwise (docs/fix.md, docs/study.md). Shares are between 0 and 1.',
  };
}
