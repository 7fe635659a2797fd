/**
 * The shapes that are handed on as JSON, as schemas: `docs/schema/measurement.json` is made of them, and files of results
 * are read by them. The compiler holds them against the types of the rows.
 */
import { z } from 'zod';
import type { Ending } from '../../respond/respondent.ts';
import type {
  AsymmetryRow,
  CellRow,
  HorizonRow,
  PlaceAtLength,
  PlaceRow,
  Share,
} from '../../score/tables/rows.ts';
import { outcomes } from '../../score/output.ts';
import { RESULTS_FORMAT, RESULTS_VERSION } from './results.ts';
import type { Results, ResultsFile } from './results.ts';
import { REPORTED_FORMAT, RESULT_FORMAT, RESULT_VERSION } from '../result.ts';
import type { MeasurementResult, SeveralResults } from '../result.ts';

const count = z.int().min(0);
const length = z.int().min(0);
const share = z.number().min(0).max(1);
const difference = z.number().min(-1).max(1);
const numbers = z.number().min(0);
/** Of samples by what became of them: with repeats each counts by its share of answers, so that the sum need not be whole. */
const samples = z.number().min(0);
const text = z.string();

const shareFields = { n: count, correct: samples, accuracy: share, low: share, high: share };

const answered: z.ZodType<Share> = z.object(shareFields).meta({ id: 'Share' });

const place = z.object({ ...shareFields, accuracy: share.nullable(), from: share, to: share });
const placeAtLength: z.ZodType<PlaceAtLength> = z
  .object({ ...shareFields, from: share, to: share, length })
  .meta({ id: 'PlaceAtLength' });
const placeRow: z.ZodType<PlaceRow> = place.meta({ id: 'PlaceRow' });

export const cellRow: z.ZodType<CellRow> = z
  .object({
    kind: z.literal('cell'),
    task: text,
    length,
    n: count.describe('samples asked: right, wrong, truncated, withheld, refused and failed ones'),
    correct: samples.describe(
      'right ones; with repeats, this and all counts of n are sums of shares and need not be whole',
    ),
    accuracy: share.describe('correct / n'),
    low: share,
    high: share,
    confidence: share.optional().describe('the level of the intervals; 0.95 where it is absent'),
    lookedAgain: z
      .literal(true)
      .optional()
      .describe(
        'how many samples to ask was decided after answers had come (with another number before, or given after a search): the interval holds whenever one stops',
      ),
    errors: z.record(z.string(), samples).describe('how often each kind of error happened'),
    truncated: samples.optional(),
    withheld: samples.optional(),
    refused: samples.optional(),
    failed: samples.optional(),
    tooLong: samples.optional().describe('of those that failed: the prompt did not fit the context'),
    lost: samples.optional().describe('of those that failed: the model was not asked; they settle nothing'),
    contradicting: count
      .optional()
      .describe(
        "of recorded outputs: records whose right answer contradicts the task's oracle, where any does",
      ),
    answered: answered.optional().describe('the accuracy among right and wrong answers alone'),
    exact: samples.optional(),
    forced: z
      .literal(true)
      .optional()
      .describe('teacher-forced answers: right is exact, errors have no kinds, and nothing was said'),
    logProbability: z
      .number()
      .max(0)
      .optional()
      .describe(
        'of forced answers: the mean natural logarithm of the probability of the right answer and its end',
      ),
    retrieved: samples.optional(),
    extra: samples.optional(),
    chance: share.optional().describe('what guessing gives'),
    answers: count.optional().describe('answers in all, where samples were asked several times'),
    places: z.array(placeRow).optional().describe('of right and wrong answers alone'),
    similarity: z.object({ symbol: share, word: share, character: share }).optional(),
    promptTokens: numbers.nullable().optional().describe('mean tokens of the prompts'),
    copies: z
      .object({
        ambiguousTransitions: numbers,
        wrong: samples,
        firstWrong: numbers.nullable(),
        atAmbiguous: samples,
      })
      .optional(),
  })
  .refine(({ n, correct, low, high }) => correct <= n && low <= high, 'its counts contradict each other')
  .meta({ id: 'CellRow' });

/** A length that is neither shown to hold nor to fail. */
const undecided = z
  .object({
    length,
    n: count,
    correct: samples,
    lost: samples.optional().describe('of n, those that failed without the model being asked'),
  })
  .nullable()
  .optional();

export const horizonRow: z.ZodType<HorizonRow> = z
  .object({
    kind: z.literal('horizon'),
    task: text,
    threshold: share,
    length: length.nullable().describe('null: not shown even at the shortest length asked'),
    censored: z.boolean().describe('whether no longer length was asked'),
    undecided,
    low: length.optional(),
    high: length.nullable().optional().describe('null: no length surely fails'),
    shortest: length.nullable().optional().describe('the shortest length asked'),
    withoutUnanswered: z
      .object({
        length: length.nullable(),
        censored: z.boolean(),
        high: length.nullable().optional(),
        shortest: length.nullable().optional(),
        undecided,
      })
      .nullable()
      .optional()
      .describe('the horizon of right and wrong answers alone, where it is another one'),
    tokens: numbers.nullable().optional(),
    promise: z.object({ share, confidence: share, drawn: count }).nullable().optional(),
    contextEnds: length
      .nullable()
      .optional()
      .describe('the shortest length asked of which no prompt fitted the context'),
    refusedFrom: length
      .nullable()
      .optional()
      .describe('the shortest length asked of which every prompt was refused alike, without a reason'),
    partlyFits: z
      .object({ length, n: count, tooLong: samples })
      .nullable()
      .optional()
      .describe('the shortest length asked of which some prompts fitted the context and others did not'),
    place: z
      .object({ from: share, to: share })
      .optional()
      .describe('the part of the source in which alone evidence was placed'),
    weakPlaces: z
      .array(placeAtLength)
      .optional()
      .describe('parts of the source that are surely below the threshold although the length is not'),
    failingPlaces: z
      .array(placeAtLength)
      .optional()
      .describe('at lengths that surely fail: the parts to which that is due'),
    contradicting: z
      .object({
        records: count,
        of: count,
        parts: z
          .array(z.object({ file: text.optional(), length: length.optional(), records: count, of: count }))
          .optional()
          .describe(
            'files, and lengths, at which more than half do, and at least 3, where there is more than one',
          ),
      })
      .optional()
      .describe(
        "of recorded outputs: of the records with a right answer, those that contradict the task's oracle, where any does; if more than half do, and at least 3, in the whole or in a part, the records there are of another task",
      ),
  })
  .meta({ id: 'HorizonRow' });

export const asymmetryRow: z.ZodType<AsymmetryRow> = z
  .object({
    kind: z.literal('asymmetry'),
    contrast: text,
    first: text,
    second: text,
    length: length.nullable().describe('null: all lengths together'),
    n: count,
    paired: z.boolean(),
    difference,
    low: difference,
    high: difference,
    p: share.nullable(),
    pAdjusted: share.nullable(),
    near: z
      .enum(['chance', 'ceiling', 'mixed'])
      .nullable()
      .optional()
      .describe(
        'no room for a difference: no better than guessing, nearly always right, or one of these by length',
      ),
    sequential: z.boolean().optional(),
    seeds: z.array(z.object({ seed: z.int(), difference, n: count })).optional(),
    lost: z
      .number()
      .positive()
      .optional()
      .describe(
        'samples about which the model was not asked: interval and p hold whatever it would have said',
      ),
  })
  .meta({ id: 'AsymmetryRow' });

const failures = z.array(z.object({ reason: text, count }));
const tables = {
  rows: z.array(cellRow),
  horizons: z.array(horizonRow),
  asymmetries: z.array(asymmetryRow),
  failures,
};
/** By task, then by option. */
const settings = z
  .record(z.string(), z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])))
  .optional()
  .describe(
    'the options that decide which samples a task is asked about and what is answered, by task; `default` where none was given',
  );
/** Nothing secret; which fields there are depends on who answers. */
const respondent = z.record(z.string(), z.unknown());

const badLines = {
  bad: count.describe('lines that are no records'),
  badLines: z.array(z.object({ line: count, reason: text })),
};

/** What is known of recorded files beside the tables; with the authors' scoring there is more. */
const recording = z.object({
  scoring: z.enum(['ours', 'authors']),
  all: z.array(cellRow).describe('all answers of a task together, one row a task'),
  files: z.array(
    z.object({
      file: text,
      task: text,
      records: count,
      ...badLines,
      contradicting: count.describe('records whose right answer the oracle contradicts'),
      contradictions: z.array(z.object({ line: count, gold: text, oracle: text.nullable(), reason: text })),
      correctByOracle: count,
      answeredByOracle: count.describe('records without a right answer of their own'),
      lists: z
        .object({ separator: text, sources: z.boolean(), answers: z.boolean() })
        .optional()
        .describe(
          'where symbols are read as lists (`a, b`): the mark between two, and whether in sources and in answers',
        ),
      likelySeparator: text
        .optional()
        .describe('what stands between symbols in most sources and was not taken for what separates them'),
      separatedOtherwise: count
        .optional()
        .describe(
          'wrong outputs that have the right symbols in order, in another form (other marks between them, `3.0` for `3`)',
        ),
      withPrompt: count
        .optional()
        .describe(
          'outputs that are not right and have the recorded prompt in them, not at their beginning or not as it was recorded: it was not taken off',
        ),
      listed: count
        .optional()
        .describe(
          'outputs that are lists or numbers in another form than the right answer (`a, b`, `["a", "b"]`, `[\'b\']`, `3.0` for `3`): what is in them was scored',
        ),
      authors: z.unknown().optional(),
    }),
  ),
  ofNoTask: z
    .array(z.object({ file: text, ...badLines }))
    .optional()
    .describe('of files whose rows name their tasks: lines that are no records, and so of no task'),
  mixed: z
    .array(
      z.object({
        task: text,
        samples: count.describe('that have answers from more than one of them'),
        origins: z.array(z.object({ file: text, model: text.nullable() })),
      }),
    )
    .optional()
    .describe('tasks whose answers come from several files or models, as far as records tell'),
  groups: z
    .array(z.object({ task: text, from: length, to: length }))
    .describe('lengths that were counted together for the horizon'),
});

const ending: z.ZodType<Ending> = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('done') }),
    z.object({ kind: z.literal('budget') }),
    z.object({ kind: z.literal('interrupted') }),
    z.object({ kind: z.literal('stopped'), reason: text }),
  ])
  .meta({ id: 'Ending', description: 'how asking ended: only `done` is whole' });

const threshold = share
  .nullable()
  .describe('of all horizons; null where tasks were measured at several: each horizon has its own');

const measurementFields = z.object({
  format: z.literal(RESULT_FORMAT),
  version: z.literal(RESULT_VERSION),
  respondent,
  threshold,
  ...tables,
  prompts: z.record(z.string(), text).describe('the name of the prompt by task'),
  settings,
  ending,
  run: z.object({
    folder: text.nullable(),
    reused: count,
    answered: count,
    failed: count,
    failedBefore: count
      .optional()
      .describe(
        'of those that failed, those stored by earlier runs and not asked again, where there are any',
      ),
    reusedFrom: z
      .object({ first: text, last: text })
      .optional()
      .describe('when the runs began that brought the oldest and the newest of the stored outputs'),
    retries: count,
    moved: count,
    moves: z
      .array(z.object({ task: text, length, from: z.enum(outcomes), to: z.enum(outcomes), count }))
      .optional()
      .describe('stored outputs that are scored otherwise than before: from which outcome to which'),
    spent: z.object({ requests: count, tokens: count, money: numbers.nullable() }),
  }),
  report: text.optional().describe('of `report --json`: where the report was written'),
  recording: recording.optional().describe('of recorded outputs: what only they have'),
});

export const measurement: z.ZodType<MeasurementResult> = measurementFields.meta({
  id: 'Measurement',
  description: 'what `measure --json`, `replay --json` and `report --json` print',
});

const promptAccuracy = z
  .object({ prompt: text, accuracy: share, n: count.describe('samples about which the model was asked') })
  .meta({ id: 'PromptAccuracy' });

export const several: z.ZodType<SeveralResults> = z
  .object({
    format: z.literal(REPORTED_FORMAT),
    version: z.literal(RESULT_VERSION),
    measurements: z.array(measurement).min(2),
    spread: z.array(
      z.object({
        task: text,
        length,
        prompts: z.array(promptAccuracy),
        best: promptAccuracy,
        worst: promptAccuracy,
        spread: difference,
        shown: z.boolean().describe('whether the difference is more than luck'),
      }),
    ),
    report: text.optional(),
  })
  .meta({
    id: 'Measurements',
    description: 'the same of a folder that was asked in several ways: one measurement for each',
  });

/** More respondents than this are not one file's. */
const MOST_RESULTS = 10_000;

const hash = z.string().regex(/^[0-9a-f]{64}$/);

const results: z.ZodType<Results> = z
  .object({
    name: text.min(1).max(1_000),
    model: text.nullable(),
    revision: text.nullable(),
    respondent,
    started: text.max(100),
    command: text.nullable(),
    threshold,
    adaptive: z.boolean().describe('whether lengths were chosen by the answers'),
    ending: ending.optional().describe('how asking ended; absent in files of older versions'),
    prompts: z.array(z.object({ task: text, operation: text, name: text, sha256: hash.optional() })),
    settings,
    ...tables,
    spent: z.object({
      requests: count,
      promptTokens: count,
      completionTokens: count,
      money: numbers.nullable(),
      seconds: numbers
        .nullable()
        .describe('of one answer, on average, from the question to its end; null where nobody timed it'),
    }),
    samples: z.object({
      count: count.describe('rows of the table `samples`: with repeats one for each answer'),
      sha256: hash,
    }),
  })
  .meta({ id: 'Results' });

export const resultsFile: z.ZodType<ResultsFile> = z
  .object({
    format: z.literal(RESULTS_FORMAT),
    version: z.literal(RESULTS_VERSION),
    lengthwise: text,
    written: text,
    results: z.array(results).min(1).max(MOST_RESULTS),
  })
  .meta({ id: 'ResultsFile', description: 'what `export --results` writes and `compare` reads' });

/**
 * The published JSON Schema. Fields may be added within a version, so others than those described are allowed; `closed`
 * allows none.
 */
export function jsonSchema({ closed = false }: { readonly closed?: boolean } = {}): object {
  const schema = z.toJSONSchema(z.union([measurement, several, resultsFile]), {
    io: closed ? 'output' : 'input',
    target: 'draft-2020-12',
  });
  return {
    ...schema,
    title: 'Measurements of lengthwise',
    description: 'Written by lengthwise (docs/measure.md, docs/export.md). Shares are between 0 and 1.',
  };
}
