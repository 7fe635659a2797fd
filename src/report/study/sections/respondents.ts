/** The models behind addresses: how each was asked about each task, with which prompts, and what it took. */
import { count, decimal, plural } from '../../shared/format.ts';
import type { Table } from '../../shared/figure.ts';
import { html } from '../../shared/html.ts';
import type { Content, Html } from '../../shared/html.ts';
import { promptTexts } from '../../shared/prompts.ts';
import type { AskedRow, AskItem } from '../../../study/rows.ts';
import { scrollTable } from '../../shared/parts.ts';

export function respondents(items: readonly AskItem[]): Html | null {
  if (items.length === 0) return null;
  const names = [...new Set(items.map(({ model }) => model ?? ''))];
  return html`<h3>Respondents</h3>
    ${scrollTable(table(items))}
    ${names.map((name) =>
      respondent(
        name,
        items.filter(({ model }) => model === name),
      ),
    )}`;
}

function table(items: readonly AskItem[]): Table {
  return {
    caption: `How each was asked (n = ${items.length}), and what it cost, as the server counts`,
    columns: [
      { label: 'respondent' },
      { label: 'task' },
      { label: 'lengths' },
      { label: 'n a length', numeric: true },
      { label: 'seed', numeric: true },
      { label: 'API' },
      { label: 'prompt' },
      { label: 'requests', numeric: true },
      { label: 'tokens of prompts', numeric: true },
      { label: 'tokens of outputs', numeric: true },
      { label: 'money', numeric: true },
      { label: 'failed' },
    ],
    rows: items.map(row),
  };
}

function row(item: AskItem): Content[] {
  const { lengths, maxLength, n, repeats, seed, api } = item.spec;
  const asked = askedOf(item);
  return [
    item.model,
    item.task,
    lengths === null ? `searched, up to ${maxLength ?? '–'}` : lengths.join(', '),
    `${lengths === null ? '≤ ' : ''}${n}${repeats > 1 ? ` × ${repeats}` : ''}`,
    seed,
    asked?.api ?? api ?? '–',
    item.spec.tasks[0].prompts?.[asked?.api === 'chat' ? 'chat' : 'completions'].name ?? 'auto',
    ...(asked === undefined
      ? ['–', '–', '–', '–']
      : [asked.requests, asked.promptTokens, asked.completionTokens].map(count)),
    ...(asked === undefined ? [] : [asked.money === null ? '–' : decimal(asked.money)]),
    asked === undefined ? item.state : withoutAnswer(asked),
  ];
}

function withoutAnswer({ failures, budgetSpent }: AskedRow): string {
  const reasons = failures.map(({ reason, count: times }) => `${count(times)}: ${reason}`);
  return [...reasons, ...(budgetSpent ? ['the budget was spent'] : [])].join('; ') || 'none';
}

function askedOf({ rows }: AskItem): AskedRow | undefined {
  return rows.find((each) => each.kind === 'asked');
}

/** What all items of one respondent have in common. */
function respondent(name: string, items: readonly AskItem[]): Html {
  const [{ spec }] = items;
  const { endpoint, model, temperature, decide, body } = spec;
  const capabilities = items.map(askedOf).find((asked) => asked !== undefined)?.capabilities ?? [];
  return html`<details>
    <summary>${name}: ${model} at ${endpoint}, asked about ${plural(items.length, 'task')}</summary>
    <ul class="capabilities">
      <li>temperature ${temperature}; answers decided by ${decide}</li>
      ${Object.keys(body).length > 0 && html`<li>further fields of every request: <code>${JSON.stringify(body)}</code></li>`}
      ${capabilities.map((line) => html`<li>${line}</li>`)}
    </ul>
    ${promptTexts(
      items.flatMap(({ task, spec: { tasks, rendering }, rows }) => {
        const chat = rows.some((each) => each.kind === 'asked' && each.api === 'chat');
        const prompt = tasks[0].prompts?.[chat ? 'chat' : 'completions'];
        return prompt === undefined ? [] : [{ task, prompt, rendering: { ...rendering } }];
      }),
    )}
  </details>`;
}
