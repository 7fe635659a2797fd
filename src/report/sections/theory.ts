/** What theory says of a task, with the gist of its certificate and its program. */
import type { Json } from '../../common/json.ts';
import type { PredictionJson } from '../../study/rows.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { TaskView } from '../view.ts';
import { facts } from './parts.ts';
import { verdictBadge } from './summary.ts';

/** A certificate may hold a monoid's whole table: this much of it is shown. */
const MOST_CHARACTERS = 20_000;

export function theory(task: TaskView): Html | null {
  if (task.predictions.length === 0) return null;
  return html`<div class="theory">
    <h4>What theory says</h4>
    ${task.predictions.map(prediction)}
  </div>`;
}

const MEANING = {
  in: 'There is a program in C-RASP for it, so some transformer does it at every length, and an idealised learner that has seen long enough texts finds it.',
  out: 'No C-RASP program does it at every length, so a transformer trained on short texts is not expected to carry it over to all longer ones.',
  unknown: 'Neither a program nor a proof that there is none was found.',
};

function prediction(said: PredictionJson): Html {
  const program = programOf(said.certificate);
  return html`<p>
      ${verdictBadge(said.verdict)} <b>in ${fragmentName(said.fragment)}</b>
      <span class="quiet">(${said.status})</span>. ${MEANING[said.verdict]}
    </p>
    ${gistOf(said.argument)}
    ${
      program !== null &&
      html`<details>
        <summary>The program</summary>
        <pre><code>${clipped(program)}</code></pre>
      </details>`
    }
    <details>
      <summary>The certificate</summary>
      ${facts([
        ['Subject', textOf(said.subject)],
        ['Read-out', said.read],
      ])}
      <pre><code>${clipped(JSON.stringify(said.certificate, null, 2))}</code></pre>
    </details>`;
}

function fragmentName(fragment: string): string {
  return fragment === 'plain' ? 'plain C-RASP' : fragment === 'pos' ? 'C-RASP with positions' : fragment;
}

function gistOf(argument: Json): Html | null {
  const text = textOf(argument);
  return text === '' ? null : html`<p>${text}</p>`;
}

/** A text as it is; of an object its texts, each with its name. */
function textOf(value: Json | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return value.map((inner: Json) => textOf(inner)).join(' ');
  return Object.entries(value)
    .map(([name, inner]) => `${name}: ${textOf(inner)}`)
    .join('; ');
}

/** The program in a certificate: the first text under a key `program` or `source`, wherever it stands. */
export function programOf(certificate: Json): string | null {
  if (certificate === null || typeof certificate !== 'object') return null;
  if (!Array.isArray(certificate)) {
    for (const name of ['program', 'source']) {
      const text = (certificate as Readonly<Record<string, Json>>)[name];
      if (typeof text === 'string') return text;
    }
  }
  for (const inner of Object.values(certificate) as Json[]) {
    const found = programOf(inner);
    if (found !== null) return found;
  }
  return null;
}

function clipped(text: string): string {
  if (text.length <= MOST_CHARACTERS) return text;
  return `${text.slice(0, MOST_CHARACTERS)}\n… ${text.length - MOST_CHARACTERS} more characters`;
}
