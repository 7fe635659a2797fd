/**
 * Notices prompts that a server cut silently: they count far fewer tokens, by their size, than the shortest prompt of the
 * same task did. It needs no tokenizer; it goes by what it was told before, stored rows included, so that an interruption
 * changes nothing.
 */
import type { StoredRow } from '../store/row-store.ts';
import { hash } from 'node:crypto';

/** Symbols between blanks take half a token a byte or more, English text a quarter. */
const FEWEST_TOKENS_PER_BYTE = 0.12;

/** Prompts of one task differ in their share of symbols, never this much. */
const CUT_SHARE = 0.7;

/** 96 bits name a prompt. */
const NAME_DIGITS = 16;

export class PromptMeter {
  private readonly shortest = new Map<string, { readonly bytes: number; readonly perByte: number }>();
  /** The most tokens that a text was ever counted at: a prompt that was cached counts fewer, and is not cut. */
  private readonly counted = new Map<string, number>();

  isCut({ task, prompt, output }: Pick<StoredRow, 'task' | 'prompt' | 'output'>): boolean {
    const tokens = output.promptTokens;
    if (tokens === null || tokens === 0 || prompt === '') return false;
    const bytes = Buffer.byteLength(prompt);
    const expected = bytes * Math.max(this.perByte(task, bytes, tokens), FEWEST_TOKENS_PER_BYTE);
    const name = hash('sha256', prompt, 'base64').slice(0, NAME_DIGITS); // not the text: it would stay for the run
    const before = this.counted.get(name) ?? 0;
    this.counted.set(name, Math.max(before, tokens));
    return before <= tokens && tokens < CUT_SHARE * expected;
  }

  /** Tokens a byte in the shortest prompt of the task so far. */
  private perByte(task: string, bytes: number, tokens: number): number {
    const known = this.shortest.get(task);
    if (known === undefined || bytes < known.bytes)
      this.shortest.set(task, { bytes, perByte: tokens / bytes });
    return known?.perByte ?? 0;
  }
}
