/** The prompts that were used, whole: each once, with the tasks that it served. */
import type { AskedTask } from '../../measure/store/rows.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';

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
