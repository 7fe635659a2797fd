/** A model's horizon at a glance, in a cell of the summary: the numbers stand beside it. */
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { Outcome } from '../../study/view.ts';

const WIDTH = 150;
const HEIGHT = 16;
const MIDDLE = HEIGHT / 2;

export function horizonBar({ horizon, runs, trainedOn, model }: Outcome, longest: number): Html {
  const x = (length: number): string => ((length / longest) * (WIDTH - 8) + 2).toFixed(1);
  const ends = runs.map((run) => run.horizon).filter((end) => end !== undefined && end !== null);
  return html`<svg class="bar" viewBox="0 0 ${WIDTH} ${HEIGHT}" aria-hidden="true">
    ${trainedOn && html`<line x1="${x(trainedOn.min)}" x2="${x(trainedOn.max)}" y1="${MIDDLE}" y2="${MIDDLE}" stroke="var(--shade)" stroke-width="${HEIGHT}" />`}
    <line x1="${x(0)}" x2="${x(longest)}" y1="${MIDDLE}" y2="${MIDDLE}" stroke="var(--rule)" />
    ${horizon && html`<line x1="${x(0)}" x2="${x(horizon)}" y1="${MIDDLE}" y2="${MIDDLE}" stroke="${model.ink.colour}" stroke-width="4" />`}
    ${[...new Set(ends)].map((end) => html`<line x1="${x(end)}" x2="${x(end)}" y1="2" y2="${HEIGHT - 2}" stroke="${model.ink.colour}" stroke-width="${end === horizon ? 2.5 : 1}" />`)}
  </svg>`;
}
