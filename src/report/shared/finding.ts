/** What was found, in one sentence made from the horizons. */
import { percentLevel } from '../../score/tables/percent.ts';
import { shortHorizonText } from '../../score/tables/horizon-text.ts';
import type { HorizonRow } from '../../score/tables/rows.ts';
import { list, plural } from './format.ts';
import { html, join } from './html.ts';
import type { Content } from './html.ts';

export interface Found {
  readonly task: string;
  readonly horizon: HorizonRow | undefined;
}

/** Names that a sentence can hold; more are counted. */
const MOST_NAMES = 5;

/** Ways a horizon can come out, with the words for them. */
const GROUPS: readonly { readonly words: string; readonly is: (row: HorizonRow) => boolean }[] = [
  { words: 'at every length asked', is: ({ length, censored }) => length !== null && censored },
  { words: 'up to the length named', is: ({ length, censored }) => length !== null && !censored },
  { words: 'not even at the shortest length', is: ({ length, undecided }) => length === null && !undecided },
  { words: 'too few answers to tell', is: ({ length, undecided }) => length === null && Boolean(undecided) },
];

/** `90 % right at every length asked on 2 of 11 tasks (UR ≥ 60, UF ≥ 60), up to some length on 3 (…), …` */
export function horizonSentence(found: readonly Found[]): Content {
  const asked = found.flatMap(({ task, horizon }) =>
    horizon === undefined || horizon.shortest === null ? [] : [{ task, horizon }],
  );
  if (asked.length === 0) return 'nothing was asked.';
  const parts = GROUPS.map(({ words, is }) => ({ words, own: asked.filter(({ horizon }) => is(horizon)) }))
    .filter(({ own }) => own.length > 0)
    .map(({ words, own }, i) => {
      const amount = i === 0 ? `${own.length} of ${plural(asked.length, 'task')}` : String(own.length);
      const names = own.map(({ task, horizon }) => `${task} ${lowerBound(horizon)}`.trim());
      return html`${words} on ${amount} (${some(names)})`;
    });
  const levels = [...new Set(asked.map(({ horizon }) => percentLevel(horizon.threshold)))];
  return html`${list(levels)} right ${join(parts, ', ')}.`;
}

/** The horizon as far as it is shown: of `≥ 20, ≤ 80` the first part. */
function lowerBound(horizon: HorizonRow): string {
  if (horizon.length === null) return horizon.undecided ? '' : shortHorizonText(horizon);
  return shortHorizonText(horizon).split(',')[0];
}

/** `UR, UL and 4 more`; a name is never broken over two lines. */
export function some(names: readonly string[]): Content {
  const shown = names.length <= MOST_NAMES ? names : names.slice(0, MOST_NAMES - 1);
  const more = names.length - shown.length;
  return html`${join(shown.map(nowrap), ', ')}${more > 0 && ` and ${more} more`}`;
}

function nowrap(text: string): Content {
  return html`<span class="nowrap">${text}</span>`;
}
