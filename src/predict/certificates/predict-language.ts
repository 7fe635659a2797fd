/** The verdict on a regular language, with its certificate and the argument in words. */
import { compile, metrics } from '../../crasp/index.ts';
import type { Dfa } from '../automata/dfa.ts';
import { machineOf, type Machine } from '../decide/machine.ts';
import { decide } from '../decide/plain.ts';
import { residueKind } from '../residues.ts';
import { decideWithPositions, type PositionsDecision } from '../decide/positions.ts';
import type { Reach } from '../decide/product.ts';
import { synthesise } from '../decide/synthesise.ts';
import type { Evidence, Fragment, Prediction, Read, Subject, Verdict } from '../verdict.ts';
import { automatonJson, blocksEvidence, neutralLetter, inseparableEvidence } from './out.ts';
import { sealed } from './seal.ts';

export interface LanguageQuestion {
  /** Default 'plain': decided exactly. */
  readonly fragment?: Fragment;
  /** Default 'eos'. */
  readonly read?: Read;
  /** Told what is going on before something that may take seconds. */
  readonly progress?: (line: string) => void;
}

/** Transitions of an automaton that is decided in less than a second. */
const SMALL = 1_000;

interface Found {
  readonly verdict: 'in' | 'out' | 'unknown';
  readonly argument: string;
  readonly evidence: Evidence | null;
}

/** Decides the language of a minimal automaton; `about` is how the user gave it. */
export function predictLanguage(dfa: Dfa, about: Subject, question: LanguageQuestion = {}): Prediction {
  const { fragment = 'plain', read = 'eos', progress } = question;
  if (dfa.next.length > SMALL)
    progress?.(`deciding an automaton of ${dfa.states} states and ${dfa.alphabet.length} symbols`);
  const machine = machineOf(dfa, read);
  const { verdict, argument, evidence } =
    fragment === 'plain' ? plainVerdict(machine) : positionsVerdict(dfa, machine);
  const status = verdict === 'unknown' ? 'open' : 'derived';
  const claim = { fragment, read, scope: 'this alphabet' } as const;
  const certificate =
    verdict === 'unknown' || evidence === null ? null : sealed({ ...claim, verdict }, about, evidence);
  const residues = evidence?.kind === 'program' ? residueKind(compile(evidence.program)) : null;
  return { subject: about.name, fragment, read, verdict, status, argument, certificate, residues };
}

/**
 * What would have been said of the same language read in the other place, and, where it is out of plain C-RASP, with
 * positions: verdicts alone. What is in at `<eos>` is in at the last symbol (its quotients are in), and with positions a
 * program can look one symbol back, so that it is the same in both places.
 */
export function otherVerdicts(
  dfa: Dfa,
  { fragment, read, verdict }: Pick<Prediction, 'fragment' | 'read' | 'verdict'>,
): { readonly otherRead: Verdict; readonly withPositions: Verdict | null } {
  const isOutOfPlain = fragment === 'plain' && verdict === 'out';
  const mayDiffer = fragment === 'plain' && (read === 'eos') === isOutOfPlain;
  const there = mayDiffer ? decide(machineOf(dfa, read === 'eos' ? 'last' : 'eos').dfa) : null;
  return {
    otherRead: there === null ? verdict : there.stuck === undefined ? 'in' : 'out',
    withPositions: isOutOfPlain ? decideWithPositions(dfa, machineOf(dfa, read)).verdict : null,
  };
}

function plainVerdict(machine: Machine): Found {
  const decision = decide(machine.dfa);
  if (decision.stuck === undefined) {
    const argument =
      'Every state of its automaton can be told from every other by counts that stay bounded, so a program follows the automaton.';
    return { verdict: 'in', argument, evidence: programEvidence(machine, synthesise(machine, decision)) };
  }
  const { states } = decision.stuck;
  const argument =
    `In a component of ${states.length} states of its automaton, two states cannot be told apart: every count that ` +
    'would differ between them drifts out of reach as the string goes round in the component.';
  return { verdict: 'out', argument, evidence: inseparableEvidence(machine, decision.stuck) };
}

function positionsVerdict(dfa: Dfa, machine: Machine): Found {
  const decision = decideWithPositions(dfa, machine);
  switch (decision.verdict) {
    case 'in': {
      const argument = `${reachInWords(decision.reach)}, a program follows the automaton.`;
      return { verdict: 'in', argument, evidence: programEvidence(machine, decision.program) };
    }
    case 'out': {
      const { idempotent, words, stuck } = decision.obstacle;
      const word = idempotent.map((letter) => dfa.alphabet[letter]).join(' ');
      const neutral = idempotent.length === 1 && idempotent[0] === neutralLetter(dfa);
      const argument = neutral
        ? `The letter ${word} changes nothing wherever it stands, so strings can be spread out by it until positions and look-backs tell nothing; what is left is out of plain C-RASP.`
        : `Strings of blocks, each ending in the word '${word}' repeated at will, look the same to positions and look-backs; what is left is out of plain C-RASP.`;
      return { verdict: 'out', argument, evidence: blocksEvidence(dfa, idempotent, words, stuck) };
    }
    case 'unknown':
      return { verdict: 'unknown', argument: whatWasTried(decision), evidence: null };
  }
}

function programEvidence(machine: Machine, program: string): Evidence {
  const { depth } = metrics(compile(program));
  return { kind: 'program', program, automaton: automatonJson(machine), depth };
}

function reachInWords({ lookBack, modulus }: Reach): string {
  if (lookBack === 0 && modulus === 1) return 'By counting alone, without looking at positions';
  const parts = [
    ...(lookBack > 0 ? [lookBack === 1 ? 'the symbol before' : `the ${lookBack} symbols before`] : []),
    ...(modulus > 1 ? [`positions modulo ${modulus}`] : []),
  ];
  return `By counting, with ${parts.join(' and ')}`;
}

/** Pairs that are named before the rest is only counted. */
const LISTED = 20;

function whatWasTried({ tried, stable }: Extract<PositionsDecision, { verdict: 'unknown' }>): string {
  const first = tried
    .slice(0, LISTED)
    .map((reach) => `(${reach.lookBack}, ${reach.modulus})`)
    .join(' ');
  const pairs = tried.length > LISTED ? `${first} and ${tried.length - LISTED} larger ones` : first;
  const monoid =
    stable === undefined
      ? 'its transition monoid is too large to look for an obstacle in all of it'
      : `none of its ${stable.elements.length} stable actions is an obstacle`;
  return (
    `There is no program with one of these pairs of look-back and period: ${pairs}; and ${monoid}. ` +
    'No procedure is known that always decides this fragment.'
  );
}
