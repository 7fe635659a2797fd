/**
 * What a message says, in all the forms that servers give it: text, a list of parts, thoughts in fields of their own, a
 * refusal, a call of a tool.
 */
import { finishMeaning } from '../../../score/reading/finish.ts';
import { isFields } from '../protocol/protocol.ts';
import type { Fields } from '../protocol/protocol.ts';

export interface Said {
  /** null: nothing. */
  readonly text: string | null;
  readonly thoughts: string | null;
  readonly refusal: string | null;
}

/** Where servers put thoughts: DeepSeek's and vLLM's, OpenRouter's, Ollama's, LiteLLM's. The first that says something counts. */
const THOUGHTS = [
  'reasoning_content',
  'reasoning',
  'reasoning_text',
  'thinking',
  'thinking_blocks',
  'reasoning_details',
] as const;

/** A part in a part in a part: no server goes further. */
const DEEPEST = 4;

/** What a choice says; undefined for one whose content has a form that can't be read. */
export function saidIn(choice: Fields): Said | undefined {
  const message = isFields(choice.message) ? choice.message : isFields(choice.delta) ? choice.delta : null;
  const content =
    message === null
      ? (choice.text ?? (endedEarly(choice) ? null : undefined))
      : (message.content ?? choice.text ?? null);
  const parts = new Parts();
  if (content === undefined || !parts.take(content, DEEPEST)) return undefined;
  const fields = message ?? choice;
  const beside = THOUGHTS.map((name) => thoughtsIn(fields[name] ?? choice[name])).find(Boolean) ?? null;
  const text = parts.text();
  const refusal = nonEmpty(fields.refusal) ?? parts.refusal();
  const called = text === null || text.trim() === '' ? toolIn(fields) : null;
  return { text, thoughts: parts.thoughts() ?? beside, refusal: refusal ?? called };
}

/** Google's leave out the whole message of an answer that a limit or a filter has ended before its first word. */
function endedEarly({ finish_reason: finish }: Fields): boolean {
  const meaning = typeof finish === 'string' ? finishMeaning(finish) : null;
  return meaning === 'limit' || meaning === 'filter' || meaning === 'refusal' || meaning === 'tool';
}

/** Collects the texts of parts by what they are. */
class Parts {
  private readonly texts: string[] = [];
  private readonly thought: string[] = [];
  private readonly refused: string[] = [];

  /** Whether the content has a form that can be read. */
  take(content: unknown, deepest: number): boolean {
    if (content === null) return true;
    if (typeof content === 'string') {
      this.texts.push(content);
      return true;
    }
    if (Array.isArray(content)) {
      if (deepest === 0) return true;
      return (
        (content as unknown[]).map((part) => this.take(part, deepest - 1)).some(Boolean) ||
        content.length === 0
      );
    }
    return isFields(content) && this.takePart(content, deepest);
  }

  text(): string | null {
    return this.texts.length === 0 ? null : this.texts.join('');
  }

  thoughts(): string | null {
    return nonEmpty(this.thought.join(''));
  }

  refusal(): string | null {
    return nonEmpty(this.refused.join(''));
  }

  /** Kinds that are not known are passed over: pictures, sounds, citations. */
  private takePart(part: Fields, deepest: number): boolean {
    const type = typeof part.type === 'string' ? part.type : '';
    if (/think|reason/.test(type)) {
      const thought = thoughtsIn(part);
      if (thought !== null) this.thought.push(thought);
    } else if (type === 'refusal') {
      if (typeof part.refusal === 'string') this.refused.push(part.refusal);
    } else if (typeof part.text === 'string') {
      this.texts.push(part.text);
    } else if (Array.isArray(part.parts)) {
      return this.take(part.parts, deepest - 1);
    } else if (isFields(part.text) && typeof part.text.value === 'string') {
      this.texts.push(part.text.value);
    }
    return type !== '' || this.texts.length > 0;
  }
}

/** The words of thoughts, as a text, an object with one, or a list of those; null without any. */
function thoughtsIn(value: unknown, deepest = DEEPEST): string | null {
  if (typeof value === 'string') return nonEmpty(value);
  if (deepest === 0) return null;
  if (Array.isArray(value)) {
    return nonEmpty((value as unknown[]).map((part) => thoughtsIn(part, deepest - 1) ?? '').join(''));
  }
  if (!isFields(value)) return null;
  for (const name of ['thinking', 'reasoning', 'text', 'content', 'summary']) {
    const found = thoughtsIn(value[name], deepest - 1);
    if (found !== null) return found;
  }
  return null;
}

/** The name of the first tool that is called. */
function toolIn({ tool_calls: calls, function_call: call }: Fields): string | null {
  const first: unknown = Array.isArray(calls) ? calls[0] : call;
  if (!isFields(first)) return null;
  const called = isFields(first.function) ? first.function : first;
  return typeof called.name === 'string' && called.name !== '' ? called.name : 'a tool';
}

function nonEmpty(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
