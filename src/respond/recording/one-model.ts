/** Whether all records of a file are of one model, asked in one way: several are never counted together. */
import { isRecord } from '../../common/json.ts';
import { shellWord } from '../../common/shell-word.ts';
import { asOneText, at, OUTPUTS } from './fields.ts';
import type { Fields } from './fields.ts';

/** Where a record names its model; the first that is there counts. promptfoo's is the provider. */
const OF_RECORD = ['model', 'model_name', 'model_id', 'modelId', 'provider'];

/** Where a reply does, from the field that holds it. */
const OF_REPLY = ['model', 'body.model'];

const OF_REPLIES = OUTPUTS.flatMap((name) => OF_REPLY.map((inside) => `${name}.${inside}`));

/** promptfoo's number of the prompt: it asks each of several. */
const PROMPT = ['promptIdx'];

/** lm-evaluation-harness's filter, which made `filtered_resps` of the outputs: it writes each sample once a filter. */
const FILTER = ['filter'];

/** By the name of a field, the model that it named first, and in which file. */
export type FirstModels = Map<string, { readonly value: string; readonly file: string }>;

export class OneModel {
  private readonly file: string;
  private readonly models: FirstModels;
  private readonly first: FirstModels = new Map();

  /** The first record of another filter than before, and why what filters made is not counted together; null without one. */
  otherFilter: { readonly line: number; readonly reason: string } | null = null;

  /** @param models what records of other files named before, which are counted together with those of this one */
  constructor(file: string, models: FirstModels = new Map()) {
    this.file = file;
    this.models = models;
  }

  /** Reads one record. @returns why it can't be counted with those before it; null where it can */
  take(line: number, fields: Fields): string | null {
    const filter = this.otherFilter === null ? this.differs(fields, FILTER, 'filters', this.first) : null;
    if (filter !== null) {
      this.otherFilter = { line, reason: `${filter}, or score whole outputs: --output-field resps` };
    }
    const ofModel = this.differs(fields, [...OF_RECORD, ...OF_REPLIES], 'models', this.models);
    return ofModel ?? this.differs(fields, PROMPT, 'prompts', this.first);
  }

  private differs(fields: Fields, names: readonly string[], what: string, known: FirstModels): string | null {
    const name = names.find((each) => nameIn(at(fields, each)) !== null);
    if (name === undefined) return null;
    const value = nameIn(at(fields, name)) ?? '';
    const before = known.get(name) ?? { value, file: this.file };
    known.set(name, before);
    if (value === before.value) return null;
    const there = before.file === this.file ? 'before' : `in ${before.file}`;
    return `'${name}' is '${value}' here and '${before.value}' ${there}: answers of several ${what} are never counted together; ${notTogether([before.file, this.file])}`;
  }
}

/** The model that a record names, whichever field does, a row of an export by its respondent; null where none does. */
export function modelNamedIn(fields: Fields): string | null {
  for (const name of [...OF_RECORD, ...OF_REPLIES, 'respondent']) {
    const value = nameIn(at(fields, name));
    if (value !== null) return value;
  }
  return null;
}

/** What to do with answers that are not counted together. @param files those that have them */
export function notTogether(files: readonly string[]): string {
  const all = [...new Set(files)];
  return all.length === 1
    ? 'write those of each to a file of its own'
    : `replay each file alone, or compare them: lengthwise compare ${all.map(shellWord).join(' ')}`;
}

/** A name, or the name that an object has. */
function nameIn(value: unknown): string | null {
  const text = asOneText(isRecord(value) ? (value.id ?? value.name) : value);
  return text === null || text === '' ? null : text;
}
