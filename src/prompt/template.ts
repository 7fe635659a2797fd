/**
 * A prompt as data: what stands before the demonstrations, how one is written, how the question is, where the answer
 * ends. Templates are YAML files that users copy and change (docs/prompts.md); this reads one and says everything that is
 * wrong with it.
 */
import { z } from 'zod';
import { UserError } from '../common/errors.ts';
import { isRecord } from '../common/json.ts';
import { unknownName } from '../common/nearest.ts';
import { beforeStop } from '../score/reading/draft.ts';
import { filterNames, recordedFilterNames } from '../score/reading/reading.ts';
import type { FilterName, Reading } from '../score/reading/reading.ts';
import { readYaml, schemaFaults } from './yaml.ts';
import type { YamlFile } from './yaml.ts';

/** The two ways to ask a server. */
export type PromptApi = 'completions' | 'chat';

const filter = z.string().transform((name, context): FilterName => {
  const known = recordedFilterNames.find((each) => each === name);
  if (known !== undefined) return known;
  context.addIssue({ code: 'custom', message: unknownName('filter', name, recordedFilterNames) });
  return z.NEVER;
});

const schema = z.strictObject({
  for: z.enum(['completions', 'chat', 'both']).default('both'),
  system: z.string().optional(),
  head: z.string().default(''),
  'head-without-separator': z.string().optional(),
  explanation: z.string().optional(),
  separator: z.string().default(''),
  demonstration: z.string(),
  question: z.string(),
  tail: z.string().default(''),
  between: z.string(),
  symbols: z.string().min(1),
  stop: z.array(z.string().min(1)).max(4), // OpenAI's limit; other servers take no more
  'answer-tags': z.tuple([z.string().min(1), z.string().min(1)]).optional(),
  turns: z.boolean().default(false),
  shots: z.int().min(0).max(1000),
  'demonstration-length': z.union(
    [z.int().min(1), z.literal('same')],
    'takes a whole number from 1, or same',
  ),
  rules: z.record(z.string(), z.string()).default({}),
  filters: z
    .array(filter)
    .refine((names) => new Set(names).size === names.length, 'a filter is named twice')
    .optional(),
});

/** The fields of a template, as its file has them. */
export type PromptTemplate = z.infer<typeof schema> & {
  /** The file's name without its ending, or the name that it goes by. */
  readonly name: string;
};

/** What may stand in braces in a template's texts. Other braces stand for themselves (`x_{i-1}`). */
const PLACES = ['source', 'query', 'answer', 'rule', 'separator', 'times', 'place', 'side'] as const;

export type Place = (typeof PLACES)[number];

/** Reads a template. Throws a UserError with every mistake, each with its line in the file called `where`. */
export function readTemplate(text: string, name: string, where: string): PromptTemplate {
  const file = readYaml(text, where, `a prompt is a YAML file; ${A_MODEL}`);
  return templateFrom(file.value, name, file);
}

/** A template from what stands in a file, be it the whole file or a part of it that has its own `lineOf`. */
export function templateFrom(
  value: unknown,
  name: string,
  file: Pick<YamlFile, 'where' | 'lineOf'>,
): PromptTemplate {
  const faults = templateFaults(value, file);
  if (faults.length === 0) return { ...schema.parse(value), name };
  throw new UserError(`${file.where} is no prompt: ${faults.join('; ')}; ${A_MODEL}`);
}

/** The way out of a prompt's file that is wrong. */
export const A_MODEL = 'a model to start from: lengthwise prompts show UR';

/** Everything that is wrong with a template in a file, an entry each: its line, its field, what is expected there. */
export function templateFaults(value: unknown, file: Pick<YamlFile, 'lineOf'>): string[] {
  const { error } = schema.safeParse(value);
  return [
    ...(error === undefined ? [] : schemaFaults(error, value, file)),
    ...faultsOf(soundFields(value)).map(
      ({ field, fault }) => `line ${file.lineOf([field])}: ${field}: ${fault}`,
    ),
  ];
}

/** A template as a row or a store holds it, whole; null where it is none. */
export function templateIn({ name, ...fields }: Readonly<Record<string, unknown>>): PromptTemplate | null {
  const { data } = schema.safeParse(fields);
  return data === undefined || typeof name !== 'string' ? null : { ...data, name };
}

/**
 * A prompt whose answers are read as a row says: it has nothing else that is known of the one that was asked. null where it is
 * no reading.
 */
export function templateOfReading(
  { filters, stop, tags, joiner, lead, trail }: Readonly<Record<string, unknown>>,
  name: string,
): PromptTemplate | null {
  if (typeof lead !== 'string' || typeof trail !== 'string') return null;
  const question = '{source}';
  return templateIn({
    ...{ name, question, demonstration: `${question}${lead}{answer}${trail}`, between: '' },
    ...{ symbols: joiner, stop, filters, shots: 0, 'demonstration-length': 'same' },
    ...(tags === null ? {} : { 'answer-tags': tags }),
  });
}

/** Whether a prompt is meant for one of the two ways to ask. It can be sent by the other one all the same. */
export function isFor(template: PromptTemplate, api: PromptApi): boolean {
  return template.for === 'both' || template.for === api;
}

/**
 * How an answer to this prompt is read.
 * @param stop the marks that are asked for, where they are others than the template's
 */
export function readingOf(template: PromptTemplate, stop: readonly string[] = template.stop): Reading {
  const { lead, trail } = aroundAnswer(template);
  return {
    filters: template.filters ?? filterNames,
    stop,
    tags: template['answer-tags'] ?? null,
    joiner: template.symbols,
    lead,
    trail: beforeStop(trail, stop),
  };
}

/** Fills the places in a text; each value is taken as it is, braces and all. */
export function fill(text: string, values: Partial<Record<Place, string>>): string {
  const pieces = piecesOf(text);
  let filled = pieces[0];
  for (let at = 1; at < pieces.length; at += 2) {
    filled += (values[pieces[at] as Place] ?? `{${pieces[at]}}`) + pieces[at + 1];
  }
  return filled;
}

/** A text cut at its places: text, place, text, …, text. Each is cut once: a template is filled for every prompt. */
function piecesOf(text: string): readonly string[] {
  const known = cut.get(text);
  if (known !== undefined) return known;
  const pieces = text.split(/\{([a-z]{2,})\}/);
  cut.set(text, pieces);
  return pieces;
}

/** As many entries as the templates in use have texts. */
const cut = new Map<string, readonly string[]>();

/**
 * What stands in a demonstration between the question and the answer, and after the answer. Nothing where the answer is a
 * reply of its own: between tags, or after a `tail`.
 */
export function aroundAnswer(template: PromptTemplate): { readonly lead: string; readonly trail: string } {
  if (!continues(template)) return { lead: '', trail: '' };
  const at = template.demonstration.indexOf('{answer}');
  return {
    lead: template.demonstration.slice(template.question.length, at),
    trail: template.demonstration.slice(at + '{answer}'.length),
  };
}

/** Whether an answer goes on where the prompt ends. */
export function continues(template: PromptTemplate): boolean {
  return template['answer-tags'] === undefined && template.for !== 'chat' && template.tail === '';
}

type Fields = z.infer<typeof schema>;

/** The fields that are right by themselves, with their defaults; a field that is not, or is missing, has no key here. */
function soundFields(value: unknown): Partial<Fields> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(schema.shape).flatMap(([field, reader]) => {
      const { success, data } = reader.safeParse(value[field]);
      return success ? [[field, data]] : [];
    }),
  );
}

interface Fault {
  readonly field: keyof Fields;
  readonly fault: string;
}

/** What is wrong with the texts, and between fields. Fields that are wrong by themselves are left out: they are told of already. */
function faultsOf(template: Partial<Fields>): Fault[] {
  const faults: Fault[] = [];
  for (const field of ['demonstration', 'question', 'head', 'explanation'] as const) {
    for (const [whole, place] of (template[field] ?? '').matchAll(/\{([a-z]{2,})\}/g)) {
      if (!PLACES.includes(place as Place)) {
        faults.push({ field, fault: `unknown place ${whole} (known: ${PLACES.join(', ')})` });
      }
    }
  }
  const { demonstration, question, stop, tail, turns, explanation = '', for: api } = template;
  const tags = 'answer-tags' in template ? (template['answer-tags'] ?? 'none') : undefined;
  const isCompletion = api !== undefined && api !== 'chat';
  const told = (field: Fault['field'], fault: string): void => void faults.push({ field, fault });
  if (demonstration?.includes('{answer}') === false) told('demonstration', 'there is no {answer} in it');
  if (question?.includes('{source}') === false) told('question', 'there is no {source} in it');
  if (turns === true && (isCompletion || Array.isArray(tags) || (tail ?? '') + explanation !== ''))
    told('turns', 'turns need `for: chat`, and go without answer-tags, tail and explanation');
  if (question?.includes('{answer}')) told('question', '{answer} gives the answer away');
  if (tags === 'none' && isCompletion) {
    if (question !== undefined && demonstration?.startsWith(question) === false)
      told('question', 'a demonstration has to begin with it, so that the answer comes next');
    if (stop?.length === 0) told('stop', 'nothing ends the answer; give a stop, or answer-tags');
  }
  // To most tokenizers a blank belongs to the word that follows: left alone it is a token after which none comes.
  if (isCompletion && question !== undefined && tail !== undefined && /[ \t]$/.test(question + tail)) {
    told(
      tail === '' ? 'question' : 'tail',
      'the prompt ends in a blank, which tokenizers join with the symbol that follows; leave it out here (in the demonstration it stands before {answer})',
    );
  }
  return faults;
}
