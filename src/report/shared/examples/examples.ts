/** Wrong answers as they came, a few of each model: what was asked, what is right, what came. */
import type { AnswerExample, CellRow } from '../../../score/tables/rows.ts';
import { symbolOf } from '../ink.ts';
import { count, shorten } from '../format.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { ModelView } from '../ink.ts';
import { wordsOfError } from '../words.ts';
import { alignedCopy, alignedLookup } from './aligned.ts';

const MOST_EXAMPLES = 3;
const RAW_CHARACTERS = 600;
/** Of more models than this the examples are folded. */
const MODELS_OPEN = 3;

/** The wrong answers of one model on one task. */
export interface ExamplesOf {
  readonly model: ModelView;
  /** Tell how frequent each kind of error is. */
  readonly cells: readonly Pick<CellRow, 'errors'>[];
  readonly examples: readonly AnswerExample[];
  /** What stands between two symbols. */
  readonly joiner: string;
}

export function examplesOf(models: readonly ExamplesOf[]): Html | null {
  const shown = models.filter(({ examples }) => examples.length > 0);
  if (shown.length === 0) return null;
  return html`<div class="examples">
    <h3>Errors, as they happened</h3>
    <p class="quiet legend-words">
      <span class="due">[In brackets, underlined]</span>: what is right. <del>Struck through</del>: what came
      instead. ∅: nothing there.
    </p>
    ${shown.map((each) => modelPart(each, models.length === 1, shown.length <= MODELS_OPEN))}
  </div>`;
}

function modelPart(each: ExamplesOf, single: boolean, open: boolean): Html {
  const name = html`${symbolOf(each.model)} ${each.model.name}`;
  const list = html`<ol>
    ${chosen(each).map((example) => exampleOf(example, each.joiner))}
  </ol>`;
  if (single) return list;
  return open
    ? html`<h4>${name}</h4>
        ${list}`
    : html`<details>
        <summary>${name}</summary>
        ${list}
      </details>`;
}

/** One of each kind of error, from the most frequent kind on and of the shortest sources; then further ones. */
function chosen({ cells, examples }: ExamplesOf): AnswerExample[] {
  const frequency = (kind: string): number =>
    cells.reduce((sum, { errors }) => sum + (Object.hasOwn(errors, kind) ? errors[kind] : 0), 0);
  const sorted = examples.toSorted((a, b) => frequency(b.error) - frequency(a.error) || a.length - b.length);
  const firsts = sorted.filter((row, i) => sorted.findIndex(({ error }) => error === row.error) === i);
  const others = sorted.filter((row) => !firsts.includes(row));
  return [...firsts, ...others].slice(0, MOST_EXAMPLES);
}

function exampleOf(example: AnswerExample, joiner: string): Html {
  const { error, length, index, query, truncated, raw } = example;
  return html`<li>
    <p class="kind">
      ${wordsOfError(error).title}
      <span class="quiet"
        >· length ${count(length)},
        ${index < 0 ? `line ${-index}` : `sample ${index + 1}`}${truncated && ' · cut off by a limit'}</span
      >
    </p>
    ${query === null && example.answer.length > 1 ? alignedCopy(example, joiner) : lookup(example)}
    ${
      raw !== null &&
      html`<details>
        <summary>The whole output</summary>
        <pre class="raw">${shorten(raw, RAW_CHARACTERS)}</pre>
      </details>`
    }
  </li>`;
}

/** Symbols of an answer to a look-up that are shown: a model may say anything at any length. */
const MOST_SAID = 60;
const SAID_CHARACTERS = 120;

function lookup(example: AnswerExample): Html {
  const said = clipped(example.output);
  return html`${alignedLookup(example)}
    <dl class="instance">
      ${example.query !== null && short('Query', html`<b>${shorten(example.query, SAID_CHARACTERS)}</b>`)}
      ${short('Right answer', html`<span class="due">[${clipped(example.answer)}]</span>`)}
      ${short('The model said', said === '' ? html`<span class="quiet">∅ nothing</span>` : html`<del>${said}</del>`)}
    </dl>`;
}

function short(name: string, value: Html): Html {
  return html`<div class="short">
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}

function clipped(symbols: readonly string[]): string {
  return shorten(symbols.slice(0, MOST_SAID).join(' '), SAID_CHARACTERS);
}
