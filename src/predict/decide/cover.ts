/**
 * A short condition that holds in some cases and not in others. Cases are described by features (which letter, which
 * value a counter has, …); what no case shows may come out either way, and that is what makes the condition short.
 */
import { and, FALSE, not, or, TRUE, type Text } from './expressions.ts';

/** Something that can be asked: the condition that its value is one of `values`, when it is one of `possible`. */
export interface Feature {
  is(values: readonly number[], possible: readonly number[]): Text;
}

export interface Case {
  /** The value of each feature. */
  readonly values: readonly number[];
  readonly wanted: boolean;
}

/** A condition over the features that is true in every wanted case and false in every other one. */
export function cover(features: readonly Feature[], cases: readonly Case[]): Text {
  return split(
    features,
    cases,
    features.map((_, i) => i),
  );
}

function split(features: readonly Feature[], cases: readonly Case[], left: readonly number[]): Text {
  if (cases.every((one) => !one.wanted)) return FALSE;
  if (cases.every((one) => one.wanted)) return TRUE;
  const costs = left.map((feature) => costOf(cases, feature));
  return askFirst(features, cases, left, left[costs.indexOf(Math.min(...costs))]);
}

/** How much is left to ask after a feature: cases whose value does not settle the matter, and then values to name. */
function costOf(cases: readonly Case[], feature: number): number {
  const groups = new Map<number, { wanted: number; all: number }>();
  for (const { values, wanted } of cases) {
    const group = groups.get(values[feature]) ?? { wanted: 0, all: 0 };
    group.all++;
    if (wanted) group.wanted++;
    groups.set(values[feature], group);
  }
  if (groups.size === 1) return Infinity;
  let open = 0;
  for (const { wanted, all } of groups.values()) if (wanted > 0 && wanted < all) open += all;
  return open + groups.size / (cases.length + 1);
}

/** Asks one feature; values after which the same condition remains are asked together. */
function askFirst(
  features: readonly Feature[],
  cases: readonly Case[],
  left: readonly number[],
  first: number,
): Text {
  const byValue = new Map<number, Case[]>();
  for (const one of cases) {
    const group = byValue.get(one.values[first]);
    if (group === undefined) byValue.set(one.values[first], [one]);
    else group.push(one);
  }
  const rest = left.filter((feature) => feature !== first);
  const byRemaining = new Map<string, { remaining: Text; values: number[] }>();
  for (const [value, group] of byValue) {
    const remaining = split(features, group, rest);
    const same = byRemaining.get(remaining.text);
    if (same === undefined) byRemaining.set(remaining.text, { remaining, values: [value] });
    else same.values.push(value);
  }
  const possible = [...byValue.keys()];
  return or(
    ...[...byRemaining.values()].map(({ remaining, values }) =>
      and(features[first].is(values, possible), remaining),
    ),
  );
}

/** `x is one of values`, said positively or as `not one of the others`, whichever names fewer. */
export function oneOf(
  values: readonly number[],
  possible: readonly number[],
  is: (value: number) => Text,
): Text {
  if (values.length === possible.length) return TRUE;
  const others = possible.filter((value) => !values.includes(value));
  return others.length < values.length ? not(or(...others.map(is))) : or(...values.map(is));
}
