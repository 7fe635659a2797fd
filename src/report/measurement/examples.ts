/** Wrong answers as they came, of each respondent a few. */
import type { AnswerExample } from '../../score/tables/rows.ts';
import { symbolOf } from '../shared/figures/marks.ts';
import { count, shorten } from '../shared/format.ts';
import { html } from '../shared/html.ts';
import type { Html } from '../shared/html.ts';
import { wordsOfError } from '../shared/words.ts';
import { alignedCopy, alignedLookup } from './aligned.ts';
import { total } from './view.ts';
import type { Entry, OperationView } from './view.ts';

const MOST_EXAMPLES = 3;
const RAW_CHARACTERS = 600;

export function examplesOf(operation: OperationView): Html | null {
  const shown = operation.entries.filter(({ examples }) => examples.length > 0);
  if (shown.length === 0) return null;
  return html`<div class="examples">
    <h3>Errors, as they happened</h3>
    <p class="quiet legend-words">
      <span class="due">[brackets, underlined]</span>: what is right. <del>Struck through</del>: what came
      instead. ∅: nothing stands there.
    </p>
    ${shown.map(
      (entry) =>
        html`${operation.entries.length > 1 && html`<h4>${symbolOf(entry.respondent.model)} ${entry.respondent.model.name}</h4>`}
          <ol>
            ${chosen(entry).map((example) => exampleOf(example, entry))}
          </ol>`,
    )}
  </div>`;
}

/** One of each kind of error, from the most frequent kind on; then further ones. */
function chosen({ cells, examples }: Entry): AnswerExample[] {
  const frequency = (kind: string): number => total(cells, ({ errors }) => errors[kind]);
  const sorted = examples.toSorted((a, b) => frequency(b.error) - frequency(a.error) || a.length - b.length);
  const firsts = sorted.filter((row, i) => sorted.findIndex(({ error }) => error === row.error) === i);
  const others = sorted.filter((row) => !firsts.includes(row));
  return [...firsts, ...others].slice(0, MOST_EXAMPLES);
}

function exampleOf(example: AnswerExample, { asked }: Entry): Html {
  const { error, length, query, truncated, raw } = example;
  return html`<li>
    <p class="kind">
      ${wordsOfError(error).title}
      <span class="quiet"
        >· length ${count(length)}, question ${example.index + 1}${truncated && ' · cut off by a limit'}</span
      >
    </p>
    ${query === null && example.answer.length > 1 ? alignedCopy(example, asked?.joiner ?? ' ') : lookup(example)}
    ${
      raw !== null &&
      html`<details>
        <summary>All that came</summary>
        <pre class="raw">${shorten(raw, RAW_CHARACTERS)}</pre>
      </details>`
    }
  </li>`;
}

function lookup(example: AnswerExample): Html {
  const said = example.output.join(' ');
  return html`${alignedLookup(example)}
    <dl class="instance">
      ${example.query !== null && short('Query', html`<b>${clipped(example.query)}</b>`)}
      ${short('Right answer', html`<span class="due">[${clipped(example.answer.join(' '))}]</span>`)}
      ${short('The model said', said === '' ? html`<span class="quiet">∅ nothing</span>` : html`<del>${clipped(said)}</del>`)}
    </dl>`;
}

function short(name: string, value: Html): Html {
  return html`<div class="short">
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}

function clipped(text: string): string {
  return shorten(text, 120);
}
