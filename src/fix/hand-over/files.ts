/** What is handed over of a mitigation: what to do in code, in two languages, and how the model is asked. Texts of files. */
import type { PromptApi } from '../../prompt/template.ts';
import type { PlainTask } from '../asking/asked.ts';
import { promptOf } from '../asking/prompts.ts';
import type { Mitigation } from '../mitigations/mitigation.ts';
import type { FixResult } from '../outcome/rows.ts';
import { predictTask } from '../../predict/index.ts';
import { pythonOf } from '../transform/python.ts';
import { typescriptOf } from '../transform/typescript.ts';
import { promptFile } from './prompt-file.ts';

/** A file of the folder: its name and its text. */
export interface HandedFile {
  readonly name: string;
  readonly text: string;
}

/** Files of the mitigation that is recommended; none where none is. */
export function handedFiles(
  { recommended, task }: Pick<FixResult, 'recommended' | 'task'>,
  mitigations: readonly Mitigation[],
  plain: PlainTask,
  api: PromptApi,
): HandedFile[] {
  const mitigation = mitigations.find(({ name }) => name === recommended);
  if (mitigation === undefined) return [];
  const { name, title, identity, transform, prompting } = mitigation;
  const about = [`${task} by ${name}: ${title}.`, `Why it is right: ${identity}.`];
  const code = { name, task, transform, about };
  const prompts = prompting.map((one) => promptOf(plain.task, plain.promptFor(api), one, api));
  return [
    ...prompts.map((prompt, i) => ({
      name: prompts.length === 1 ? 'prompt.yaml' : `prompt-${i + 1}.yaml`,
      text: promptFile(prompt, [`How ${transform.asks[i].task} is asked for ${task} by ${name}.`]),
    })),
    ...certificateOf(mitigation),
    { name: 'transform.ts', text: typescriptOf(code) },
    { name: 'transform.py', text: pythonOf(code) },
  ];
}

/** The proof that what is asked instead can be learned, where there is one. */
function certificateOf({ theory: { task, verdict, kind } }: Mitigation): HandedFile[] {
  if (task === null || verdict !== 'in' || kind !== 'proved') return [];
  return [{ name: 'certificate.json', text: `${JSON.stringify(predictTask(task).certificate, null, 2)}\n` }];
}
