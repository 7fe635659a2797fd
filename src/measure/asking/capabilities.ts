/** What a server can do, as the probe found out by trying. */

export interface Capabilities {
  /** The names that the server lists; null when it lists none. */
  readonly models: readonly string[] | null;
  readonly completions: boolean;
  readonly chat: boolean;
  /** The names that answers carry: the one asked for, and the one that the server calls it. */
  readonly answersAs: readonly string[];
  readonly limitField: 'max_tokens' | 'max_completion_tokens';
  /** Whether it takes `seed`, and `temperature: 0`. */
  readonly seed: boolean;
  readonly temperature: boolean;
  readonly stop: 'honoured' | 'ignored' | 'unknown';
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
  /** Whether answers say how many tokens the prompt had. */
  readonly usage: boolean;
}

/** What was found, in a few lines for people. */
export function describeCapabilities(found: Capabilities): string[] {
  const yes = (has: boolean): string => (has ? 'yes' : 'no');
  return [
    ...(found.trouble === null
      ? []
      : [`the server answers with errors (${found.trouble}); what it can do is assumed:`]),
    `models: ${found.models === null ? 'not listed' : found.models.slice(0, 8).join(', ')}`,
    `completions: ${yes(found.completions)}, chat: ${yes(found.chat)}, stop: ${found.stop}, token limit: ${found.limit}, seed: ${yes(found.seed)}`,
    `log-probabilities: ${found.logprobs}, of the prompt: ${found.promptLogprobs}, echo: ${found.echo}, lists of prompts: ${yes(found.promptLists)}`,
    `context: ${found.context === null ? 'not said' : `${found.context} tokens`}, counts tokens: ${yes(found.usage)}`,
  ];
}
