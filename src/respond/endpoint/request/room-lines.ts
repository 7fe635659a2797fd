/** What is told of the room that answers get: less than was asked for, or not enough. */
import { onOneLine } from '../../../common/legible.ts';

/** There is less room than was asked for. */
export interface LessRoom {
  /** The server takes no limit on an answer as large; the context, or what the account may use at once, has no room for it. */
  readonly why: 'limit' | 'context' | 'allowance';
  /** The largest limit that the server takes, where it names one, or was found to take one that is smaller. */
  readonly mostTokens: number | null;
  /** The limit that was refused before that, where it names none: the largest is between the two. */
  readonly refused?: number;
  /**
   * Tokens for thoughts: as many as were asked for where the limit is named, else as many as prompts were answered with; 0: answers stay cut,
   * with no more room than they had.
   */
  readonly thinkTokens: number;
}

/**
 * What is kept of two that were told one after the other, for who asks later why answers were cut: of limits the last, since one is searched
 * upward, too; else the least room.
 */
export function keptRoom(before: LessRoom | undefined, last: LessRoom): LessRoom {
  if (before === undefined || (before.mostTokens !== null && last.mostTokens !== null)) return last;
  return roomIn(last) < roomIn(before) ? last : before;
}

/** Tokens that there are for thoughts, those of the answer with them where the limit is named. */
function roomIn({ mostTokens, thinkTokens }: LessRoom): number {
  return mostTokens ?? thinkTokens;
}

/** Why cut answers could not be tried with room. */
export interface Untried {
  readonly reason: string;
  /** What may find it out; null: nothing, since the context has no room, so that the answers stay cut off. */
  readonly way: 'again' | 'more budget' | 'more time' | 'less room' | null;
}

/** Whether the answers stay as they are. */
export function isSettled({ way }: Untried): boolean {
  return way === null;
}

/** Told once for each way in which there is less room. `wished`: tokens for thoughts. */
export function describeLessRoom(
  { why, mostTokens, refused, thinkTokens }: LessRoom,
  wished: number,
): string {
  if (mostTokens !== null) {
    const most =
      refused === undefined
        ? `the server takes no limit on an answer above ${mostTokens} tokens`
        : `the server refuses a limit on an answer of ${refused} tokens and does not say which it takes; it takes ${mostTokens}`;
    return thinkTokens === 0
      ? `${most}: longer answers are cut off`
      : `${most}: that is all the room for thoughts and answer together, whatever --think-tokens says`;
  }
  if (thinkTokens === 0)
    return 'the context has no more room for some of the answers that were cut off: they stay so';
  const room = `${thinkTokens} tokens for thoughts, not ${wished} (--think-tokens)`;
  if (why === 'limit')
    return `the server takes no limit on an answer as large, and does not say which it takes: there are ${room}`;
  return why === 'context'
    ? `the context has no room for all the thoughts: where it hasn't, there are ${room}`
    : `the account's limit has no room for all the thoughts: where it hasn't, there are ${room}`;
}

const WAYS: Readonly<Record<NonNullable<Untried['way']>, string>> = {
  again: 'the same command tries again',
  'more budget': 'the same command with a larger --budget finds it out',
  'more time': 'a longer --timeout gives it time, or less room (--think-tokens)',
  'less room': 'the server may take less room (--think-tokens)',
};

/** Told where a run ends without it. */
export function describeUntried({ reason, way }: Untried): string {
  const found = `could not be found out (${onOneLine(reason)})`;
  const head = `WARNING: answers were cut off, and whether room for thoughts helps ${found}`;
  return way === null ? `${head}: they count as cut off` : `${head}: they have failed; ${WAYS[way]}`;
}

/** What is known where answers were cut off. */
export interface CutOff {
  /** All answers, and those that were cut off. */
  readonly n: number;
  readonly cut: number;
  /** Tokens that thoughts had; null: the model was not found to think. */
  readonly thinkTokens: number | null;
  /** With how many tokens for thoughts cut answers were tried in vain; null where none was. */
  readonly tried: number | null;
  /** Where there was less room than was asked for; null where there was all of it. */
  readonly less: LessRoom | null;
  /** The limit on an answer that the user's own fields give; null without. */
  readonly own: number | null;
}

/** Told of answers that the server itself cut off, with fewer tokens than were asked for. */
export function describeServerCut(
  n: number,
  { count, at, withPrompt, asked }: { count: number; at: number; withPrompt: boolean; asked: number },
): string {
  const where = withPrompt ? `at ${at} tokens, prompt included` : `at ${at} tokens`;
  return `WARNING: ${howMany(count, n)} were cut off by the server ${where}, though up to ${asked} were asked for, which counts as wrong: it has a limit of its own, or its context ends there (Ollama: num_predict, num_ctx)`;
}

/** Told of thoughts that the model ended without an answer. */
export function describeEnded(n: number, count: number): string {
  return `WARNING: ${howMany(count, n)} are thoughts without an answer, and count as cut off: the model ended them itself, below the token limit, so that more room does not help; another --prompt may, or less thinking (such as --body '{"reasoning_effort":"low"}')`;
}

/** Told of recorded answers that a limit cut off, or of which nobody knows what did. */
export function describeRecordedCut(n: number, count: number): string {
  return `WARNING: ${howMany(count, n)} were cut off before their end, which counts as wrong: record them again with a larger limit on their tokens (such as max_tokens); a model that thinks needs room for its thoughts, too`;
}

/** Told of recorded thoughts that the model ended without an answer. */
export function describeRecordedEnded(n: number, count: number): string {
  return `WARNING: ${howMany(count, n)} are thoughts without an answer, and count as cut off: the model ended them itself, below the token limit, so that more room does not help; another prompt may, or less thinking`;
}

/** Told of answers of a text model that runs here, which it did not end. */
export function describeNoEnd(n: number, count: number): string {
  return `WARNING: ${howMany(count, n)} were cut off by the token limit, which counts as wrong: it has room for every right answer, and the model does not end its answers there; another --prompt may help, or --api chat where the model has a chat template`;
}

/** Told of answers to prompts of which the server read a part only. */
export function describePromptsCut(n: number, count: number): string {
  return `WARNING: ${howMany(count, n)} count as cut off, since the server cut their prompts: it counts far fewer tokens than they have words (Ollama: num_ctx)`;
}

/** Told of answers without a token: behind their prompts there was no room. */
export function describeNoRoom(n: number, { count, from }: { count: number; from: number }): string {
  return `WARNING: ${howMany(count, n)} were cut off before their first token, which counts as wrong: behind prompts of ${from} tokens and more the server's context has no room for an answer (Ollama: num_ctx)`;
}

function howMany(count: number, n: number): string {
  return `${count === n ? `all ${n}` : `${count} of ${n}`} answers`;
}

/** So many times the room that was not enough is worth a try. */
const MORE = 4;

const THINK_LESS = 'a model that thinks has to think less (such as --body \'{"reasoning_effort":"low"}\')';

/** What had no room for all the thoughts. */
const HAD_NO_ROOM: Readonly<Record<LessRoom['why'], string>> = {
  limit: 'the server took no limit as large',
  context: 'the context had no room for that',
  allowance: "the account's limit had no room for that",
};

/** How many answers were cut off, and what to do. `standard`: tokens that thoughts get where nobody says how many. */
export function describeCutOff({ n, cut, thinkTokens, tried, less, own }: CutOff, standard: number): string {
  const head = `WARNING: ${howMany(cut, n)} were cut off by the token limit, which counts as wrong`;
  if (own !== null) return `${head}: --body allows ${own} tokens for thoughts and answer together`;
  const room = thinkTokens ?? tried ?? standard;
  const most = less?.mostTokens ?? null;
  if (most !== null && room >= most / 2) {
    const taken =
      less?.refused === undefined
        ? `the server takes no limit above ${most} tokens`
        : `the server takes a limit of ${most} tokens, but not of ${less.refused}`;
    return `${head}: ${taken}; ${THINK_LESS}`;
  }
  if (most === null && less?.thinkTokens === 0) {
    return `${head}: the context had no more room; a larger one may have it (with another --out), or ${THINK_LESS}`;
  }
  if (less !== null && most === null && less.thinkTokens < room) {
    return `${head}: ${HAD_NO_ROOM[less.why]}, so that ${less.thinkTokens} tokens for thoughts were left of ${room}; --think-tokens ${2 * less.thinkTokens} may fit (with another --out), or ${THINK_LESS}`;
  }
  const more = `--think-tokens ${MORE * room} gives more (with another --out)`;
  if (thinkTokens !== null) return `${head}: ${room} tokens for thoughts were not enough; ${more}`;
  if (tried !== null) {
    return `${head}: the model doesn't end its answers, or thinks for more than ${room} tokens, with which some were tried; ${more}`;
  }
  return `${head}: the model doesn't end its answers, or it thinks without saying so; --think-tokens ${standard} gives it room (with another --out)`;
}
