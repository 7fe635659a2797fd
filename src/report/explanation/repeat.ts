/** What it takes to get the same numbers: commands, options, the model's hash, versions. */
import type { ExplainReportInput } from '../../explain/rows.ts';
import { shellWord } from '../../common/shell-word.ts';
import { plural } from '../shared/format.ts';
import { html } from '../shared/html.ts';
import type { Content, Html } from '../shared/html.ts';
import { facts, scrollTable } from '../shared/parts.ts';
import { foldedSection } from '../shared/section.ts';
import { time } from '../shared/times.ts';

export function repeat({ folder, target, model, options, runs, explanations }: ExplainReportInput): Html {
  const commands = [...new Set(runs.map(({ command }) => command))];
  const last = folder === '' ? [] : [`lengthwise report ${shellWord(folder)}`];
  return foldedSection({
    anchor: 'repeat',
    heading: 'To repeat this',
    gist: 'The commands, options, versions, and the model’s hash.',
    body: html`<pre class="raw"><code>${[...commands, ...last].join('\n')}</code></pre>
      ${facts([
        ['model', target],
        ['SHA-256', model],
        ['prompt', [...new Set(explanations.map(({ prompt }) => prompt))].join(', ')],
        ...Object.entries(options).map(([name, value]): [string, Content] => [
          name,
          typeof value === 'string' ? value : JSON.stringify(value),
        ]),
      ])}
      <details>
        <summary>${plural(runs.length, 'run')}</summary>
        ${scrollTable({
          caption: 'Every run of the command that explained something',
          columns: [{ label: 'began' }, { label: 'lengthwise' }, { label: 'Node' }, { label: 'system' }],
          rows: runs.map((run): Content[] => [time(run.started), run.lengthwise, run.node, run.platform]),
        })}
      </details>`,
  });
}
