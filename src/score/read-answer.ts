/**
 * From an output to an answer: the filters of a reading in their order, each of which says whether it changed something.
 * What is set apart is kept, so that it neither counts as part of the answer nor disappears.
 */
import type { Output } from './output.ts';
import { contextOf, draftOf, isOfSample, symbolsIn, visibleLength } from './reading/draft.ts';
import type { Context, Draft, Expected } from './reading/draft.ts';
import { filters, settingApart, wrappings } from './reading/filters/index.ts';
import { withoutFirstBreaks } from './reading/filters/thoughts.ts';
import type { FilterName, Reading } from './reading/reading.ts';
import { onlySymbolIn } from './reading/shown-value.ts';

export interface ReadAnswer {
  /** The answer, after all filters. */
  readonly answer: string;
  /** The output without thoughts and channel marks, as it came otherwise. */
  readonly outside: string;
  /** The same as far as the first stop mark. */
  readonly beforeStop: string;
  /** Whether the output is a list of one text, written as a text (`['b']`): all else is of the text in it. */
  readonly inList: boolean;
  /** Whether it was too long to be read to its end, so that it is no right answer whatever it begins with. */
  readonly endless: boolean;
  /** The filters that took off something that the prompt doesn't ask for, in the reading's order. */
  readonly changed: readonly FilterName[];
  /** All thoughts, those that the respondent set apart itself first; null where there are none. */
  readonly thoughts: string | null;
  /** Characters of text before and after the answer: no white space, thoughts and marks. */
  readonly extra: number;
  /** Whether the answer ended by a mark of its own: a stop mark, a closing tag, the end of its channel. */
  readonly ended: boolean;
  /** Whether a thought began that never ended, or nothing came but thoughts. */
  readonly openThought: boolean;
  /** Whether a tool was called instead of an answer. */
  readonly called: boolean;
}

/** How often wrappings in wrappings are taken off. */
const MOST_ROUNDS = 8;

/** Of an output, thoughts included, this many characters are read: what thinks for longer has no answer in time. */
const MOST_OUTPUT = 2 ** 23;

/** Of what is left without thoughts, this many (and twice the right answer's): what has not ended by then is a loop. */
const MOST_ANSWER = 2 ** 19;

/**
 * Reads the answer out of an output. Which answer is right decides nothing here but what no filter may take off: marks
 * that belong to the sample's own symbols. Time and memory are linear in the output, and bounded.
 */
export function readAnswer(output: Output, reading: Reading, expected: Expected): ReadAnswer {
  const context = contextOf(reading, expected);
  const inList = textInListOf(output, context);
  const isListed =
    inList !== null && !isInFormOf(expected.recorded, { text: output.text ?? '', inList }, context);
  const came = inList ?? output.text ?? '';
  const setApart = output.thoughts?.trim() ?? '';
  const whole = came.slice(0, MOST_OUTPUT);
  const start = setApart === '' ? draftOf(whole) : draftOf(withoutFirstBreaks(whole), [setApart]);
  const own = reading.filters.filter((name) => settingApart.includes(name));
  const apart = filtered(start, own, context);
  const outside = shortened(apart.draft, context);
  const said = outside.before + outside.text + outside.after;
  // Where a prompt states an order in which other filters come first, they see the thoughts, too.
  const first = own.every((name, i) => reading.filters[i] === name);
  const rest = first
    ? filtered(outside, reading.filters.slice(own.length), context)
    : filtered(shortened(start, context), reading.filters, context);
  const { draft } = rest;
  const changed = first ? [...apart.changed, ...rest.changed] : [...rest.changed];
  const beforeStop = reading.filters.includes('stop')
    ? filtered({ ...outside, text: said }, ['stop'], context).draft.text
    : said;
  const { thoughts } = draft;
  const nothingElse = thoughts.length > 0 && said.trim() === '' && !draft.called;
  return {
    answer: draft.text,
    outside: said,
    beforeStop,
    inList: inList !== null,
    endless: !draft.ended && (isLonger(came, whole) || isLonger(apart.draft.text, outside.text)),
    changed: inOrder(isListed ? ['list', ...changed] : changed, reading),
    thoughts: thoughts.length === 0 ? null : thoughts.join('\n\n'),
    extra: draft.extra,
    ended: draft.ended,
    openThought: draft.openThought || nothingElse,
    called: draft.called,
  };
}

/** The text of an output that is a list of one text, as tools write it into a table, or one value as Python shows it; null where it is none, or the sample has such marks. */
function textInListOf({ text }: Pick<Output, 'text'>, context: Context): string | null {
  const { inList = false, lead } = context.reading;
  if (!inList || text === null || lead.includes('[') || isOfSample('[', context)) return null;
  return onlySymbolIn(text, symbolsIn(context));
}

/** Whether an output is a list as the recorded right answer is one. */
function isInFormOf(
  recorded: string | undefined,
  { text, inList }: { readonly text: string; readonly inList: string },
  context: Context,
): boolean {
  const right = recorded === undefined ? null : textInListOf({ text: recorded }, context);
  return right !== null && recorded?.trim().replace(right, '') === text.trim().replace(inList, '');
}

/** Names of filters, each once: `list` first where the whole output was one. */
function inOrder(names: readonly FilterName[], { filters: order }: Reading): readonly FilterName[] {
  const first = names[0] === 'list' ? names.slice(0, 1) : [];
  return [...first, ...order.filter((name) => names.includes(name) && !first.includes(name))];
}

function isLonger(text: string, read: string): boolean {
  return text.length > read.length;
}

/** Without what is too far behind to be an answer, which counts as text after it. */
function shortened(draft: Draft, { gold }: Context): Draft {
  const { text, extra } = draft;
  const most = MOST_ANSWER + 2 * gold.length;
  if (text.length <= most) return draft;
  return { ...draft, text: text.slice(0, most), extra: extra + visibleLength(text.slice(most)) };
}

function filtered(
  start: Draft,
  names: readonly FilterName[],
  context: Context,
): { readonly draft: Draft; readonly changed: ReadonlySet<FilterName> } {
  const changed = new Set<FilterName>();
  let draft = start;
  const apply = (name: FilterName): boolean => {
    const change = filters[name](draft, context);
    if (change === null) return false;
    const { asAsked = false, ...rest } = change;
    draft = { ...draft, ...rest };
    if (!asAsked) changed.add(name);
    return true;
  };
  names.forEach(apply);
  const again = names.filter((name) => wrappings.includes(name));
  for (let round = 1; round < MOST_ROUNDS && again.map(apply).includes(true); round++);
  return { draft, changed };
}
