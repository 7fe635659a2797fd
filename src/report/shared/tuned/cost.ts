/** What fine-tuning took, and what it cost in ordinary English. */
import type { FinetuneResult } from '../../../fix/finetuned/rows.ts';
import { trainedText } from '../../../fix/finetuned/text.ts';
import { count, duration } from '../format.ts';
import { html } from '../html.ts';
import type { Content, Html } from '../html.ts';
import { facts, scrollTable } from '../parts.ts';

export function tunedCost({ method, n, perplexity, models }: FinetuneResult): Html {
  const number = (label: string) => ({ label, numeric: true });
  const readsText = perplexity !== null;
  return html`${facts([
    ['What was trained', method],
    ['Trained lengths', trainedText(models, '–')],
    ['Samples a length', count(n)],
  ])}
  ${scrollTable({
    caption: `Every fine-tuning${readsText ? '. Perplexity: of a bundled English text, per token; more is worse' : ''}`,
    columns: [
      ...[{ label: 'task' }, number('seed'), number('steps'), number('time'), number('numbers trained')],
      ...(readsText ? [number('perplexity, before → after')] : []),
      { label: 'folder' },
    ],
    rows: models.map((model): Content[] => [
      ...[model.task, model.seed, count(model.steps), duration(model.seconds), count(model.parameters)],
      ...(readsText ? [`${perplexity.toFixed(2)} → ${model.perplexity?.toFixed(2) ?? '–'}`] : []),
      html`<code>${model.folder}</code>`,
    ]),
  })}`;
}
