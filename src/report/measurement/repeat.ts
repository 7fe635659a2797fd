/** Everything that is needed to ask again: who was asked, what the probe found, prompts, settings, versions, costs. */
import type { Json } from '../../common/json.ts';
import type { AskedTask, RespondentRows, Sitting } from '../../score/tables/rows.ts';
import { symbolOf } from '../shared/figures/marks.ts';
import { count, decimal, duration, plural } from '../shared/format.ts';
import { html } from '../shared/html.ts';
import type { Content, Html } from '../shared/html.ts';
import { facts, scrollTable } from '../shared/parts.ts';
import { shellWord } from '../study/sections/repeat.ts';
import type { MeasureView, RespondentView } from './view.ts';

export function repeat({ respondents }: MeasureView): Html {
  return html`<section id="repeat" aria-labelledby="repeat-heading">
    <h2 id="repeat-heading">To repeat this</h2>
    ${respondents.map(respondentPart)}
  </section>`;
}

function respondentPart({ model, rows, anchor }: RespondentView): Html {
  const last = rows.sittings.at(-1);
  return html`<h3 id="${anchor}">${symbolOf(model)} ${model.name}</h3>
    ${last && html`<pre class="raw"><code>${commandOf(last)}</code></pre>`}
    ${facts([['folder', rows.folder], ...Object.entries(rows.respondent).map(fact)])}
    ${
      rows.capabilities.length > 0 &&
      html`<h4>What the server can do, as the probe found</h4>
        <ul class="capabilities">
          ${rows.capabilities.map((line) => html`<li>${line}</li>`)}
        </ul>`
    }
    ${rows.sittings.length > 0 && html`<h4>Sittings and costs</h4>`}
    ${rows.sittings.length > 0 && facts(costs(rows))} ${rows.sittings.length > 0 && sittingTable(rows)}
    ${promptTexts(rows.asked)}`;
}

function fact([name, value]: [string, Json]): [string, Content] {
  return [name, typeof value === 'string' ? value : JSON.stringify(value)];
}

function costs({ spent }: RespondentRows): [string, Content][] {
  return [
    ['requests', `${count(spent.requests)}, attempts that went wrong among them`],
    ['tokens', `${count(spent.promptTokens)} of prompts, ${count(spent.completionTokens)} of answers`],
    ...(spent.money === null ? [] : [['money', decimal(spent.money)] as [string, Content]]),
    ...(spent.seconds === null
      ? []
      : [
          ['time', `${duration(spent.seconds)} from a question to its answer, on average`] as [
            string,
            Content,
          ],
        ]),
  ];
}

function sittingTable({ sittings }: RespondentRows): Html {
  return html`<details>
    <summary>${plural(sittings.length, 'sitting')}</summary>
    ${scrollTable({
      caption: 'Every time that the command was run',
      columns: [
        { label: 'Begun' },
        { label: 'Ended' },
        { label: 'How' },
        { label: 'lengthwise' },
        { label: 'Node' },
        { label: 'System' },
        { label: 'API' },
        { label: 'Lengths' },
        { label: 'n a length', numeric: true },
      ],
      rows: sittings.map((sitting): Content[] => [
        sitting.started,
        sitting.ended ?? '–',
        sitting.ending ?? 'runs, or was killed',
        sitting.lengthwise,
        sitting.node,
        sitting.platform,
        sitting.api,
        sitting.lengths === null ? `searched, up to ${sitting.maxLength}` : sitting.lengths.join(', '),
        `${sitting.lengths === null ? '≤ ' : ''}${sitting.n}${sitting.repeats > 1 ? ` × ${sitting.repeats}` : ''}`,
      ]),
    })}
  </details>`;
}

/** Each prompt once, with the tasks that it served. */
export function promptTexts(asked: readonly Pick<AskedTask, 'task' | 'prompt' | 'rendering'>[]): Html | null {
  if (asked.length === 0) return null;
  const texts = new Map<string, { name: string; tasks: string[] }>();
  for (const { task, prompt, rendering } of asked) {
    const text = JSON.stringify({ ...prompt, options: rendering }, null, 1);
    const known = texts.get(text) ?? { name: prompt.name, tasks: [] };
    known.tasks.push(task);
    texts.set(text, known);
  }
  return html`<h4>Prompts</h4>
    ${[...texts].map(
      ([text, { name, tasks }]) =>
        html`<details>
          <summary>${name}, for ${tasks.join(', ')}</summary>
          <pre class="long" tabindex="0"><code>${text}</code></pre>
        </details>`,
    )}`;
}

/** The command that asks the same, from its options; values of headers are not known here. */
function commandOf({ options, api }: Sitting): string {
  const { endpoint = '', model = '', task = null, ...others } = options;
  const ordered = { endpoint, model, task, ...others, api };
  const words = Object.entries(ordered).flatMap(([name, value]) => optionWords(name, value));
  return ['lengthwise measure', ...words].join(' ');
}

function optionWords(name: string, value: Json): string[] {
  const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  if (['out', 'json', 'preview', 'progress'].includes(name) || value === null) return [];
  if (name === 'header') return (value as string[]).map((header) => `${flag} ${shellWord(`${header}: …`)}`);
  if (value === true) return name === 'separator' ? [] : [flag];
  if (value === false) return [`--no-${flag.slice(2)}`];
  if (Array.isArray(value)) return [`${flag} ${value.map(String).join(',')}`];
  if (typeof value === 'object') {
    const { min, max } = value as { min?: number; max?: number };
    return [`${flag} ${min ?? ''}-${max ?? ''}`];
  }
  return [`${flag} ${shellWord(String(value))}`];
}
