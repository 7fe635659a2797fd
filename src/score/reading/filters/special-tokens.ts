/**
 * Special tokens that were decoded with an answer (`skip_special_tokens=False`): those that begin a text or a turn, of which the
 * decoder of an encoder-decoder model begins with one, and the padding of a batch. Before the answer and behind it they are none of it.
 */
import type { Context } from '../draft.ts';
import { isOfSample } from '../draft.ts';

/** Names of one form, as `<pad>` and `[PAD]`, in small letters and capitals. */
function named(...names: readonly string[]): string {
  const all = [...names, ...names.map((name) => name.toUpperCase())].join('|');
  return String.raw`<(?:${all})>|\[(?:${all})\]`;
}

/** Padding with a name of its own: Llama's `<|finetune_right_pad_id|>`, Qwen's `<|vision_pad|>`, DeepSeek's `<｜▁pad▁｜>`. */
const PADDING = String.raw`<[|｜](?:[\w:.▁-]{0,40}[_:.▁-])?(?:pad|PAD)(?:ding|DING)?(?:_id|_token|_TOKEN|▁)?[|｜]>`;

/** What begins an assistant's turn in templates. */
const TURN =
  String.raw`<\|im_start\|>assistant\n|<\|start_header_id\|>assistant<\|end_header_id\|>|<start_of_turn>model\n|` +
  String.raw`<\|assistant\|>|<\|turn>model\n|(?:<\|begin\|>assistant)?<\|content\|>|\[/INST\]`;

const BEGINNING =
  String.raw`<s>|${named('bos', 'sos', 'cls', 'pad')}|<\|begin_of_text\|>|<\|startoftext\|>|` +
  String.raw`<[|｜]begin▁of▁sentence[|｜]>|${PADDING}|${TURN}`;

/** The decoders of BART and of fairseq's models begin with the mark that ends a text. */
const DECODER_START = '</s>';

/** What ends an answer only where nothing follows: in the middle it may stand between what was read and what was said. */
const ENDING = String.raw`${named('pad', 'eos', 'sep')}|${PADDING}`;

/** A special token is no longer than this, with white space and a separator before it. */
const LONGEST = 120;

/** Where the text begins behind the special tokens before it; 0 where there are none. */
export function behindFirstTokens(text: string, context: Context): number {
  if (!/^\s*[<[]/u.test(text)) return 0; // most outputs
  const separator = separatorOf(context) ?? '';
  const first = new RegExp(String.raw`\s*(${BEGINNING}|${DECODER_START})\s*(?:${separator}\s*)?`, 'uy');
  const isOwn = ofSample(context);
  const lastEnd = text.lastIndexOf(DECODER_START);
  for (let at = 0; ;) {
    first.lastIndex = at;
    const { 0: found, 1: mark } = first.exec(text) ?? [];
    if (found === undefined || isOwn(mark)) return at;
    const end = at + found.length;
    // By itself, with nothing behind that it could begin, it ends an answer that is empty.
    if (mark === DECODER_START && end > lastEnd && !text.startsWith('<s>', end)) return at;
    at = end;
  }
}

/** Where the text ends before the special tokens at its end; its length where there are none. */
export function beforeLastTokens(text: string, context: Context): number {
  if (!/[>\]]\s*$/u.test(text.slice(-LONGEST))) return text.length; // most outputs
  const last = new RegExp(String.raw`(?:${separatorOf(context) ?? ''}\s*)?(${ENDING})\s*$`, 'u');
  const isOwn = ofSample(context);
  for (let end = text.length; ;) {
    const { 0: found, 1: mark } = last.exec(text.slice(Math.max(0, end - LONGEST), end)) ?? [];
    if (found === undefined || isOwn(mark)) return end;
    end -= found.length;
  }
}

/** The mark between the items of a list, where symbols are one; null where nothing but white space separates them. */
export function separatorOf({ reading: { joiner } }: Pick<Context, 'reading'>): string | null {
  const mark = joiner.trim();
  return mark === ',' || mark === ';' ? mark : null;
}

/** An answer without the separator of a special token that was the next item of a list. */
export function withoutSeparator(text: string, context: Context): string {
  const separator = separatorOf(context);
  const said = text.trimEnd();
  return separator !== null && said.endsWith(separator) ? said.slice(0, -separator.length) : text;
}

/** Whether a mark belongs to the sample; each is looked for once. */
function ofSample(context: Context): (mark: string) => boolean {
  const known = new Map<string, boolean>();
  return (mark) => {
    const own = known.get(mark) ?? isOfSample(mark.trim(), context); // its line end is none of a symbol's
    known.set(mark, own);
    return own;
  };
}
