/** Everything that is needed to ask again: who was asked, what the probe found, prompts, settings, versions, costs. */
import type { Json } from '../../common/json.ts';
import type { RespondentRows } from '../../measure/store/rows.ts';
import { shellWord } from '../../common/shell-word.ts';
import { commandsOf } from '../../measure/store/command-text.ts';
import type { Spent } from '../../score/tables/rows.ts';
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
  const folders = [...new Set(respondents.map(({ rows }) => rows.folder))];
  return foldedSection({
    anchor: 'repeat',
    heading: 'To repeat this',
    gist: 'The commands, what is known of whoever answered, costs, versions and prompts.',
    body: html`${commands(respondents, folders)}
    ${folders.map((folder) => folderPart(respondents.filter(({ rows }) => rows.folder === folder)))}`,
  });
}

/** Every command whose answers are on the page, and the one that makes the page of them. */
function commands(respondents: readonly RespondentView[], folders: readonly string[]): Html {
  const runs = folders.flatMap(
    (folder) => respondents.find(({ rows }) => rows.folder === folder)?.rows.runs ?? [],
  );
  const places = folders.filter((folder) => folder !== '').map(shellWord);
  const last =
    places.length === 0
      ? []
      : [`lengthwise ${places.length === 1 ? 'report' : 'compare'} ${places.join(' ')}`];
  return html`<pre class="raw"><code>${[...commandsOf(runs), ...last].join('\n')}</code></pre>`;
}

/** What a folder holds: one respondent, asked in one way or in several. */
function folderPart(respondents: readonly RespondentView[]): Html {
  const [{ rows }] = respondents;
  return html`${respondents.map(
    ({ model, anchor }) => html`<h3 id="${anchor}">${symbolOf(model)} ${model.name}</h3>`,
  )}
  ${facts([['folder', rows.folder], ...Object.entries(rows.respondent).map(fact)])}
  ${
    rows.capabilities.length > 0 &&
    html`<h4>What the server can do, as the probe found</h4>
      <ul class="capabilities">
        ${rows.capabilities.map((line) => html`<li>${line}</li>`)}
      </ul>`
  }
  ${rows.runs.length > 0 && html`<h4>Runs and costs</h4>`}
  ${rows.runs.length > 0 && facts(costs(respondents.map((each) => each.rows.spent)))}
  ${rows.runs.length > 0 && runTable(rows)} ${promptTexts(respondents.flatMap((each) => each.rows.asked))}`;
}

function fact([name, value]: [string, Json]): [string, Content] {
  return [name, typeof value === 'string' ? value : JSON.stringify(value)];
}

/** Of all that a folder holds. */
function costs(spent: readonly Spent[]): [string, Content][] {
  const sum = (of: (each: Spent) => number | null): number =>
    spent.reduce((total, each) => total + (of(each) ?? 0), 0);
  const timed = spent.filter(({ seconds }) => seconds !== null);
  const requests = timed.reduce((total, each) => total + each.requests, 0);
  const seconds = timed.reduce((total, each) => total + (each.seconds ?? 0) * each.requests, 0);
  return [
    [
      'requests',
      `${count(sum((each) => each.requests))}, with those of the probe, of pilots, and sent again`,
    ],
    [
      'tokens',
      `${count(sum((each) => each.promptTokens))} of prompts, ${count(sum((each) => each.completionTokens))} of outputs`,
    ],
    ...(spent.some(({ money }) => money !== null)
      ? [['money', decimal(sum((each) => each.money))] as [string, Content]]
      : []),
    ...(requests === 0
      ? []
      : [['time', `${duration(seconds / requests)} an answer, on average`] as [string, Content]]),
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
