/** What a test server can be made to do, and what it has seen. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Behaviour } from './behaviour.ts';
import type { Fault } from './replies.ts';

export interface ServerOptions {
  /** The chance of a right answer; decided by the prompt, so that the same prompt gets the same answer. */
  readonly accuracy?: (task: string, length: number) => number;
  /** What it says to a prompt, whole, whatever the request asks for; undefined: what it would say by itself. */
  readonly says?: (prompt: string) => string | undefined;
  /** Which fault befalls request number `n` (from 0) of those that ask for an answer. */
  readonly fault?: (n: number, prompt: string) => Fault | null;
  /** A key that requests must carry. */
  readonly key?: string;
  readonly model?: string;
  /** What it does otherwise than a plain server, as one of the cases in `test/servers` has it. */
  readonly behaviour?: Behaviour;
  /** Default: one that is free. */
  readonly port?: number;
  readonly apis?: readonly ('completions' | 'chat')[];
  /** Whether it answers for no model but its own. */
  readonly onlyModel?: boolean;
  readonly host?: string;
  /** What the fault '429-wait' asks to wait, and how it says so. */
  readonly waitMs?: number;
  readonly waitForm?: 'seconds' | 'date';
  /** Milliseconds before an answer; a function where it is another one as time goes on. */
  readonly delay?: number | (() => number);
  /** Requests, and tokens, a window that are allowed and advertised; more are refused with 429 and counted. */
  readonly rate?: { readonly requests: number; readonly tokens?: number; readonly windowMs: number };
  /** More requests at once are refused with 429 and counted. */
  readonly concurrency?: number;
  /** Prompts are cut to their last tokens, silently. */
  readonly context?: number;
  readonly quirks?: {
    readonly stopIgnored?: boolean;
    readonly echo?: 'given' | 'ignored' | 'refused';
    readonly promptLogprobs?: boolean;
    readonly listsRefused?: boolean;
    readonly seedRefused?: boolean;
    readonly contentLogprobs?: boolean;
    readonly onlyMaxCompletionTokens?: boolean;
    readonly noUsage?: boolean;
    /** Counts a quarter of a prompt's characters as its tokens. */
    readonly estimates?: boolean;
    readonly namesItself?: string;
    readonly noModels?: boolean;
    /** Every request for an answer is a 500. */
    readonly alwaysFails?: boolean;
    /** Tells the ids of tokens in replies that ask for `return_token_ids`. */
    readonly tokenIds?: boolean;
    /** Cuts texts into tokens at `/tokenize`, in one of two forms. */
    readonly tokenizer?: 'content' | 'prompt';
    /** Marks for the beginning that its tokenizer puts before every text. */
    readonly marks?: number;
    /** Tokens that it puts before the prompt of a completion besides. */
    readonly around?: number;
    /** Reads `<bos>` as the mark. */
    readonly readsMark?: boolean;
    /** More fields of its entry in the list of models, and llama.cpp's description of itself. */
    readonly listed?: Readonly<Record<string, unknown>>;
    readonly props?: Readonly<Record<string, unknown>>;
    /** Never ends a connection that nobody uses. */
    readonly keepsConnections?: boolean;
    /** Says the key that it was given back in its errors. */
    readonly leaksKey?: boolean;
    /** Characters that its errors begin with. */
    readonly wordy?: number;
    /** Answers every request with a redirection. */
    readonly movedTo?: string;
  };
}

export interface Seen {
  /** Every prompt that was answered, in order. */
  readonly answered: string[];
  requests: number;
  /** Tokens that it has read and written, told or not. */
  tokens: number;
  /** Requests beyond an advertised limit. */
  violations: number;
  mostAtOnce: number;
  /** Milliseconds between a '429-wait' and the next request. */
  gapAfterWait: number;
  readonly bodies: Record<string, unknown>[];
  /** The path of every request, with its query, and its headers. */
  readonly paths: string[];
  readonly headers: IncomingHttpHeaders[];
  /** The bodies of its replies to prompts of ours, as recordings of them would have them. */
  readonly replies: { readonly prompt: string; readonly status: number; readonly body: string }[];
}

export interface TestServer {
  readonly url: string;
  readonly seen: Seen;
  /** Until all that was sent is read and answered, and every client is gone: as when one was killed. */
  readonly idle: () => Promise<void>;
  close(): Promise<void>;
}
