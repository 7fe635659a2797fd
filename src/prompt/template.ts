/**
 * A prompt as data: what stands before the demonstrations, how one is written, how the question is, where the answer
 * ends. Templates are YAML files that users copy and change (docs/prompts.md); this reads one and says everything that is
 * wrong with it.
 */
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { UserError } from '../common/errors.ts';

const schema = z.strictObject({
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
  shots: z.int().min(0).max(1000),
  'demonstration-length': z.union([z.int().min(1), z.literal('same')]),
  rules: z.record(z.string(), z.string()).default({}),
});

/** The fields of a template, as its file has them. */
export type PromptTemplate = z.infer<typeof schema> & {
  /** The file's name without its ending, or the name that it goes by. */
  readonly name: string;
};

/** What may stand in braces in a template's texts. Other braces stand for themselves (`x_{i-1}`). */
export const PLACES = ['source', 'query', 'answer', 'rule', 'separator', 'times', 'place', 'side'] as const;

export type Place = (typeof PLACES)[number];

/** Reads a template. Throws a UserError with every mistake, each on the line of `where` that it stands on. */
export function readTemplate(text: string, name: string, where: string): PromptTemplate {
  const document = parseDocument(text);
  if (document.errors.length > 0) {
    const [{ linePos, message }] = document.errors;
    throw new UserError(`${where}: line ${linePos?.[0].line ?? 1}: ${message.split('\n', 1)[0]}`);
  }
  const parsed = schema.safeParse(document.toJS());
  if (!parsed.success) {
    const issues = parsed.error.issues.map(
      ({ path, message }) => `${path.join('.') || 'the file'}: ${message}`,
    );
    throw new UserError(`${where} is no prompt: ${issues.join('; ')}`);
  }
  const template = { ...parsed.data, name };
  const faults = faultsOf(template);
  if (faults.length > 0) throw new UserError(`${where} is no prompt: ${faults.join('; ')}`);
  return template;
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

/** What stands in a demonstration between the question and the answer, and after the answer. */
export function aroundAnswer(template: PromptTemplate): { readonly lead: string; readonly trail: string } {
  if (template['answer-tags'] !== undefined) return { lead: '', trail: '' };
  const at = template.demonstration.indexOf('{answer}');
  return {
    lead: template.demonstration.slice(template.question.length, at),
    trail: template.demonstration.slice(at + '{answer}'.length),
  };
}

function faultsOf(template: PromptTemplate): string[] {
  const faults: string[] = [];
  for (const field of ['demonstration', 'question', 'head', 'explanation'] as const) {
    for (const [whole, place] of (template[field] ?? '').matchAll(/\{([a-z]{2,})\}/g)) {
      if (!PLACES.includes(place as Place)) {
        faults.push(`${field}: unknown place ${whole} (known: ${PLACES.join(', ')})`);
      }
    }
  }
  if (!template.demonstration.includes('{answer}')) faults.push('demonstration: there is no {answer} in it');
  if (!template.question.includes('{source}')) faults.push('question: there is no {source} in it');
  if (template.question.includes('{answer}')) faults.push('question: {answer} gives the answer away');
  const plain = template['answer-tags'] === undefined;
  if (plain && !template.demonstration.startsWith(template.question)) {
    faults.push('question: a demonstration has to begin with it, so that the answer comes next');
  }
  if (plain && template.stop.length === 0) {
    faults.push('stop: nothing ends the answer; give a stop, or answer-tags');
  }
  return faults;
}
