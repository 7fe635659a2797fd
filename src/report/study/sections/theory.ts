/** What theory says of a task, with the gist of its certificate and its program. */
import type { Json } from '../../../common/json.ts';
import type { PredictionJson } from '../../../study/rows.ts';
import { html } from '../../shared/html.ts';
import type { Html } from '../../shared/html.ts';
import type { TaskView } from '../view/view.ts';
import { facts } from '../../shared/parts.ts';
import { verdictBadge } from './badge.ts';

/** A certificate may hold a monoid's whole table: this much of it is shown. */
const MOST_CHARACTERS = 20_000;

/** Where it stands what theory says of a task of the study. */
export function theoryAnchor({ anchor }: Pick<TaskView, 'anchor'>): string {
  return `${anchor}-theory`;
}

export function theory(task: TaskView): Html | null {
  if (task.predictions.length === 0) return null;
  return html`<div class="theory" id="${theoryAnchor(task)}">
    <h3>What theory says</h3>
    ${task.predictions.map((said) => prediction(said, task.name))}
  </div>`;
}

const MEANING = {
  in: 'There is a program in C-RASP for it: some transformer does it at every length, and an idealised learner that has seen long enough texts finds it.',
  out: 'No C-RASP program does it at every length: a transformer trained on short texts is not expected to carry it over to all longer ones.',
  unknown: 'Neither a program nor a proof that there is none was found.',
};

const STATUS: Readonly<Record<string, string>> = {
  published: 'published',
  derived: 'proved here by the certificate',
  conjectured: 'conjectured',
};

/** What theory says of a task, with its proof. `name`: what the study calls it. */
export function prediction(said: PredictionJson, name: string): Html {
  const program = programOf(said.certificate);
  const argument = textOf(said.argument);
  return html`<p>
      ${verdictBadge(said.verdict)} <b>${fragmentName(said.fragment)}</b>
      <span class="quiet">(${STATUS[said.status] ?? said.status})</span>. ${MEANING[said.verdict]}
      ${aboutAnother(said, name)}
    </p>
    ${argument !== '' && html`<p>${argument}</p>`}
    ${
      program !== null &&
      html`<details class="print">
        <summary>The program, in C-RASP</summary>
        <pre><code>${clipped(program)}</code></pre>
      </details>`
    }
    ${said.certificate !== null && certificate(said)}`;
}

/** Theory speaks of tasks over symbols; what the study calls by another name is one of them underneath. */
function aboutAnother({ subject }: PredictionJson, name: string): Html | null {
  const about = typeof subject === 'string' ? subject : null;
  return about === null || about === name
    ? null
    : html`This is about <b>${about}</b>: ${name} is the same task with items (or lines) in place of symbols.`;
}

/** Said elsewhere on the page, or of use to programs only. */
const NOT_IN_GIST = ['verdict', 'subject', 'fragment', 'read', 'status', 'format', 'version', 'seal'];

function certificate({ subject, read, certificate: all }: PredictionJson): Html {
  const text = flatJson(all);
  const evidence = isObject(all) ? (all.evidence ?? null) : null;
  return html`<details>
    <summary>The certificate</summary>
    ${
      text.length <= MOST_CHARACTERS &&
      html`<p>
        Save it and check it with <code>lengthwise certificate verify FILE</code>: the checker shares no code
        with what made it.
      </p>`
    }
    ${facts([['subject', textOf(subject)], ['read-out', `at ${read}`], ...scalars(all), ...scalars(evidence)])}
    <pre class="long" tabindex="0"><code>${clipped(text)}</code></pre>
  </details>`;
}

/** The short texts and numbers of an object, by name; programs and tables stand elsewhere. */
function scalars(value: Json): [string, string][] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, inner]): [string, string][] =>
    inner === null || typeof inner === 'object' || String(inner).includes('\n') || NOT_IN_GIST.includes(name)
      ? []
      : [[name, String(inner)]],
  );
}

/** JSON with lists of plain values on one line each. */
function flatJson(value: Json): string {
  return JSON.stringify(value, null, 1).replace(
    /\[\n([^[\]{}]*)\n *\]/g,
    (_, inner: string) => `[${inner.replace(/\n? +/g, ' ').trim()}]`,
  );
}

function fragmentName(fragment: string): string {
  if (fragment === 'plain') return 'for models without positions (plain C-RASP)';
  if (fragment === 'pos') return 'for models with positions (C-RASP[pos])';
  return fragment;
}

/** A text as it is; of an object its texts, each with its name. */
function textOf(value: Json | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'object') return String(value);
  if (!isObject(value)) return value.map(textOf).join(' ');
  return Object.entries(value)
    .map(([name, inner]) => `${name}: ${textOf(inner)}`)
    .join('; ');
}

/** The program in a certificate: the first text under one of these names, wherever it stands. */
function programOf(value: Json): string | null {
  if (value === null || typeof value !== 'object') return null;
  if (isObject(value)) {
    const text = value.program ?? value.schema;
    if (typeof text === 'string') return text;
  }
  for (const inner of Object.values(value)) {
    const found = programOf(inner);
    if (found !== null) return found;
  }
  return null;
}

function isObject(value: Json): value is Readonly<Record<string, Json>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function clipped(text: string): string {
  if (text.length <= MOST_CHARACTERS) return text;
  return `${text.slice(0, MOST_CHARACTERS)}\n… ${text.length - MOST_CHARACTERS} more characters`;
}
