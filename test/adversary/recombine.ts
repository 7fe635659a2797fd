/** Recombination: a lie about one thing with the evidence for another, and evidence with one part from elsewhere. */
import type { Rng } from '../../src/common/random.ts';
import type { Attempt } from './attempt.ts';
import { attempt } from './attempt.ts';
import type { Fields, Json } from './sealed.ts';
import { certificateFor, kindOf, sealed } from './sealed.ts';
import type { Subject } from './subjects.ts';
import { lieAbout } from './subjects.ts';

export function recombined(subject: Subject, other: Subject): Attempt {
  return attempt(
    `recombination with ${kindOf(other.evidence)}`,
    certificateFor(lieAbout(subject), other.evidence),
  );
}

/** The evidence of one with some of its parts from another of the same kind. */
export function spliced(subject: Subject, first: Subject, second: Subject, draw: Rng): Attempt {
  return attempt(
    `recombination inside ${kindOf(first.evidence)}`,
    certificateFor(lieAbout(subject), splice(first.evidence, second.evidence, draw)),
  );
}

function splice(first: Fields, second: Fields, draw: Rng): Fields {
  const parts = Object.entries(first).map(([key, value]): [string, Json] => {
    if (!(key in second)) return [key, value];
    const other = second[key];
    const bothHaveParts = isFields(value) && isFields(other);
    return [
      key,
      bothHaveParts && draw.below(2) === 0 ? splice(value, other, draw) : draw.choice([value, other]),
    ];
  });
  return Object.fromEntries(parts);
}

function isFields(json: Json): json is Fields {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

/** A file with two meanings: a right certificate and a lie in one, by a key that stands twice. */
export function twice(subject: Subject, draw: Rng): Attempt {
  const right = JSON.stringify(certificateFor(subject.right, subject.evidence));
  const lie = certificateFor(lieAbout(subject), subject.evidence);
  const key = draw.choice(['verdict', 'seal', 'evidence', 'about', 'fragment']);
  const other = `${JSON.stringify(key)}:${JSON.stringify(lie[key])}`;
  const text = draw.below(2) === 0 ? right.replace('{', `{${other},`) : right.replace(/\}$/, `,${other}}`);
  return { kind: 'a key that stands twice', text };
}

/** A lie in the form of version 1, which is still read. */
export function asVersion1(subject: Subject, other: Subject): Attempt {
  const { kind, inseparable, ...rest } = other.evidence;
  const evidence =
    inseparable === undefined
      ? other.evidence
      : { ...rest, kind: kind === 'inseparable' ? 'separation' : kind, separation: inseparable };
  const certificate = {
    ...certificateFor(lieAbout(subject), evidence),
    version: 1,
    status: 'published',
    published: 'arXiv 2505.21785',
  };
  return attempt('version 1', sealed(certificate));
}
