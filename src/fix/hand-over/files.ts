/** What is handed over of a mitigation: what to do in code, in two languages, and how the model is asked. Texts of files. */
import { predictTask } from '../../predict/index.ts';
import { asSent } from '../../prompt/as-sent.ts';
import { chatMessages, completionText, renderPrompt } from '../../prompt/render.ts';
import type { PromptApi, PromptTemplate } from '../../prompt/template.ts';
import { askedTask } from '../asking/askables.ts';
import type { PlainTask } from '../asking/asked.ts';
import { promptOf } from '../asking/prompts.ts';
import type { Mitigation } from '../mitigations/mitigation.ts';
import type { FixResult } from '../outcome/rows.ts';
import { pythonOf } from '../transform/python.ts';
import { typescriptOf } from '../transform/typescript.ts';
import { promptFile } from './prompt-file.ts';

/** A file of the folder: its name and its text. */
export interface HandedFile {
  readonly name: string;
  readonly text: string;
}

/** Whether a file of that name is one that is handed over. */
export function isHanded(name: string): boolean {
  return /^((prompt|example)(-\d+)?\.(yaml|txt)|transform\.(ts|py)|certificate\.json)$/.test(name);
}

/** How the samples of a result were asked. */
export interface HowAsked {
  readonly plain: PlainTask;
  readonly api: PromptApi;
}

/** The files of a mitigation. */
export function handedFiles(
  mitigation: Mitigation,
  { length, task, seed }: { readonly length: number } & Pick<FixResult, 'task' | 'seed'>,
  { plain, api }: HowAsked,
): HandedFile[] {
  const { name, title, identity, transform, prompting } = mitigation;
  const about = [`${task} by ${name}: ${title}.`, `Why it is right: ${identity}.`];
  const code = { name, task, transform, about };
  const asks = prompting.map((one, i) => {
    const template = promptOf(plain.task, plain.promptFor(api), one, api);
    const number = prompting.length === 1 ? '' : `-${i + 1}`;
    const line = `How ${transform.asks[i].task} is asked for ${task} by ${name}.`;
    return [
      { name: `prompt${number}.yaml`, text: promptFile(asSent(template, plain.rendering), [line]) },
      {
        name: `example${number}.txt`,
        text: exampleText(mitigation, i, template, { plain, api, length, seed }),
      },
    ];
  });
  return [
    ...asks.flat(),
    ...certificateOf(mitigation),
    { name: 'transform.ts', text: typescriptOf(code) },
    { name: 'transform.py', text: pythonOf(code) },
  ];
}

/** One question as it was sent, demonstrations included, and the right answer to it. */
function exampleText(
  mitigation: Mitigation,
  ask: number,
  template: PromptTemplate,
  { plain, api, length, seed }: HowAsked & { readonly length: number; readonly seed: number },
): string {
  const { task } = askedTask(plain.task, mitigation, ask, 'fresh');
  const { prompt, instance } = renderPrompt(task, template, { length, seed, index: 0 }, plain.rendering);
  const sent = api === 'chat' ? JSON.stringify(chatMessages(prompt), null, 2) : completionText(prompt);
  const { asks } = mitigation.transform;
  return [
    `One question (${asks[ask].task}) as it was sent${api === 'chat' ? ', as messages' : ''}. The last source (and query) is the question: put yours in its place.`,
    '',
    '----- sent',
    sent,
    '----- right answer',
    instance.answer.join(template.symbols),
    '',
  ].join('\n');
}

/** The proof that what is asked instead can be learned, where there is one. */
function certificateOf({ theory: { task, verdict, kind } }: Mitigation): HandedFile[] {
  if (task === null || verdict !== 'in' || kind !== 'proved') return [];
  return [{ name: 'certificate.json', text: `${JSON.stringify(predictTask(task).certificate, null, 2)}\n` }];
}
