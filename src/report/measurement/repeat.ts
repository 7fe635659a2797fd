/** Everything that is needed to ask again: who was asked, what the probe found, prompts, settings, versions, costs. */
import type { Json } from '../../common/json.ts';
import type { RespondentRows } from '../../measure/store/rows.ts';
import { commandText } from '../../measure/store/command-text.ts';
import { symbolOf } from '../shared/ink.ts';
import { count, decimal, duration, plural } from '../shared/format.ts';
import { html } from '../shared/html.ts';
import type { Content, Html } from '../shared/html.ts';
import { facts, scrollTable } from '../shared/parts.ts';
import { promptTexts } from '../shared/prompts.ts';
import { foldedSection } from '../shared/section.ts';
import { time } from '../shared/times.ts';
import type { MeasureView, RespondentView } from './view.ts';

export function repeat({ respondents }: MeasureView): Html {
  return foldedSection({
    anchor: 'repeat',
    heading: 'To repeat this',
    gist: 'The command, what was found out about the server, costs, versions and prompts.',
    body: respondents.map(respondentPart),
  });
}

function respondentPart({ model, rows, anchor }: RespondentView): Html {
  const last = rows.runs.at(-1);
  return html`<h3 id="${anchor}">${symbolOf(model)} ${model.name}</h3>
    ${last && html`<pre class="raw"><code>${commandText(last)}</code></pre>`}
    ${facts([['folder', rows.folder], ...Object.entries(rows.respondent).map(fact)])}
    ${
      rows.capabilities.length > 0 &&
      html`<h4>What the server can do, as the probe found</h4>
        <ul class="capabilities">
          ${rows.capabilities.map((line) => html`<li>${line}</li>`)}
        </ul>`
    }
    ${rows.runs.length > 0 && html`<h4>Runs and costs</h4>`} ${rows.runs.length > 0 && facts(costs(rows))}
    ${rows.runs.length > 0 && runTable(rows)} ${promptTexts(rows.asked)}`;
}

function fact([name, value]: [string, Json]): [string, Content] {
  return [name, typeof value === 'string' ? value : JSON.stringify(value)];
}

function costs({ spent }: RespondentRows): [string, Content][] {
  return [
    ['requests', `${count(spent.requests)}, failed attempts included`],
    ['tokens', `${count(spent.promptTokens)} of prompts, ${count(spent.completionTokens)} of outputs`],
    ...(spent.money === null ? [] : [['money', decimal(spent.money)] as [string, Content]]),
    ...(spent.seconds === null
      ? []
      : [['time', `${duration(spent.seconds)} a request, on average`] as [string, Content]]),
  ];
}

function runTable({ runs }: RespondentRows): Html {
  return html`<details>
    <summary>${plural(runs.length, 'run')}</summary>
    ${scrollTable({
      caption: 'Every run of the command',
      columns: [
        { label: 'began' },
        { label: 'ended' },
        { label: 'how it ended' },
        { label: 'lengthwise' },
        { label: 'Node' },
        { label: 'system' },
        { label: 'API' },
        { label: 'lengths' },
        { label: 'n a length', numeric: true },
      ],
      rows: runs.map((run): Content[] => [
        time(run.started),
        run.ended === null ? '–' : time(run.ended),
        run.ending ?? 'still running, or killed',
        run.lengthwise,
        run.node,
        run.platform,
        run.api,
        run.lengths === null ? `searched, up to ${run.maxLength}` : run.lengths.join(', '),
        `${run.lengths === null ? '≤ ' : ''}${run.n}${run.repeats > 1 ? ` × ${run.repeats}` : ''}`,
      ]),
    })}
  </details>`;
}
