/** What was found, in one sentence made from the horizons. */
import { percentLevel } from '../../score/tables/percent.ts';
import { shortHorizonText } from '../../score/tables/horizon-text.ts';
import type { HorizonRow } from '../../score/tables/rows.ts';
import { list, plural } from './format.ts';

export interface Found {
  readonly task: string;
  readonly horizon: HorizonRow | undefined;
}

/** Names that a sentence can hold; more are counted. */
const MOST_NAMES = 5;

/** `90 % right at every length asked on 2 of 11 tasks (UR ≥ 60, UF ≥ 60); up to some length on 3 (…); …` */
export function horizonSentence(found: readonly Found[]): string {
  const asked = found.flatMap(({ task, horizon }) =>
    horizon === undefined || horizon.shortest === null ? [] : [{ task, horizon }],
  );
  if (asked.length === 0) return 'nothing was answered.';
  const groups = [
    { words: 'at every length asked', is: (row: HorizonRow) => row.length !== null && row.censored },
    { words: 'up to some length', is: (row: HorizonRow) => row.length !== null && !row.censored },
    { words: 'not even at the shortest', is: (row: HorizonRow) => row.length === null && !row.undecided },
    { words: 'undecided', is: (row: HorizonRow) => row.length === null && Boolean(row.undecided) },
  ];
  const parts = groups.flatMap(({ words, is }) => {
    const own = asked.filter(({ horizon }) => is(horizon));
    return own.length === 0 ? [] : [{ words, own }];
  });
  const texts = parts.map(({ words, own }, i) => {
    const amount = i === 0 ? `${own.length} of ${plural(asked.length, 'task')}` : String(own.length);
    const names = own.map(({ task, horizon }) => `${task} ${shortHorizonText(horizon)}`);
    return `${words} on ${amount} (${some(names)})`;
  });
  const levels = [...new Set(asked.map(({ horizon }) => percentLevel(horizon.threshold)))];
  return `${list(levels)} right ${texts.join(', ')}.`;
}

/** `UR, UL and 4 more`. */
export function some(names: readonly string[]): string {
  if (names.length <= MOST_NAMES) return names.join(', ');
  return `${names.slice(0, MOST_NAMES - 1).join(', ')} and ${names.length - MOST_NAMES + 1} more`;
}
