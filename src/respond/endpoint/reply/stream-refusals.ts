/** Refusals of an answer in one piece: it is to be had as a stream of events. */

/**
 * Whether words say so: of all answers, of those with thoughts, or of those that are allowed many tokens (Fireworks: `Requests with
 * max_tokens > 4096 must have stream=true`).
 */
export function wantsStream(words: string): boolean {
  return WANTS_STREAM.test(words);
}

const WANTS_STREAM = new RegExp(
  [
    String.raw`only (?:support\w* |allow\w* |available (?:in|with) )?(?:the )?stream|non-?stream|非流式`,
    String.raw`stream\w*[^\w]{0,3}(?:must|should|needs? to|has to) be (?:set to )?[\`'"]?(?:true|enabled|on\b)|\bstream[\`'"]?=[\`'"]?false`,
    String.raw`(?:must|should|needs? to|have to|has to|please|requires?)(?: \w+){0,3} [\`'"]?stream[\`'"]?(?: ?[=:] ?| to | )[\`'"]?true`,
    String.raw`(?:requires?|must use|please use|enable) streaming|streaming (?:is|mode is) (?:required|mandatory)`,
  ].join('|'),
  'i',
);
