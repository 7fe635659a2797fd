/** What a row of the table of servers says. */
import path from 'node:path';
import type { Outcome } from '../../src/score/output.ts';
import type { Json } from '../../src/common/json.ts';
import type { Asked, Behaviour, Sent } from '../server/behaviour.ts';

/** A prompt with a system message and four stop marks. */
export const SYSTEM_AND_STOPS = path.join(import.meta.dirname, 'prompts', 'system-and-stops.yaml');

/** Every case is asked so many samples of UR. */
export const SAMPLES = 12;

export interface ServerCase {
  readonly name: string;
  /** The thread, or the vendor's page, where it is reported: owner/name#number on GitHub, else an address. */
  readonly reported: readonly string[];
  readonly behaviour: Behaviour;
  /** Which ways to ask there are; both where it says nothing. */
  readonly apis?: readonly ('completions' | 'chat')[];
  /** How it is asked, where that is not as usual. */
  readonly options?: {
    readonly temperature?: number;
    readonly extra?: Readonly<Record<string, Json>>;
    readonly maxRetries?: number;
    readonly tokens?: number;
    readonly thinkTokens?: number;
    readonly concurrency?: number;
    /** The name of a prompt, or its file; `paper` where it says nothing. */
    readonly prompt?: string;
    /** The samples are asked in equal parts at these lengths; all at 5 where it says nothing. */
    readonly lengths?: readonly number[];
  };
  /** What becomes of the samples; those that are not named: none. Empty where nothing can be asked. */
  readonly right: Partial<Record<Outcome, number>>;
  /** Of those that failed: prompts that don't fit the context, which no other run would answer. */
  readonly tooLong?: number;
  /** Likewise: prompts that are refused for what they say. */
  readonly refusedPrompts?: number;
  /** Lines of the probe, of waits and of the end that must be there, and that must not. */
  readonly says?: readonly RegExp[];
  readonly saysNot?: readonly RegExp[];
  /** How it ends where it is not done. */
  readonly ending?: 'budget' | 'stopped';
  /** The probe's line where nothing can be asked at all. */
  readonly refused?: RegExp;
  /** The most requests in all; far more is a server that is asked in vain. */
  readonly mostRequests?: number;
  /** Fields that no question may have, and values that every one must have. */
  readonly neverSent?: readonly string[];
  readonly sent?: Readonly<Record<string, Json>>;
  /** Whether the outcomes need what `measure` knows of other rows: one reply alone shows nothing. */
  readonly byMeasure?: boolean;
  /** Whether its replies can be read as a recording: they are whole, in JSON, and have the outcomes above. */
  readonly recorded?: boolean;
}

/** An error as most servers write it. */
export function error(
  status: number,
  message: string,
  more: object = {},
  headers: Readonly<Record<string, string>> = {},
): Sent {
  return { status, body: { error: { message, ...more } }, headers };
}

/**
 * Gone once it has answered so many questions of ours, until it has refused one that it has refused before: whoever asks has had
 * trouble with all that was under way by then, and has waited.
 */
export function goneAfter(questions: number, sent: (asked: Asked) => Sent): (asked: Asked) => Sent | null {
  const refused = new Set<string>();
  let isBack = false;
  return (asked) => {
    if (!asked.ours || asked.n <= questions || isBack) return null;
    isBack = refused.has(asked.prompt);
    refused.add(asked.prompt);
    return sent(asked);
  };
}

/** All samples right, which nearly every row says. */
export const ALL_RIGHT = { right: SAMPLES } as const;
