/** What this was, and what the words on the page mean. */
import { html } from '../../shared/html.ts';
import type { Html } from '../../shared/html.ts';
import { terms, usualTerms } from '../../shared/terms.ts';
import type { StudyView } from '../view/view.ts';

const TRAINED =
  'Transformers were trained on short texts to look something up or to copy, and then asked the same about longer ones.';
const ASKED = 'Language models were asked to look something up in texts of many lengths, or to copy them.';
const BOTH = 'Language models trained by others were asked the same.';
const PRETRAINED = 'Transformers were pretrained on text, and asked to look something up or to copy.';
const FINETUNED =
  'Pretrained models were fine-tuned to look something up or to copy, and asked the same before and after.';

export function studyTerms(study: StudyView): Html {
  const { tasks, asks, pretrains } = study;
  const cells = tasks.flatMap((task) => task.outcomes.flatMap((outcome) => outcome.cells));
  const several = tasks.some((task) => task.outcomes.some(({ runs }) => runs.length > 1));
  return terms(usualTerms(cells), [
    ['this study', whatWasDone(study)],
    ['length', 'The number of symbols (or lines) in the text asked about; query and answer don’t count.'],
    [
      'in, out',
      html`What theory (C-RASP) says of the task. <i>In</i>: some transformer does it at every length, and an
        idealised learner that has seen long enough texts finds it. <i>Out</i>: no transformer of the kind
        that theory describes does it at every length.`,
    ],
    ...(asks || pretrains
      ? ([
          [
            'not covered',
            asks
              ? 'Said of a model that was not trained here: its positions are unknown, so no theorem covers it, whether it holds or fails.'
              : 'Said of a model that was not trained on the task: no theorem covers it, whether it holds or fails.',
          ],
        ] as const)
      : []),
    ...(several
      ? ([
          [
            'seed',
            'The number from which a training’s random choices come. Each seed is another model: in an interval over seeds each is one observation, whatever the number of samples, so that few seeds say little about others.',
          ],
        ] as const)
      : []),
  ]);
}

function whatWasDone({ trains, pretrains, bases, asks }: StudyView): string {
  const here = [
    ...(trains ? [TRAINED] : []),
    ...(pretrains ? [PRETRAINED] : []),
    ...(bases.length > 0 ? [FINETUNED] : []),
  ];
  if (asks) return [...here, here.length > 0 ? BOTH : ASKED].join(' ');
  return here.length > 0 ? here.join(' ') : TRAINED;
}
