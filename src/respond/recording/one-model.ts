/** Whether all records of a file are of one model, asked in one way: several are never counted together. */
import { isRecord } from '../../common/json.ts';
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

export class OneModel {
  private readonly first = new Map<string, string>();

  /** The first record of another filter than before, and why what filters made is not counted together; null without one. */
  otherFilter: { readonly line: number; readonly reason: string } | null = null;

  /** Reads one record. @returns why it can't be counted with those before it; null where it can */
  take(line: number, fields: Fields): string | null {
    const filter = this.otherFilter === null ? this.differs(fields, FILTER, 'filters') : null;
    if (filter !== null) {
      this.otherFilter = { line, reason: `${filter}, or score whole outputs: --output-field resps` };
    }
    const ofModel = this.differs(fields, [...OF_RECORD, ...OF_REPLIES], 'models');
    return ofModel ?? this.differs(fields, PROMPT, 'prompts');
  }

  private differs(fields: Fields, names: readonly string[], what: string): string | null {
    const name = names.find((each) => nameIn(at(fields, each)) !== null);
    if (name === undefined) return null;
    const value = nameIn(at(fields, name)) ?? '';
    const before = this.first.get(name) ?? value;
    this.first.set(name, before);
    if (value === before) return null;
    return `'${name}' is '${value}' here and '${before}' before: answers of several ${what} are never counted together; write those of each to a file of its own`;
  }
}

/** A name, or the name that an object has. */
function nameIn(value: unknown): string | null {
  const text = asOneText(isRecord(value) ? (value.id ?? value.name) : value);
  return text === null || text === '' ? null : text;
}
