/** Everything that is needed to repeat the study. */
import { decimal, duration, plural } from '../../shared/format.ts';
import { html } from '../../shared/html.ts';
import type { Content, Html } from '../../shared/html.ts';
import type { Environment, StudyItem } from '../../../study/rows.ts';
import type { StudyView } from '../view/view.ts';
import { configuration } from './configuration.ts';
import { respondents } from './respondents.ts';
import { facts, scrollTable } from '../../shared/parts.ts';
import { foldedSection } from '../../shared/section.ts';
import { shellWord } from '../../../common/shell-word.ts';

export function repeat(study: StudyView): Html {
  const { input } = study;
  return foldedSection({
    anchor: 'repeat',
    heading: 'To repeat this',
    gist: 'The command, the study file, versions, settings and items.',
    body: html`<p>Save the study file below as <code>${input.file.name}</code>, then:</p>
      <pre><code>lengthwise study run ${shellWord(input.file.name)} --out ${shellWord(`runs/${stem(input.file.name)}`)}</code></pre>
      <p class="quiet">${sameAgain(study)}</p>
      <h3>Study file</h3>
      <pre class="file"><code>${input.file.text}</code></pre>
      <h3>Machine and versions</h3>
      ${input.environments.map(environment)}
      <h3>Time</h3>
      ${facts(durations(study.work))} ${(study.trains || study.pretrains) && html`<h3>Training runs</h3>`}
      ${configuration(input.items.filter((item) => item.kind === 'train'))}
      ${respondents(input.items.filter((item) => item.kind === 'ask'))}
      <h3>Items</h3>
      <details>
        <summary>
          ${plural(study.work.length, 'item')}, each named by the hash of all that determines its result
        </summary>
        ${scrollTable(itemTable(input.items))}
      </details>`,
  });
}

function sameAgain({ trains, pretrains, asks }: StudyView): string {
  const weights = 'The same seeds give the same weights and the same answers on the same kind of machine.';
  const questions = 'Respondents are asked the same; their answers may differ.';
  return [...(trains || pretrains || !asks ? [weights] : []), ...(asks ? [questions] : [])].join(' ');
}

function environment(used: Environment): Html {
  return facts([
    ['lengthwise', used.lengthwise],
    ['Node', used.node],
    ['ONNX Runtime', used.onnxruntime],
    ['System', used.platform],
    ['Processor', `${used.cpu}, ${plural(used.cores, 'core')}`],
    ['Memory', `${decimal(used.memoryGiB)} GiB`],
  ]);
}

function durations(items: readonly StudyItem[]): [string, Content][] {
  const kinds = ['predict', 'train', 'measure', 'ask', 'finetune', 'explain', 'fix'] as const;
  return kinds.flatMap((kind): [string, Content][] => {
    const worked = items.filter((item) => item.kind === kind && item.seconds !== null);
    if (worked.length === 0) return [];
    const seconds = worked.reduce((sum, item) => sum + (item.seconds ?? 0), 0);
    return [[kind, `${duration(seconds)} of work in ${plural(worked.length, 'item')}`]];
  });
}

function itemTable(items: readonly StudyItem[]): Parameters<typeof scrollTable>[0] {
  return {
    caption: 'All items of the plan',
    columns: [
      { label: 'item' },
      { label: 'kind' },
      { label: 'task' },
      { label: 'model' },
      { label: 'seed', numeric: true },
      { label: 'state' },
      { label: 'time', numeric: true },
    ],
    rows: items.map((item): Content[] => [
      html`<code>${item.hash}</code>`,
      item.kind,
      item.task,
      item.model ?? '–',
      item.seed ?? '–',
      item.state,
      item.seconds === null ? '–' : duration(item.seconds),
    ]),
  };
}

function stem(name: string): string {
  return name.replace(/\.[^.]*$/, '');
}
