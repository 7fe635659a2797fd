/**
 * Thoughts that a model writes into its text are set apart: opened and closed, several blocks, only closed (the prompt's
 * template opened them), never closed. What stands in them is not the answer, tags and stop marks included.
 */
import type { Change, Context, Draft } from '../draft.ts';

/**
 * Names of thoughts written as tags: DeepSeek-R1, Qwen3, EXAONE, Hunyuan and many fine-tuned models; with a prefix
 * Seed-OSS (`<seed:think>`) and MiniMax M3 (`<mm:think>`).
 */
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

/** Open WebUI's, which a summary and HTML for people follow; its end is the end of thoughts only where it began one. */
const DETAILS = String.raw`<details\s(?:[^<>\n]{0,60}\s)?type=["']?reasoning\b[^<>\n]{0,60}>`;
const DETAILS_END = '</details>';

/** Other marks that open thoughts: Magistral, Sky-T1, Cohere, Kimi, Gemma, Granite. */
const OPENING = [
  DETAILS,
  String.raw`\[think\]`,
  String.raw`<\|(?:begin_of_thought|start_thinking|begin_of_thinking|think|thinking)\|>`,
  '◁think▷',
  String.raw`<\|channel>thought`,
  '<unused94>thought',
  String.raw`here(?: is|'s) my thought process:`,
];

const CLOSING = [
  DETAILS_END,
  String.raw`\[/think\]`,
  String.raw`<\|(?:end_of_thought|end_thinking|end_of_thinking|/think|/thinking)\|>`,
  '◁/think▷',
  String.raw`<channel\|>`,
  '<unused95>',
  String.raw`here(?: is|'s) my response:`,
];

/** A tag may have attributes, or a suffix as in `<think:opensource>`. */
const MARK = new RegExp(
  String.raw`(?<open><(?:[a-z]{1,12}:)?(?:${NAMES.join('|')})(?:[:\s][^<>\n]{0,60})?>|${OPENING.join('|')})|` +
    String.raw`(?<close></(?:[a-z]{1,12}:)?(?:${NAMES.join('|')})(?:[:\s][^<>\n]{0,60})?>|${CLOSING.join('|')})`,
  'giu',
);

/** Marks that some thinking models put around what follows their thoughts. */
const SOLUTIONS = [
  ['<|begin_of_solution|>', '<|end_of_solution|>'],
  ['<|start_response|>', '<|end_response|>'],
  ['<answer>', '</answer>'],
  ['<response>', '</response>'],
  ['<solution>', '</solution>'],
] as const;

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
  const solution = solutionOf(joined(outside), context);
  return {
    text: solution.text,
    ended: draft.ended || solution.ended,
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

function solutionOf(text: string, { reading }: Context): { readonly text: string; readonly ended: boolean } {
  const core = text.trimStart();
  for (const [open, close] of SOLUTIONS) {
    if (core.slice(0, open.length).toLowerCase() !== open || reading.tags?.[0].toLowerCase() === open)
      continue;
    const inner = core.slice(open.length);
    const end = inner.toLowerCase().lastIndexOf(close);
    return { text: end === -1 ? inner : inner.slice(0, end), ended: end !== -1 };
  }
  return { text, ended: false };
}
