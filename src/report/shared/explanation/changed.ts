/** The heads of a model before and after fine-tuning: what its answers depended on, and what they depend on now. */
import { headName } from '../../../explain/ablation/head.ts';
import { needOf, NOTABLE } from '../../../explain/edges/needed.ts';
import type { EdgeNeed, NeededEdges } from '../../../explain/edges/needed.ts';
import type { ExplainedHead, Explanation, HeadScore } from '../../../explain/rows.ts';
import { percent } from '../../../score/tables/percent.ts';
import type { Figure, Table } from '../figure.ts';
import { html } from '../html.ts';
import type { Content } from '../html.ts';
import { edgeBars } from './edges.ts';
import { lagProfiles } from './lags.ts';
import { headMaps, scoreText } from './maps.ts';
import { scoreTitle, signed } from './names.ts';

/** One task of one base, explained before and after it was fine-tuned on it, on the same samples. */
export interface ChangedHeads {
  readonly task: string;
  /** Of the fine-tuning; null where there is one only. */
  readonly seed: number | null;
  readonly before: Explanation;
  readonly after: Explanation;
  /** Where it was explained on samples of other symbols than it was fine-tuned on: both. */
  readonly otherSymbols?: { readonly asked: readonly string[]; readonly trained: readonly string[] } | null;
}

type When = 'before' | 'after';
const WHEN: readonly When[] = ['before', 'after'];

/** The two ways to a neighbour. */
const CIRCUITS: readonly { readonly edges: NeededEdges; readonly name: string }[] = [
  { edges: 'induction', name: 'right circuit' },
  { edges: 'anti-induction', name: 'left circuit' },
];

/** Where a head looks from the symbol that the answer goes on from. */
const LOOKS: readonly HeadScore[] = ['inductionWithinSource', 'sameSymbol', 'antiInduction'];

/** What changed, in sentences made from the numbers: means over seeds, with the smallest and the largest. */
export function changedWords(changes: readonly ChangedHeads[]): string[] {
  return [
    ...symbolWords(changes),
    ...behaviourWords(changes),
    ...pullWords(changes),
    ...needWords(changes),
    ...missedWords(changes),
    ...lookWords(changes),
  ];
}

/** Why the accuracy that follows is another than before and after fine-tuning. */
function symbolWords([{ otherSymbols }]: readonly ChangedHeads[]): string[] {
  if (otherSymbols == null) return [];
  const { asked, trained } = otherSymbols;
  return [
    `Asked with other symbols than were trained: samples here are drawn from ${symbolsText(asked)}, those of the fine-tuning from ${symbolsText(trained)}. Accuracies here are therefore not those of the table of before and after.`,
  ];
}

/** `8 symbols (a b c d e f g h)`, `62 symbols (a b c d e f g h …)`. */
function symbolsText(symbols: readonly string[]): string {
  const shown = symbols.slice(0, MOST_SYMBOLS).join(' ');
  return `${symbols.length} symbols (${shown}${symbols.length > MOST_SYMBOLS ? ' …' : ''})`;
}

const MOST_SYMBOLS = 12;

function behaviourWords(changes: readonly ChangedHeads[]): string[] {
  const [{ before }] = changes;
  const right = WHEN.map((when) => percent(mean(changes.map((change) => change[when].behaviour.accuracy))));
  const side = beforeAfter(changes, ({ behaviour }) => behaviour.amongSymbols.rightMinusLeft);
  const preference =
    side === null ? '' : `; preference for the right neighbour over the left one, in logits: ${side}`;
  return [`Right at length ${before.length}: ${right.join(' → ')}${preference}.`];
}

/** Which circuit is the stronger, before and after. */
function pullWords(changes: readonly ChangedHeads[]): string[] {
  const pull = (edges: NeededEdges) => (one: Explanation) => needIn(one, edges)?.pull ?? null;
  const texts = CIRCUITS.map(({ edges }) => beforeAfter(changes, pull(edges)));
  if (texts.some((text) => text === null)) return [];
  const stronger = WHEN.map((when) => {
    const [right, left] = CIRCUITS.map(({ edges }) =>
      mean(changes.map((change) => pull(edges)(change[when])!)),
    );
    if (Math.max(right, left) < NOTABLE) return 'neither';
    return right >= left ? 'the right one' : 'the left one';
  });
  const said =
    stronger[0] === stronger[1]
      ? `${stronger[0]} before and after`
      : `${stronger[0]} before, ${stronger[1]} after`;
  return [
    `Strength in logits, each towards its own side: ${CIRCUITS.map(({ name, edges }, i) => `${name} (${edges} edges) ${texts[i]!}`).join('; ')}. The stronger: ${said}.`,
  ];
}

/** What the right answers depend on; edges may also work against them. */
function needWords(changes: readonly ChangedHeads[]): string[] {
  if (changes.some((change) => WHEN.some((when) => change[when].edges === null))) return [];
  const ofSeeds = (count: number) =>
    count === changes.length ? '' : ` (${count} of ${changes.length} seeds)`;
  const said = WHEN.map((when) => {
    const which = (is: (found: EdgeNeed) => boolean) =>
      CIRCUITS.flatMap(({ edges }) => {
        const count = changes.filter((change) => is(needIn(change[when], edges)!)).length;
        return count === 0 ? [] : [`the ${edges} edges${ofSeeds(count)}`];
      });
    const needed = which(({ need }) => need === 'needed');
    const against = which(({ harm }) => harm <= -NOTABLE);
    return [
      needed.length === 0
        ? 'none of these edges is shown to be needed'
        : `${needed.join(' and ')} are needed`,
      ...(against.length === 0 ? [] : [`${against.join(' and ')} work against the right answer`]),
    ].join(', ');
  });
  return [`Before, ${said[0]}; after, ${said[1]}.`];
}

/** The head whose loss harms most, of those that were really ablated. */
function missedWords(changes: readonly ChangedHeads[]): string[] {
  const text = headsText(
    changes,
    ({ heads }) => {
      const ablated = heads.filter((head) => harmOf(head) !== null);
      if (ablated.length === 0) return null;
      const [worst] = ablated.toSorted((a, b) => harmOf(b)! - harmOf(a)!);
      const harm = harmOf(worst)!;
      return harm < NOTABLE ? 'none' : { name: headName(worst), value: harm };
    },
    (harm) => signed(harm, 2),
  );
  return text === null ? [] : [`The head that is missed most, by nats a token: ${text}.`];
}

/** The marked heads that look most at the symbol after, the same symbol, and the one before. */
function lookWords(changes: readonly ChangedHeads[]): string[] {
  const parts = LOOKS.flatMap((score) => {
    if (changes.every(({ before, after }) => [before, after].every((one) => strongest(one, score) === null)))
      return [];
    const text = headsText(
      changes,
      (one) => {
        if (one.heads.every(({ scores }) => scores[score] === undefined)) return null;
        const found = strongest(one, score);
        return found === null ? 'none' : { name: headName(found), value: found.scores[score]!.value };
      },
      (value) => value.toFixed(2),
    );
    return text === null ? [] : [`at ${scoreTitle(score)}: ${text}`];
  });
  return parts.length === 0 ? [] : [`The marked head that looks most ${parts.join('; ')}.`];
}

interface NamedHead {
  readonly name: string;
  readonly value: number;
}

/**
 * `L1H2 (1.00) → L1H0 (0.98) in 2 of 3 seeds, none in 1 of 3`: before and after, seeds that have the same head together, with their
 * mean. Null where nothing is known.
 * @param of null: not known; `none`: no head is
 */
function headsText(
  changes: readonly ChangedHeads[],
  of: (one: Explanation) => NamedHead | 'none' | null,
  valueText: (value: number) => string,
): string | null {
  const sides = WHEN.map((when) => {
    const found = changes.flatMap((change) => of(change[when]) ?? []);
    const groups = [...Map.groupBy(found, (one) => (one === 'none' ? 'none' : one.name))];
    if (groups.length === 0) return null;
    return groups
      .toSorted(([, some], [, others]) => others.length - some.length)
      .map(([name, own]) => {
        const values = own.flatMap((one) => (one === 'none' ? [] : one.value));
        const head = values.length === 0 ? name : `${name} (${valueText(mean(values))})`;
        return groups.length === 1 ? head : `${head} in ${own.length} of ${changes.length} seeds`;
      })
      .join(', ');
  });
  return sides.every((side) => side === null) ? null : sides.map((side) => side ?? 'not known').join(' → ');
}

/** The head with the highest score of those that stand out from their null; null where none does. */
function strongest({ heads }: Explanation, score: HeadScore): ExplainedHead | null {
  return (
    heads
      .filter(({ scores }) => scores[score]?.marked === true)
      .toSorted((a, b) => b.scores[score]!.value - a.scores[score]!.value)
      .at(0) ?? null
  );
}

/** How much the answers need each circuit, seed by seed. */
export function circuitTable(changes: readonly ChangedHeads[]): Table | null {
  const rows = changes.flatMap((change) =>
    CIRCUITS.flatMap(({ edges, name }): Content[][] => {
      const found = WHEN.map((when) => needIn(change[when], edges));
      if (found.some((one) => one === null)) return [];
      const arrow = (of: (one: EdgeNeed) => string) => found.map((one) => of(one!)).join(' → ');
      return [
        [
          ...[name, ...seedColumn(change, changes)],
          withControl(
            arrow(({ pull }) => signed(pull, 2)),
            arrow(({ otherPull }) => signed(otherPull, 2)),
          ),
          withControl(
            arrow(({ harm }) => signed(harm, 2)),
            arrow(({ otherHarm }) => signed(otherHarm, 2)),
          ),
          arrow(({ need }) => (need === 'needed' ? 'yes' : need === 'not needed' ? 'no' : 'can’t tell')),
        ],
      ];
    }),
  );
  if (rows.length === 0) return null;
  return {
    caption:
      'Circuits before → after. Right: induction edges, to the symbol after. Left: anti-induction edges, to the symbol itself, whose value says what stood before it. Strength: by how much the edges move the preference to their own side. Harm: by how much the cross-entropy of the right answer rises when they are cut. Below: the same of as many other edges.',
    columns: [
      ...[{ label: 'circuit' }, ...seedHeads(changes)],
      ...['strength, logits', 'harm, nats a token'].map((label) => ({ label, numeric: true })),
      { label: 'needed' },
    ],
    rows,
  };
}

function withControl(text: string, control: string): Content {
  return html`${text} <span class="small">others: ${control}</span>`;
}

/** Of each seed, heads that matter, or look most at a place, before or after. */
const MOST_HEADS = 8;

export function changedHeadsTable(changes: readonly ChangedHeads[]): Table | null {
  const looks = LOOKS.filter((score) =>
    changes.some(({ before, after }) => [before, after].some((one) => strongest(one, score) !== null)),
  );
  const rows = changes.flatMap((change) =>
    notableHeads(change, looks).map((name): Content[] => {
      const [before, after] = WHEN.map((when) => change[when].heads.find((head) => headName(head) === name)!);
      return [
        ...[name, ...seedColumn(change, changes)],
        ...looks.map((score) => `${scoreText(before.scores[score])} → ${scoreText(after.scores[score])}`),
        `${signed(harmOf(before), 2)} → ${signed(harmOf(after), 2)}`,
      ];
    }),
  );
  if (rows.length === 0) return null;
  return {
    caption:
      'Heads before → after: those that matter most, and those that look most at a place (attention, * marked). Missed: by how much the cross-entropy rises without the head, in nats a token; – where it was not ablated.',
    columns: [
      ...[{ label: 'head' }, ...seedHeads(changes)],
      ...[...looks.map(scoreTitle), 'missed'].map((label) => ({ label, numeric: true })),
    ],
    rows,
  };
}

function notableHeads({ before, after }: ChangedHeads, looks: readonly HeadScore[]): string[] {
  const size = (head: ExplainedHead): number => Math.abs(harmOf(head) ?? 0);
  const matter = [...before.heads, ...after.heads]
    .filter((head) => size(head) >= NOTABLE)
    .toSorted((a, b) => size(b) - size(a));
  const looking = looks.flatMap((score) => [before, after].flatMap((one) => strongest(one, score) ?? []));
  return [...new Set([...looking, ...matter].map(headName))].slice(0, MOST_HEADS);
}

/** Of one seed: where heads look and what depends on them, before beside after. */
export function changedFigures({ before, after }: ChangedHeads): Figure[] {
  const both = [
    { ...before, target: 'before' },
    { ...after, target: 'after' },
  ];
  return [headMaps, lagProfiles, edgeBars].flatMap((draw) => draw(both) ?? []);
}

function needIn({ edges }: Explanation, which: NeededEdges): EdgeNeed | null {
  return edges === null ? null : needOf(edges, which);
}

function harmOf({ effect }: ExplainedHead): number | null {
  return effect?.exact?.crossEntropy ?? null;
}

/** `+3.10 → −2.20`; of several seeds means, with the smallest and the largest: `+3.10 (+2.90 to +3.30) → …`. Null where any has none. */
function beforeAfter(
  changes: readonly ChangedHeads[],
  of: (one: Explanation) => number | null,
): string | null {
  const texts = WHEN.map((when) => {
    const values = changes.map((change) => of(change[when]));
    if (values.some((value) => value === null)) return null;
    const known = values.map((value) => value!);
    const [least, most] = [Math.min(...known), Math.max(...known)].map((value) => signed(value, 2));
    return `${signed(mean(known), 2)}${least === most ? '' : ` (${least} to ${most})`}`;
  });
  return texts.some((text) => text === null) ? null : texts.join(' → ');
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

const seedHeads = (changes: readonly ChangedHeads[]) =>
  changes.some(({ seed }) => seed !== changes[0].seed) ? [{ label: 'seed', numeric: true }] : [];
const seedColumn = ({ seed }: ChangedHeads, changes: readonly ChangedHeads[]): Content[] =>
  seedHeads(changes).length === 0 ? [] : [seed];
