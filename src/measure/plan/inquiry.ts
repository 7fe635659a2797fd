/**
 * An inquiry: what is asked of a model behind an address, and what is made of the answers, as data. It holds all that
 * determines the outcome (texts of prompts, items of tasks of one's own, the hash of lines of one's own) and nothing
 * else: no key, no header, no limit on how fast or how much may be asked. Types and nothing else.
 */
import type { Json } from '../../common/json.ts';
import type { TaskOptions } from '../../tasks/task.ts';
import type { OwnContent } from '../../prompt/own/content.ts';
import type { PromptTemplate } from '../../prompt/template.ts';

/** Which of a server's two ways to answer. */
export type InquiryApi = 'completions' | 'chat';

/** What is asked by prompts, whoever answers. */
export interface PromptedInquiry {
  /** null: completions where there are any, else chat. */
  readonly api: InquiryApi | null;
  readonly tasks: readonly InquiryTask[];
  /** What is changed about the prompts. */
  readonly rendering: {
    readonly shots?: number;
    readonly demonstrationLength?: number | 'same';
    readonly separator?: boolean;
  };
  /** Whether a length that a task doesn't admit is an error; else the task is not asked at it. */
  readonly strict: boolean;
  /** null: found by a search. */
  readonly lengths: readonly number[] | null;
  /** Questions a length; with a search, the most. */
  readonly n: number;
  /** With a search, the longest length that is asked; null without. */
  readonly maxLength: number | null;
  readonly repeats: number;
  readonly seed: number;
  /** Of the horizon. */
  readonly threshold: number;
}

export interface Inquiry extends PromptedInquiry {
  /** The server's address, without anything secret. */
  readonly endpoint: string;
  /** The model's name there. */
  readonly model: string;
  readonly temperature: number;
  readonly decide: 'generation' | 'likelihood';
  /** Further fields of every request. */
  readonly body: Readonly<Record<string, Json>>;
}

export interface InquiryTask {
  readonly task: string;
  /** How its sources are drawn: options that it has a use for. */
  readonly options?: TaskOptions;
  /** What a task of one's own is made of. */
  readonly own?: OwnContent;
  /** The SHA-256 of the lines of one's own that are asked about (`hashOfLines`). */
  readonly material?: string;
  /** Its prompt for either API, whole; null: a pilot chooses it. */
  readonly prompts: Readonly<Record<InquiryApi, PromptTemplate>> | null;
}
