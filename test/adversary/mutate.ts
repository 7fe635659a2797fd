/** Mutation: a lie with the evidence of something similar, changed in a few places. */
import type { Rng } from '../../src/common/random.ts';
import type { Attempt } from './attempt.ts';
import { attempt } from './attempt.ts';
import type { Fields, Json } from './sealed.ts';
import { certificateFor, kindOf, sealed } from './sealed.ts';
import type { Subject } from './subjects.ts';
import { lieAbout } from './subjects.ts';

/** A lie about `subject`, with the evidence for `model`, one to three of whose values are others. */
export function mutated(subject: Subject, model: Subject, draw: Rng): Attempt {
  const evidence = structuredClone(model.evidence);
  for (let left = 1 + draw.below(3); left > 0; left--) change(evidence, draw);
  return attempt(`mutation of ${kindOf(model.evidence)}`, certificateFor(lieAbout(subject), evidence));
}

/** A right certificate with its verdict turned round, and one other field changed anywhere, the claim included. */
export function turnedRound(subject: Subject, draw: Rng): Attempt {
  const certificate = certificateFor(lieAbout(subject), structuredClone(subject.evidence));
  const kinds = [
    'program',
    'membership',
    'inseparable',
    'blocks',
    'task-program',
    'reduction',
    'index-embedding',
  ];
  const evidence = certificate.evidence as Fields;
  const field = draw.choice(['subject', 'scope', 'version', 'evidence', 'evidence', 'kind', 'kind']);
  if (field === 'evidence') change(evidence, draw);
  else if (field === 'kind') evidence.kind = draw.choice(kinds);
  else certificate[field] = other(certificate[field], draw);
  return attempt('mutation of the verdict', sealed(certificate));
}

/** Changes one value somewhere inside. */
function change(json: Json, draw: Rng): void {
  if (typeof json !== 'object' || json === null) return;
  const all = Object.keys(json);
  const keys = draw.below(10) === 0 ? all : all.filter((key) => key !== 'kind'); // another kind is seen at once
  if (keys.length === 0) return;
  const key = draw.choice(keys);
  const container = json as Fields;
  const value = container[key];
  const goesIn = typeof value === 'object' && value !== null && Object.keys(value).length > 0;
  if (goesIn && draw.below(20) > 0) change(value, draw);
  else if (Array.isArray(json) && draw.below(4) === 0) rearrange(json, Number(key), draw);
  else container[key] = other(value, draw);
}

function rearrange(list: Json[], place: number, draw: Rng): void {
  const way = draw.below(3);
  if (way === 0) list.splice(place, 1);
  else if (way === 1) list.push(structuredClone(list[place]));
  else list.reverse();
}

function other(value: Json, draw: Rng): Json {
  if (typeof value === 'number') {
    const far = draw.choice([2 ** 31 - 1, 2 ** 53 - 1, -1, 0.5]);
    return draw.choice([value + 1, value + 2, Math.max(0, value - 1), 0, 1, 2, 3, 4, far]);
  }
  if (typeof value === 'string') {
    const isNumber = /^-?\d+$/.test(value);
    return isNumber
      ? draw.choice(['0', '1', '-1', '2', '9'.repeat(200), `-${value}`])
      : otherText(value, draw);
  }
  return typeof value === 'boolean' ? !value : draw.choice<Json>([null, [], {}, 'a', 0]);
}

function otherText(text: string, draw: Rng): string {
  const place = draw.below(text.length + 1);
  const token = draw.choice([
    '0',
    '1',
    'a',
    'b',
    '<',
    '<=',
    '>',
    '=',
    ' not ',
    '+',
    '-',
    "'a'",
    ' or true',
    'and false',
    '[j<i]',
    '#',
    ' ',
    '(',
    ')',
  ]);
  return text.slice(0, place) + token + text.slice(place + draw.below(3));
}
