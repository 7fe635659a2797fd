/** The forms that special tokens have in tokenizers of today (docs/prompts.md lists some). */

/** In angle brackets. */
export const ANGLED_MARKS = [
  /<[|｜][^<>|｜\s]{1,60}[|｜]>/gu, // <|im_start|>, and DeepSeek's with full-width bars
  /<<[^<>\s]{1,60}>>/gu, // <<SYS>>
  /<\/?[A-Za-z][\w-]{0,60}\/?>/gu, // <bos>, </s>
] as const;

/** All of them: in square brackets, too. */
export const SPECIAL_MARKS = [
  ...ANGLED_MARKS,
  /\[\/?[A-Z][A-Z_]{0,60}\d*\]/gu, // [INST], [/INST], [PAD]
] as const;

/** A text without the marks of some forms. */
export function withoutSpecialMarks(text: string, forms: readonly RegExp[]): string {
  return forms.reduce((left, form) => left.replaceAll(form, ''), text);
}
