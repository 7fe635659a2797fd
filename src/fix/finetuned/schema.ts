/** The result of `finetune` as a schema: `docs/schema/finetune.json` is made of it. The compiler holds it against the types of the rows. */
import { z } from 'zod';
import type { BaseCell, FinetuneResult, Gap, LengthRange, TunedCell, TunedModel } from './rows.ts';

const count = z.int().min(0);
const amount = z.number().min(0);
const difference = z.number().min(-1).max(1);
const text = z.string();
const sources = z
  .enum(['anywhere', 'first-half'])
  .describe('first-half: all occurrences of the query stand in the first half of the source');
const perplexity = amount
  .nullable()
  .describe('of a bundled English text, per token; null for a model that reads symbols');

const cellFields = {
  task: text,
  format: z
    .enum(['trained', 'usual', 'shifted'])
    .describe(
      'how samples were written: as in training, as measure asks, or as in training from a random position on',
    ),
  sources,
  length: count.describe('symbols of the source'),
  multiple: amount
    .nullable()
    .describe('the length as a multiple of the longest training length; null within the training range'),
  n: count.describe('samples'),
  right: count,
};
const cell: z.ZodType<TunedCell> = z.object(cellFields).meta({ id: 'TunedCell' });
const baseCell: z.ZodType<BaseCell> = z
  .object({ ...cellFields, seed: count.optional().describe('of a base that every seed has one of') })
  .meta({ id: 'BaseCell' });

const range: z.ZodType<LengthRange> = z.object({ min: count, max: count });

const model: z.ZodType<TunedModel> = z
  .object({
    task: text,
    seed: count,
    lengths: range.describe('training lengths, inclusive: those wanted, as far as the task has them'),
    folder: text.describe('of the adapter, or of the model; of a study relative to its folder'),
    steps: count,
    seconds: amount,
    parameters: count.describe('numbers that were trained'),
    cells: z.array(cell),
    perplexity,
  })
  .meta({ id: 'TunedModel' });

const gap: z.ZodType<Gap> = z
  .object({
    first: text,
    second: text,
    verdict: z.enum([
      'removed',
      'remains',
      'undecided',
      'not learned in range',
      'too few samples',
      'too few seeds',
    ]),
    reason: text.nullable().describe('why nothing can be said'),
    sources,
    before: z
      .object({
        length: count,
        seeds: count
          .nullable()
          .describe('with a base of its own each; null: of one base, which all seeds begin with'),
        difference,
        low: difference,
        high: difference,
      })
      .nullable()
      .describe('of the base, at the longest training length'),
    lengths: z.array(
      z.object({
        length: count,
        multiple: amount,
        seeds: count,
        difference: difference.describe(
          'mean over seeds of the accuracy of the first less that of the second',
        ),
        low: difference,
        high: difference,
      }),
    ),
  })
  .meta({ id: 'Gap', description: 'the difference of two tasks after fine-tuning' });

export const finetuneResult: z.ZodType<FinetuneResult> = z
  .object({
    format: z.literal('lengthwise.finetune'),
    version: z.literal(1),
    target: text.describe('the base; of a study its name there'),
    method: text.describe('what was trained'),
    lengths: range.describe('training lengths of all models, from the shortest to the longest'),
    n: count.describe('samples a length'),
    before: z.array(baseCell).describe('of the base, by task'),
    perplexity,
    models: z.array(model).describe('one task fine-tuned from one seed'),
    gaps: z.array(gap),
  })
  .meta({ id: 'FinetuneResult' });

/** The published schema. */
export function finetuneJsonSchema(): object {
  return {
    ...z.toJSONSchema(finetuneResult, { io: 'input', target: 'draft-2020-12' }),
    title: 'What lengthwise finetune brought',
    description:
      'Written by lengthwise (docs/finetune.md, docs/study.md). Differences are of shares: between -1 and 1.',
  };
}
