/**
 * Thoughts that a model writes into its text are set apart: opened and closed, several blocks, only closed (the prompt's
 * template opened them), never closed. What stands in them is not the answer, tags and stop marks included.
 */
import type { Change, Context, Draft } from '../draft.ts';
import { solutionOf } from './solution.ts';

/** Names of thoughts written as tags: DeepSeek-R1, Qwen3, EXAONE, Hunyuan and many fine-tuned models. */
const NAMES = [
  'think',
  'thinking',
  'thought',
  'thoughts',
  'reason',
  'reasoning',
  'reflection',
  'scratchpad',
  'analysis',
  'inner_monologue',
  'antthinking',
];

/** Those that also come with the model's name or an effort: `<longcat_think>`, `<seed:think>`, `<ifm|think_fast>` (K2). */
const CORE = '(?:think|thinking|thought|thoughts|reasoning|reflection)';
const PREFIX = '(?!no[_-])(?:[a-z0-9]{1,20}[_:|.-]){0,3}';
const SUFFIX = '(?:_(?:fast|faster|process|content|trace|steps|block))?';
const NAME = `(?:${PREFIX}${CORE}${SUFFIX}|(?:[a-z]{1,12}:)?(?:${NAMES.join('|')}))`;

/** Open WebUI's, which a summary and HTML for people follow; its end is the end of thoughts only where it began one. */
const DETAILS = String.raw`<details\s(?:[^<>\n]{0,60}\s)?type=["']?reasoning\b[^<>\n]{0,60}>`;
const DETAILS_END = '</details>';

/** Other marks that open thoughts: Magistral, openPangu, Sky-T1, Cohere, Solar Open, Apertus, Kimi, Gemma, Granite, Apriel. */
const OPENING = [
  DETAILS,
  String.raw`\[think\]`,
  String.raw`\[unused16\]`,
  String.raw`<\|(?:begin|start)(?:_of)?_${CORE}\|>`,
  String.raw`<\|${CORE}[_:](?:begin|start)\|>`,
  String.raw`(?:<\|begin\|>assistant)?<\|(?:think|thinking)\|>`,
  String.raw`<\|inner_prefix\|>`,
  '◁think▷',
  String.raw`<\|channel>thought`,
  '<unused94>thought',
  String.raw`here(?: is|'s) my thought process:`,
  'here are my reasoning steps:',
];

const CLOSING = [
  String.raw`\[/think\]`,
  String.raw`\[unused17\]`,
  String.raw`<\|end(?:_of)?_${CORE}\|>`,
  String.raw`<\|${CORE}[_:]end\|>`,
  String.raw`<\|/(?:think|thinking)\|>`,
  String.raw`<\|end\|>\s{0,9}(?:<\|begin\|>assistant\s{0,9})?<\|content\|>`,
  String.raw`<\|inner_suffix\|>`,
  '◁/think▷',
  String.raw`<channel\|>`,
  '<unused95>',
  String.raw`here(?: is|'s) my response:`,
  String.raw`\[begin final response\]`,
];

/** A tag may have attributes, or a suffix as in `<think:opensource>`. */
const OPEN = String.raw`<${NAME}(?:[:\s][^<>\n]{0,60})?>|${OPENING.join('|')}`;
const CLOSE = String.raw`</${NAME}(?:[:\s][^<>\n]{0,60})?>|${CLOSING.join('|')}`;
const MARK = new RegExp(`(?<open>${OPEN})|(?<close>${CLOSE}|${DETAILS_END})`, 'giu');
const ANY_MARK = new RegExp(`${OPEN}|${CLOSE}`, 'iu');

/** Whether a mark of thoughts stands in a text: whoever writes one thinks before it answers. */
export function hasThoughtMark(text: string): boolean {
  return ANY_MARK.test(text);
}

/** As far back as one looks for the beginning of a line: an opening mark in the middle of a sentence is only spoken of. */
const LINE_LOOK = 200;

/** More marks than this are no thoughts, but a model in a loop: what follows them is left as it is. */
const MOST_MARKS = 10_000;

/** Marks have few forms; one with attributes may have many. */
const MOST_KNOWN = 100;

interface Mark {
  readonly opens: boolean;
  readonly at: number;
  readonly end: number;
}

export function thoughts(draft: Draft, context: Context): Change | null {
  if (!/[<[◁:]/u.test(draft.text)) return null; // every mark has one of these; most outputs none
  const apart = setApart(draft, context);
  const thoughtful = apart !== null || draft.thoughts.length > 0;
  const solution = solutionOf(apart?.text ?? draft.text, context, thoughtful);
  if (solution === null) return apart;
  const { text, before, after, ended, extra } = solution;
  return { ...apart, text, before, after, ended: draft.ended || ended, extra: draft.extra + extra };
}

/** Thoughts, and the text without them; null where there are none. */
function setApart(draft: Draft, context: Context): (Change & Required<Pick<Change, 'text'>>) | null {
  const marks = marksOf(draft.text, context);
  if (marks.length === 0) return null;
  const inside: string[] = [];
  let outside: string[] = [];
  let [from, opened] = [0, -1];
  for (const { opens, at, end } of marks) {
    if (opened !== -1) {
      if (opens) continue;
      inside.push(draft.text.slice(opened, at));
      opened = -1;
      from = end;
    } else if (opens) {
      outside.push(draft.text.slice(from, at));
      opened = end;
    } else {
      // Only closed: all that came before it was a thought.
      inside.push(...outside.filter((piece) => piece.trim() !== ''), draft.text.slice(from, at));
      outside = [];
      from = end;
    }
  }
  const last = lastOpening(marks);
  const openThought =
    opened !== -1 && (last === undefined || inside.length > 0 || beginsLine(draft.text, last.at));
  if (openThought) inside.push(draft.text.slice(opened));
  else if (opened !== -1 && last !== undefined) outside.push(draft.text.slice(last.at));
  else outside.push(draft.text.slice(from));
  if (inside.length === 0 && !openThought) return null;
  return {
    text: joined(outside),
    thoughts: [...draft.thoughts, ...inside.map((piece) => piece.trim()).filter((piece) => piece !== '')],
    openThought,
  };
}

/** The opening mark after the last closing one: the one that is still open. */
function lastOpening(marks: readonly Mark[]): Mark | undefined {
  const closed = marks.findLastIndex(({ opens }) => !opens);
  return marks.find(({ opens }, i) => opens && i > closed);
}

/** The marks in a text, but for those that belong to the prompt or to the sample itself. */
function marksOf(text: string, { reading, gold, expected }: Context): Mark[] {
  const ofPrompt = [...(reading.tags ?? []), ...reading.stop].map((mark) => mark.trim().toLowerCase());
  const known = new Map<string, boolean>();
  const isThought = (mark: string): boolean => {
    let is = known.get(mark);
    if (is === undefined) {
      const inSample =
        gold.includes(mark) || (expected.symbols ?? []).some((symbol) => symbol.includes(mark));
      is = !inSample && !ofPrompt.includes(mark.toLowerCase());
      if (known.size < MOST_KNOWN) known.set(mark, is);
    }
    return is;
  };
  const marks: Mark[] = [];
  let inDetails = false;
  for (const { 0: mark, groups, index } of text.matchAll(MARK)) {
    if (!isThought(mark) || (mark.toLowerCase() === DETAILS_END && !inDetails)) continue;
    inDetails = /^<details/i.test(mark) || (inDetails && mark.toLowerCase() !== DETAILS_END);
    marks.push({ opens: groups?.open !== undefined, at: index, end: index + mark.length });
    if (marks.length === MOST_MARKS) break;
  }
  return marks;
}

function beginsLine(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - LINE_LOOK), at);
  return before.slice(before.lastIndexOf('\n') + 1).trim() === '';
}

/** Pieces of answer between thoughts, each on lines of its own. Line breaks after a thought belong to it. */
function joined(pieces: readonly string[]): string {
  const kept = pieces.filter((piece) => piece.trim() !== '').map(withoutFirstBreaks);
  return kept.join('\n');
}

export function withoutFirstBreaks(text: string): string {
  const white = text.length - text.trimStart().length;
  return text.slice(text.lastIndexOf('\n', white - 1) + 1);
}
