/**
 * Why outputs end, in the words of those who answer: one list for every road. Any letters, any separators:
 * `MAX_TOKENS`, `FinishReason.MAX_TOKENS`, `max-tokens` and `maxTokens` are the same.
 */

/** What a finish reason means: `ended` by itself or at a stop mark; a limit cut it; a filter kept it back; … */
export type FinishMeaning = 'ended' | 'limit' | 'filter' | 'refusal' | 'tool' | 'error';

/**
 * Words that are known, without separators. Sources: the references of OpenAI (chat, responses), Anthropic, Google
 * (Gemini, Vertex), AWS (Bedrock, Titan), Azure, Cohere, Mistral, watsonx, Zhipu, DeepSeek, Yandex; vLLM, SGLang, TGI,
 * llama.cpp, Ollama, LM Studio, Aleph Alpha; LiteLLM's and OpenRouter's tables of them.
 */
export const finishReasons: Readonly<Record<FinishMeaning, readonly string[]>> = {
  ended: words(`
    stop stopped eos eostoken eosfound endoftext endturn endofturn complete completed finish finished
    stopsequence stopsequencereached stopstringfound stopstring stopword word normal done success
    natural endofsequence null none unspecified alternativestatusfinal pauseturn repetition
  `),
  limit: words(`
    length limit maxtokens maxtoken maxnewtokens maxoutputtokens maxcompletiontokens maxlength
    maximumtokens maximumlength maxtokensreached maxpredictedtokensreached tokenlimit modellength
    contextlength contextlengthreached contextlengthexceeded contextwindowexceeded
    modelcontextwindowexceeded contextoverflow stoppedlimit incomplete truncated truncation notfinished
    errorlimit timelimit compaction alternativestatustruncatedfinal outputlimit maxlengthreached
    lengthlimit lengthcapped numpredict cutoff
  `),
  filter: words(`
    contentfilter contentfiltered contentfiltering safety recitation prohibitedcontent blocklist
    blacklist blocked spii sensitive moderation moderated errortoxic toxic guardrailintervened guardrail
    guardrails imagesafety imageprohibitedcontent language imagerecitation modelarmor contentpolicy
    policyviolation alternativestatuscontentfilter escalation flagged censored contentmoderation
    filtered
  `),
  refusal: words(`
    refusal refused
  `),
  tool: words(`
    toolcalls toolcall tooluse functioncall functioncalls malformedfunctioncall actionrequired
    malformedtooluse unexpectedtoolcall toomanytoolcalls
  `),
  error: words(`
    error failed failure abort aborted cancelled canceled usercancel userstopped timeout networkerror
    insufficientsystemresource modelunloaded expired disconnected serviceunavailable malformedresponse
    malformedmodeloutput internalservererror interrupted
  `),
};

const known: ReadonlyMap<string, FinishMeaning> = new Map(
  Object.entries(finishReasons).flatMap(([meaning, words]) =>
    words.map((word) => [word, meaning as FinishMeaning] as const),
  ),
);

/** Parts of words that tell what an unknown reason means; the first that occurs counts. */
const TELLING: readonly (readonly [RegExp, FinishMeaning])[] = [
  [
    /filter|safety|moderat|guardrail|blocklist|prohibited|toxic|sensitive|policy|blocked|recitation/,
    'filter',
  ],
  [/refus/, 'refusal'],
  [/tool|function/, 'tool'],
  [/max.*(?:token|length|output)|token.*limit|limit.*token|length|context|truncat|incomplete/, 'limit'],
  [/error|fail|abort|cancel|timeout/, 'error'],
];

/** The longest word that can be a reason; what is longer is none. */
const LONGEST_REASON = 200;

/** What a finish reason means; null where it isn't known. No reason at all is null, too. */
export function finishMeaning(reason: string | null): FinishMeaning | null {
  if (reason === null || reason.length > LONGEST_REASON) return null;
  const word = reason
    .toLowerCase()
    .replace(/^.*(?:finish|stop|done|completion)[_\s-]?reason[._:\s-]*/, '')
    .replace(/[^\p{L}\p{N}]/gu, '');
  const meaning = known.get(word);
  if (meaning !== undefined) return meaning;
  return TELLING.find(([pattern]) => pattern.test(word))?.[1] ?? null;
}

/**
 * The word of a finish reason in whatever form it came: a text; an object that names its type (SGLang's
 * `{"type": "length", "length": 32}`, OpenAI's `{"reason": "max_output_tokens"}`); a list of which the last counts.
 */
export function finishReasonOf(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  if (Array.isArray(value)) return finishReasonOf(value.at(-1));
  if (typeof value !== 'object' || value === null) return null;
  const fields = value as Readonly<Record<string, unknown>>;
  for (const name of ['type', 'reason', 'finish_reason', 'name', 'value']) {
    const word = fields[name];
    if (typeof word === 'string' && word !== '') return word;
  }
  return null;
}

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
