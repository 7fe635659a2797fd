import { expect, it } from 'vitest';
import { askableNamed, askableNames } from '../../prompt/askable.ts';
import { allPrompts } from '../../prompt/files.node.ts';
import { readTemplate } from '../../prompt/template.ts';
import { promptOf } from '../asking/prompts.ts';
import { mitigationsOf } from '../mitigations/table.ts';
import { promptFile } from './prompt-file.ts';

it('every prompt of every mitigation is read again from its file as it is', () => {
  let read = 0;
  for (const name of askableNames()) {
    const task = askableNamed(name);
    for (const api of ['completions', 'chat'] as const) {
      for (const own of allPrompts(task.shape, api)) {
        for (const { prompting } of mitigationsOf(task, { chunk: 4 })) {
          for (const one of prompting) {
            const prompt = promptOf(task, own, one, api);
            const defined = Object.fromEntries(
              Object.entries(prompt).filter(([, value]) => value !== undefined),
            );
            expect(
              readTemplate(promptFile(prompt, ['a line', 'with\nanother']), prompt.name, 'x.yaml'),
            ).toEqual(defined);
            read += 1;
          }
        }
      }
    }
  }
  expect(read).toBeGreaterThan(500);
});

it('line ends and blanks at the end are written in quotation marks', () => {
  const [own] = allPrompts('copying', 'completions');
  expect(promptFile(own, ['How UF is asked.'])).toContain(
    'between: "\\n\\n"\nsymbols: " "\nstop:\n  - "\\n"\n',
  );
});
