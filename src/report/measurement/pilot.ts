/** Which prompts a pilot has chosen, and what the others reached in it (`--prompt auto`). */
import { chosenText } from '../../score/tables/chosen-text.ts';
import { pilotChoices } from '../../measure/store/pilots.ts';
import { percent } from '../../score/tables/percent.ts';
import { count } from '../shared/format.ts';
import type { Content, Html } from '../shared/html.ts';
import { scrollTable } from '../shared/parts.ts';
import { foldedSection } from '../shared/section.ts';
import type { MeasureView, RespondentView } from './view.ts';

type Choice = ReturnType<typeof pilotChoices>[number];

/** Null where all prompts were named. */
export function pilots({ respondents }: MeasureView): Html | null {
  const chosen = respondents.flatMap((respondent) =>
    choicesFor(respondent).map((choice) => ({ respondent, choice })),
  );
  if (chosen.length === 0) return null;
  const several = respondents.length > 1;
  return foldedSection({
    anchor: 'pilot',
    heading: 'How prompts were chosen',
    gist: chosen
      .map(({ respondent, choice }) => `${several ? `${respondent.model.name}: ` : ''}${sentence(choice)}`)
      .join(' '),
    body: scrollTable({
      caption:
        'Right answers in the pilot, to samples that were asked for nothing else: they are in no n of this page. A prompt that was clearly behind was asked fewer.',
      columns: [
        ...(several ? [{ label: 'model' }] : []),
        { label: 'tasks that share a prompt' },
        { label: 'prompt' },
        { label: 'task' },
        { label: 'n', numeric: true },
        { label: 'right', numeric: true },
        { label: 'accuracy', numeric: true },
        { label: 'chosen' },
      ],
      rows: chosen.flatMap(({ respondent, choice }) =>
        choice.scores.map(({ prompt, task, n, right }): Content[] => [
          ...(several ? [respondent.model.name] : []),
          choice.family.replaceAll('+', ', '),
          prompt,
          task,
          count(n),
          count(right),
          n === 0 ? '–' : percent(right / n),
          prompt === choice.chosen ? 'yes' : '',
        ]),
      ),
    }),
  });
}

function choicesFor({ rows }: RespondentView): readonly Choice[] {
  return pilotChoices(rows.runs, rows.asked).filter(({ scores }) => scores.length > 0);
}

/** `UR, UL: asked by pair, chosen in a pilot.` */
function sentence(choice: Choice): string {
  const { family, chosen, elicits } = choice;
  const tasks = family.replaceAll('+', ', ');
  return elicits
    ? `${tasks}: asked by “${chosen}”, ${chosenText(choice)} in a pilot.`
    : `${tasks}: no prompt tried elicits this; asked by “${chosen}”.`;
}
