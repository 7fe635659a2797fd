/** The chat template of a model: messages to the text that it was trained to answer. */
import { Template } from '@huggingface/jinja'; // Hugging Face's own reading of the language that templates are written in
import { UserError, messageOf } from '../../common/errors.ts';

/** What somebody said in a conversation. */
export interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** The day that a template gets that asks for today's: Llama's own default. The same question is then the same on every day. */
const DATE = '26 Jul 2024';

/** Stands in the place of the function that tells the time. */
const TIMELESS = `{%- macro strftime_now(format) -%}${DATE}{%- endmacro %}`;

export class ChatTemplate {
  private readonly template: Template;
  private readonly names: Readonly<Record<string, string>>;
  private readonly where: string;

  /**
   * @param names of special tokens that a template may use: `bos_token`, `eos_token`
   * @param where what to call the file in errors
   * @throws UserError for a template that can't be read
   */
  constructor(text: string, names: Readonly<Record<string, string>>, where: string) {
    this.names = names;
    this.where = where;
    try {
      this.template = new Template(TIMELESS + text);
    } catch (error) {
      throw new UserError(`${where}: the chat template can't be read: ${messageOf(error).slice(0, 200)}`);
    }
  }

  /**
   * The text up to where the assistant's answer begins. Of a template that takes no system message, its text stands before
   * the user's first one.
   * @throws UserError where the template refuses the messages
   */
  render(messages: readonly Message[]): string {
    const inUsersPlace = withoutSystem(messages);
    try {
      return this.rendered(messages);
    } catch (error) {
      if (inUsersPlace === null) throw this.refusal(error);
    }
    try {
      return this.rendered(inUsersPlace);
    } catch (error) {
      throw this.refusal(error);
    }
  }

  private rendered(messages: readonly Message[]): string {
    return this.template.render({
      ...this.names,
      messages: messages.map((message) => ({ ...message })),
      add_generation_prompt: true,
      date_string: DATE,
      tools: null,
    });
  }

  private refusal(error: unknown): UserError {
    const why = messageOf(error).replace(/\s+/g, ' ').slice(0, 200);
    return new UserError(`${this.where}: the chat template refuses the messages: ${why}`);
  }
}

/** The system's text before the user's first; null without a system message. */
function withoutSystem([system, first, ...others]: readonly Message[]): readonly Message[] | null {
  if (system?.role !== 'system' || first === undefined) return null;
  return [{ role: first.role, content: `${system.content}\n\n${first.content}` }, ...others];
}
