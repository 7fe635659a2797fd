/** What keys, and the names that they are given under, look like: neither is stored. */

/** Names of fields whose text is a key. */
export const KEY_NAME =
  /^(x[-_])?(api[-_]?key|apikey|authori[sz]ation|auth([-_]?token)?|(access|bearer|secret|session|id|refresh)[-_]?(token|key)|token|secret|client[-_]?secret|password|passwd|credentials?|bearer|private[-_]?key|jwt)$/i;

/** Texts that look like one: OpenAI's and Anthropic's sk-, GitHub's, Google's, Hugging Face's, AWS's, …, tokens of the web. */
export const KEY_TEXT =
  /^(?:Bearer|Basic)\s+\S+|\b(?:sk|pk|rk|gsk|xai|hf|r8|fw|tgp|nvapi|pplx|csk|ghp|gho|ghs|ghu|glpat|github_pat|AKIA|ASIA|AIza|ya29)[-_.]?[A-Za-z0-9_-]{12,}|\bsk-[A-Za-z0-9_-]{4,}|\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}\.|-----BEGIN [A-Z ]*PRIVATE KEY/;

/** Last words of the names that gateways have for keys in addresses: `user_key`, `x-functions-key`, `X-Amz-Credential`, … */
const LAST_WORD =
  /^(key|token|secret|passw(or)?d|passphrase|passcode|pwd|pass|pat|sig|signature|auth|authori[sz]ation|authentication|bearer|credentials?|jwt|sas|code)\d*$/i;

/** The same joined to the word before it (`apikey`, `accesstoken`, `openaikey`). */
const JOINED = /[a-z\d](key|token|secret|passw(or)?d|pwd)\d*$/i;

/** Words that end so and mean something else. */
const NO_KEYS = /^(monkey|donkey|turkey|hockey|jockey|whiskey|mickey|smokey|hotkey)\d*$/i;

/** Whether a parameter of an address is for a key, by its name: its last word says so, numbers behind it left aside. */
export function namesKeyOfAddress(name: string): boolean {
  const words = name.split(/[-_.\s[\]]+|(?<=[a-z])(?=[A-Z])/).filter((word) => /[^\d]/.test(word));
  const last = words.at(-1) ?? '';
  return LAST_WORD.test(last) || (JOINED.test(last) && !NO_KEYS.test(last));
}

/** What keys have and names of models and deployments, which may begin like one (`xai-grok-4-fast-reasoning`), have not. */
const LETTERS_AND_DIGITS = /(?=[a-z]*\d)(?=\d*[a-z])[a-z\d]{12,}/i;

/** Whether a part of a path looks like a key. */
export function isKeyInPath(part: string): boolean {
  return KEY_TEXT.test(part) && LETTERS_AND_DIGITS.test(part);
}
