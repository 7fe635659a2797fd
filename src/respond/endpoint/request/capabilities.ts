/** What a server can do, as the probe found out by trying. Data: kept beside the answers. */
import type { Api } from '../protocol/protocol.ts';
import type { LimitField } from './body.ts';
import { onOneLine } from '../../../common/legible.ts';
import type { LessRoom } from './room-lines.ts';
import { isOtherModel } from '../protocol/model-name.ts';

export interface Capabilities {
  /** The names that the server lists; null when it lists none. */
  readonly models: readonly string[] | null;
  readonly completions: boolean;
  readonly chat: boolean;
  /** The names that answers carry: the one asked for, and the one that the server calls it. */
  readonly answersAs: readonly string[];
  readonly limitField: LimitField;
  /** Whether it takes `seed`, and the temperature that was wished for. */
  readonly seed: boolean;
  readonly temperature: boolean;
  readonly stop: 'honoured' | 'ignored' | 'refused' | 'unknown';
  /** Whether `max_tokens` ends an answer. */
  readonly limit: 'honoured' | 'ignored';
  readonly logprobs: 'list' | 'content' | 'none';
  /** Log-probabilities of the prompt: by `echo`, by vLLM's `prompt_logprobs`, or not at all. */
  readonly promptLogprobs: 'echo' | 'prompt_logprobs' | 'none';
  /** What became of `echo`: given back; ignored silently; refused. */
  readonly echo: 'given' | 'ignored' | 'refused';
  /** A list of prompts in one request: answered one by one, refused, or only the first. */
  readonly promptLists: boolean;
  /** The largest context in tokens, where the server says it. */
  readonly context: number | null;
  /** Why nothing was found out, where the server answered every try with an error; what is said is assumed then. */
  readonly trouble: string | null;
  /** Whether an answer of the probe has said something, were it a thought. Missing where a lengthwise did not note it. */
  readonly speaks?: boolean;
  /** Whether answers say how many tokens the prompt had. */
  readonly usage: boolean;
  /** Missing in what was found out by a lengthwise that did not ask. */
  readonly tokens?: TokenFacts;
  /** What each of the two ways to ask takes; missing where there is none, or where a lengthwise did not ask. */
  readonly shapes?: Partial<Record<Api, FoundShape>>;
  /** Where a model that the probe did not see think showed later that it does, by the way it was asked. */
  readonly noticed?: Partial<Record<Api, Thinking>>;
  /** Where answers were cut, and it could not be found out whether room for thoughts helps: true, by the way it was asked. */
  readonly untried?: Partial<Record<Api, boolean>>;
  /** The least room that answers had, where it was less than was asked for, by the way it was asked. */
  readonly lessRoom?: Partial<Record<Api, LessRoom>>;
  /**
   * By the way it was asked and by task: the characters of the shortest prompt for which there was no more room. What was cut of it and of
   * longer ones stays so.
   */
  readonly noRoom?: Partial<Record<Api, Readonly<Record<string, number>>>>;
  /** Missing where the server says nothing of it, or a lengthwise did not ask. */
  readonly revision?: Revision;
}

/** Whether a server was heard to say something: then an empty answer may be none. */
export function hasSpoken({ speaks, trouble }: Pick<Capabilities, 'speaks' | 'trouble'>): boolean {
  return speaks ?? trouble === null;
}

/** The fields that one of a server's two ways to ask takes, of those that a run sends. */
export interface FoundShape {
  readonly limitField: LimitField;
  /** What is sent; null: the server refuses it, or the user's fields say otherwise. */
  readonly temperature: number | null;
  readonly seed: boolean;
  /** Whether stop marks can be sent. */
  readonly stop: boolean;
  /** The least that it takes for a limit on the answer. */
  readonly leastTokens: number;
  readonly thinking: Thinking | null;
  /** false: it takes no system message. Missing where none is sent. */
  readonly system?: boolean;
  /** No more stop marks than this at once; missing where none were refused for their number. */
  readonly mostStops?: number;
  /** Stop marks that it refuses; missing where it takes all that were tried. */
  readonly refusedStops?: readonly string[];
  /** What of the prompts' own was tried; missing in what was found out by a lengthwise that did not note it. */
  readonly tried?: RunsOwn;
  /** Whether answers have to be asked for as a stream of events. */
  readonly stream?: boolean;
  /** Whether its answers begin with the prompt. */
  readonly echoes?: boolean;
  /** What its replies have of their own; missing where they are as others'. */
  readonly habits?: ReplyHabits;
  /** What was refused and what is done instead, a line each. */
  readonly dropped: readonly string[];
}

/** What the probe has found of a server's replies, where they are not as others'. */
export interface ReplyHabits {
  /** Its streams never say that they are over, so that one which was cut off can't be told. */
  readonly unendedStreams?: boolean;
  /** The answers of a model that doesn't think stand where thoughts do. */
  readonly answersInThoughts?: boolean;
}

/** What a server says of the weights and the software behind a model's name; each missing where it does not. */
export interface Revision {
  /** `system_fingerprint` of its replies, of all runs; several, where they differ. */
  readonly fingerprints?: readonly string[];
  /** Whether there were more than these. */
  readonly moreFingerprints?: true;
  /** The names of the models that answered, of all runs, but for the one asked for. */
  readonly models?: readonly string[];
  /** Whether there were more than these. */
  readonly moreModels?: true;
  /** In its list of models: what the name stands for, and since when (ISO 8601). */
  readonly root?: string;
  readonly created?: string;
  /** Of llama.cpp's `/props`: the model's file and the build. */
  readonly file?: string;
  readonly build?: string;
}

/** What the prompts of a run have that others may not, and some servers refuse. */
export interface RunsOwn {
  /** Whether any has a system message. */
  readonly system: boolean;
  /** Their stop marks. */
  readonly stop: readonly string[];
  /** The most stop marks that one of them has. */
  readonly mostStops: number;
}

/**
 * Where a model that thinks before it answers shows it: in its text, beside it, in the count of tokens alone, or not at all. `long`: it may
 * think or not, and its answers are cut off with little room and whole with more.
 */
export type Thinking = 'text' | 'beside' | 'counted' | 'unsaid' | 'long';

/** What is told of tokens, and what stands before a prompt. */
export interface TokenFacts {
  /** How replies tell ids: of prompt and answer by vLLM's field, of the answer in its log-probabilities, or not. */
  readonly ids: 'return_token_ids' | 'logprobs' | 'none';
  /** Whether it cuts texts into tokens on demand. */
  readonly tokenizes: boolean;
  /** The ids that its tokenizer puts before a text; null where it does not tell. */
  readonly beginning: readonly number[] | null;
  /** How many tokens it counts before the prompt of a completion; null where it does not tell. */
  readonly before: number | null;
  /** Whether the first two ids of a prompt are the same; null where it does not tell. */
  readonly doubled: boolean | null;
}

/** One prompt of a task as the server cuts it into tokens. */
export interface PromptFacts {
  readonly task: string;
  /** Symbols of its source. */
  readonly length: number;
  readonly ids: readonly number[];
  /** Tokens of its source. */
  readonly sourceTokens: number;
  /** Whether the prompt's own beginning is read as the mark that the tokenizer has just put before it. */
  readonly doubled: boolean;
}

/** What was found, in a few lines for people. */
export function describeCapabilities(found: Capabilities): string[] {
  const yes = (has: boolean): string => (has ? 'yes' : 'no');
  const revision = describeRevision(found.revision ?? {});
  return [
    ...(found.trouble === null
      ? []
      : [`the server answers with errors (${found.trouble}); what it can do is assumed:`]),
    `models: ${found.models === null ? 'not listed' : found.models.slice(0, 8).map(onOneLine).join(', ')}`,
    `completions: ${yes(found.completions)}, chat: ${yes(found.chat)}, stop: ${found.stop}, token limit: ${found.limit}, seed: ${yes(found.seed)}`,
    `log-probabilities: ${found.logprobs}, of the prompt: ${found.promptLogprobs}, echo: ${found.echo}, lists of prompts: ${yes(found.promptLists)}`,
    `context: ${found.context === null ? 'not said' : `${found.context} tokens`}, counts tokens: ${yes(found.usage)}`,
    ...(revision === '' ? [] : [`revision: ${revision}`]),
    ...otherModel(found),
    ...(found.tokens === undefined ? [] : describeTokens(found.tokens)),
    ...describeShapes(found),
    ...Object.values(found.noticed ?? {}).map(describeNoticed),
  ];
}

/** As one text, for a table of results. */
export function describeRevision(revision: Revision): string {
  const { fingerprints, moreFingerprints, models, moreModels, root, created, file, build } = revision;
  const all = (names: readonly string[] = [], more?: true): string =>
    [...names, ...(more === true ? ['others'] : [])].join(' | ');
  const parts = {
    model: all(models, moreModels),
    fingerprint: all(fingerprints, moreFingerprints),
    ...{ root, created, file, build },
  };
  return Object.entries(parts)
    .flatMap(([name, value]) => (value === undefined || value === '' ? [] : [`${name} ${onOneLine(value)}`]))
    .join(', ');
}

/** More of them say nothing of which weights answered: some servers have one a reply. */
const MOST_FINGERPRINTS = 16;

/** With one more fingerprint; the same object where it is known, or is one too many. */
export function withFingerprint(known: Revision | undefined, fingerprint: string): Revision {
  const { fingerprints = [], ...said } = known ?? {};
  if (known !== undefined && (fingerprints.includes(fingerprint) || known.moreFingerprints === true))
    return known;
  if (fingerprints.length >= MOST_FINGERPRINTS) return { ...said, fingerprints, moreFingerprints: true };
  return { ...said, fingerprints: [...fingerprints, fingerprint] };
}

/** With one more name of a model; the same object where it is known, or is one too many. */
export function withModel(known: Revision | undefined, model: string): Revision {
  const { models = [], ...said } = known ?? {};
  if (known !== undefined && (models.includes(model) || known.moreModels === true)) return known;
  if (models.length >= MOST_FINGERPRINTS) return { ...said, models, moreModels: true };
  return { ...said, models: [...models, model] };
}

/** Told once a run, when an answer is from a model of another name than those before. */
export function describeOtherModel(before: string, now: string): string {
  return `WARNING: an answer is from '${onOneLine(now)}', and those before were from '${onOneLine(before)}': the name that is asked for stands for other weights now, or for several models; the answers of all are counted together (another --out keeps them apart), and export --results names them`;
}

/** Told when the model that is asked answers for the first time, after another one did in its place. */
export function describeAskedModel(asked: string, now: string): string {
  return `WARNING: '${onOneLine(now)}' answers now, and another model did before in its place: its answers are no answers of '${onOneLine(asked)}', and are asked for again`;
}

/** Told once a run, when the fingerprint of its answers is another one than before. */
export function describeChange(before: string, now: string): string {
  return `WARNING: the server's fingerprint is '${onOneLine(now)}', and was '${onOneLine(before)}': other weights or other software may answer now; the answers of both are counted together (another --out keeps them apart), and export --results names both`;
}

/** LM Studio answers with the model that it has loaded, whatever is asked for. */
function otherModel({ answersAs: [asked, ...others] }: Capabilities): string[] {
  const other = others.find((name) => isOtherModel(name, [asked]));
  return other === undefined
    ? []
    : [
        `WARNING: the probe was answered by a model that calls itself '${onOneLine(other)}', not '${onOneLine(asked)}'`,
      ];
}

const THOUGHTS: Readonly<Record<Thinking, string>> = {
  text: 'before the answer, in its text',
  beside: 'in a field of their own',
  counted: 'not shown, but counted',
  unsaid: 'not shown; with little room its answers are empty',
  long: 'not marked',
};

/** A model that was noticed to think by its answers. */
export function describeNoticed(thinking: Thinking): string {
  if (thinking === 'long')
    return 'some answers are cut off and come whole with more room (--think-tokens): those that are cut are asked for again with it';
  return `this model thinks before some of its answers (its thoughts: ${THOUGHTS[thinking]}): it gets room for thoughts (--think-tokens) and no stop marks, and answers that were cut are asked for again`;
}

/** What is sent otherwise than it was wished for; once where it is the same for both ways to ask. */
function describeShapes({ shapes = {} }: Capabilities): string[] {
  const lines = Object.values(shapes).flatMap(({ dropped, thinking }) => [
    ...dropped,
    ...(thinking === null
      ? []
      : [
          `this model thinks before it answers (its thoughts: ${THOUGHTS[thinking]}): no stop marks are sent, which would end a thought, and there is room for thoughts (--think-tokens)`,
        ]),
  ]);
  return [...new Set(lines)];
}

const IDS = {
  return_token_ids: 'of prompts and answers',
  logprobs: 'of answers',
  none: 'not given',
} as const;

/** Without a tokenizer to ask: a mark for the beginning is one token, so that more is something else. */
const MOST_MARKS = 1;

function describeTokens({ ids, tokenizes, beginning, before, doubled }: TokenFacts): string[] {
  const marks = beginning === null || beginning.length === 0 ? '' : ` (${beginning.join(', ')})`;
  const known = beginning?.length ?? before;
  const first = known === null ? 'not known' : known === 0 ? 'nothing' : `${count(known, 'token')}${marks}`;
  const line = `token ids: ${IDS[ids]}; tokenizer endpoint: ${tokenizes ? 'yes' : 'none'}; added before each prompt: ${first}`;
  const twice = doubled === true || (beginning !== null && new Set(beginning).size < beginning.length);
  if (twice)
    return [line, 'WARNING: prompts begin with the same mark twice: a doubled BOS changes every answer'];
  const expected = beginning?.length ?? MOST_MARKS;
  if (before === null || before <= expected) return [line];
  if (before === expected + 1)
    return [
      line,
      `WARNING: ${count(before, 'token')} before each prompt where ${expected} is expected: a doubled BOS?`,
    ];
  return [
    line,
    `WARNING: ${count(before, 'token')} before the prompt of a completion: the server puts a chat template or a system prompt around it`,
  ];
}

/** What has to be known before a run about how prompts are cut into tokens. */
export function describePrompts(prompts: readonly PromptFacts[]): string[] {
  const doubled = prompts.filter((prompt) => prompt.doubled).map(({ task }) => task);
  const wide = prompts.filter(({ sourceTokens, length }) => sourceTokens > length + 1);
  return [
    ...(doubled.length === 0
      ? []
      : [
          `WARNING: ${doubled.join(', ')}: this model reads the prompt's first characters as the mark that is already before it: a doubled BOS; use another --prompt`,
        ]),
    ...wide.map(({ task, length, sourceTokens }) => `${task}: ${length} symbols take ${sourceTokens} tokens`),
  ];
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
