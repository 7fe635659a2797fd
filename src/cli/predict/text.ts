/** What `lengthwise predict` and `lengthwise certificate` print for people. */
import { onOneLine } from '../../common/legible.ts';
import type {
  Certificate,
  ComparedVerification,
  Evidence,
  Fragment,
  Prediction,
  Residuals,
  Verdict,
} from '../../predict/index.ts';

const FRAGMENTS: Record<Fragment, string> = { plain: 'plain C-RASP', pos: 'C-RASP[pos]' };
const MODELS: Record<Fragment, string> = {
  plain: 'a transformer without positional encoding',
  pos: 'a transformer with positional encoding',
};

/** What a newcomer wants to know first. */
function inWords(verdict: Verdict, fragment: Fragment): string {
  switch (verdict) {
    case 'in':
      return `Yes: ${MODELS[fragment]} can be expected to learn it so that it holds at every length.`;
    case 'out':
      return `No: ${MODELS[fragment]} cannot be expected to learn it so that it holds at every length. It may well do it at the lengths it was trained on.`;
    case 'unknown':
      return 'Not known: neither a program nor an obstacle was found.';
  }
}

const ABOUT_MODELS = [
  'What this says of a real model: the theory is about an idealised learner that takes the simplest program there is.',
  'It does not say how long the training strings have to be, nor that training finds that program. In practice, what is',
  'out failed beyond the lengths trained on wherever it was tried. Of what is in, most held and some did only in part',
  '(three times as long as trained on, with positions: majority 98 %, no 000 84 %, two interleaved majorities 85 %), the',
  'deeper and larger programs less often: arXiv 2410.02140, 2505.21785.',
];

const ABSOLUTE_RESIDUES =
  'Positions: the program tells positions modulo a number apart, counted from the first symbol. A model that is trained with random position offsets cannot do that, unless <bos> stands in front and shows where to count from.';

/** `in`, `out` or `unknown` and why, for one subject. `remarks` are lines about other ways to ask. */
export function predictionText(
  prediction: Prediction,
  size: number | undefined,
  remarks: readonly string[],
): string {
  const { subject, verdict, fragment, read, status, argument, certificate, residues } = prediction;
  const preposition = verdict === 'out' ? 'out of' : verdict === 'in' ? 'in' : 'unknown for';
  const readOut =
    certificate?.about.kind === 'task' ? '' : `, read at ${read === 'eos' ? '<eos>' : 'the last symbol'}`;
  const parts = [
    `${subject}: ${preposition} ${FRAGMENTS[fragment]}${readOut} (${status})`,
    '',
    inWords(verdict, fragment),
    `Why: ${argument}`,
    ...(certificate === null
      ? []
      : [`Certificate: ${gist(certificate.evidence, size)}`, `Holds for: ${scopeInWords(certificate)}.`]),
    ...(residues === 'absolute' ? [ABSOLUTE_RESIDUES] : []),
    ...remarks,
    ...ABOUT_MODELS,
    ...programLines(certificate?.evidence),
  ];
  return `${parts.join('\n')}\n`;
}

function scopeInWords({ about, scope }: Certificate): string {
  if (scope === 'every alphabet') return 'alphabets of every size';
  switch (about.kind) {
    case 'expression':
      return `the alphabet { ${about.alphabet.join(' ')} }`;
    case 'automaton':
      return `the alphabet { ${about.automaton.alphabet.join(' ')} }`;
    case 'program':
    case 'task':
      return 'its alphabet';
  }
}

/** The certificate in a sentence. */
function gist(evidence: Evidence, size: number | undefined): string {
  switch (evidence.kind) {
    case 'program':
      return `a program of depth ${evidence.depth} and ${size ?? '?'} operations, proved to agree with the automaton (${states(evidence.automaton.transitions.length)}) at every length.`;
    case 'membership':
      return `the program itself, of depth ${evidence.depth} and ${size ?? '?'} operations.`;
    case 'inseparable': {
      const { component, pair, distinguishing } = evidence.inseparable;
      return `in the component { ${component.slice(0, 12).join(' ')}${component.length > 12 ? ' …' : ''} } of the automaton, states ${pair.join(' and ')} have equal counts in the long run, and the string '${distinguishing.join(' ')}' tells them apart.`;
    }
    case 'blocks':
      return `blocks ${evidence.blocks.words.map((word) => `'${word.join(' ')}'`).join(', ')}, each followed by '${evidence.blocks.idempotent.join(' ')}': between them, states ${evidence.inseparable.pair.join(' and ')} have equal counts in the long run.`;
    case 'task-program':
      return `one program of depth ${evidence.depth} for every alphabet, proved right at every length.`;
    case 'reduction':
      return `asking the task about strings made of ${Object.entries(evidence.blocks)
        .map(([letter, block]) => `${letter} = '${block.join(' ')}'`)
        .join(
          ', ',
        )} would decide the language ${evidence.expression}, which is out; that the answers decide it is proved for strings of every length.`;
    case 'index-embedding': {
      const [most] = evidence.excluded.slice(-1);
      return `all 2^n sources of length n over two symbols have different answers, since the answer is the source; at length ${most.length}, ${most.counters} counters are too few.`;
    }
  }
}

function states(count: number): string {
  return count === 1 ? '1 state' : `${count} states`;
}

function programLines(evidence: Evidence | undefined): string[] {
  const text =
    evidence?.kind === 'program'
      ? evidence.program
      : evidence?.kind === 'task-program'
        ? evidence.schema
        : '';
  if (text === '') return [];
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}`);
  const title =
    evidence?.kind === 'task-program'
      ? "The program (put a line `alphabet { … '<bos>' '<sep>' '<eos>' }` in front):"
      : 'The program:';
  return ['', title, ...lines];
}

/** Every task with its verdict in both fragments. */
export function tableText(rows: readonly { task: string; pos: Prediction; plain: Prediction }[]): string {
  const cell = ({ verdict, status }: Prediction): string => `${verdict.padEnd(4)} (${status})`.padEnd(20);
  const lines = rows.map(({ task, pos, plain }) =>
    `  ${task.padEnd(10)} ${cell(pos)} ${cell(plain)}`.trimEnd(),
  );
  return [
    'Can a transformer learn the task so that it holds at every length?',
    '',
    `  ${'task'.padEnd(10)} ${'with positions'.padEnd(20)} ${'without positions'}`,
    `  ${''.padEnd(10)} ${'(C-RASP[pos])'.padEnd(20)} ${'(plain C-RASP)'}`,
    ...lines,
    '',
    'published: the verdict stands in a paper; derived: it is proved here. Every verdict holds for alphabets of every',
    'size. `lengthwise predict TASK` says why; `--certificate FILE` writes what can be checked.',
    ...ABOUT_MODELS,
    '',
  ].join('\n');
}

export function residualsText({ task, alphabet, continuations, lengths, growth }: Residuals): string {
  const rows = lengths.map(
    ({ length, prefixes, distinguishable, leastCounters }) =>
      `  ${String(length).padStart(6)} ${String(prefixes).padStart(9)} ${String(distinguishable).padStart(15)} ${String(leastCounters).padStart(14)}`,
  );
  return [
    `${task}: prefixes over { ${alphabet.join(' ')} } that some continuation of up to ${continuations} symbols tells apart (lower bounds)`,
    '',
    `  ${'length'.padStart(6)} ${'prefixes'.padStart(9)} ${'distinguishable'.padStart(15)} ${'least counters'.padStart(14)}`,
    ...rows,
    '',
    `Growth so far: ${growth}. A program with K counters, D bits of look-back and period P distinguishes at most`,
    '(n+1)^K · 2^D · P prefixes of length n; the last column is the least K for D = 0 and P = 1.',
    '',
  ].join('\n');
}

/** A line for each step; what the certificate brings starts no line of its own. */
export function verificationText(
  file: string,
  { outcome, upTo, steps, failed, unproved, unchecked, notProved, contradicts }: ComparedVerification,
): string {
  const lines = steps.map(({ step, compared }) => `  ok      ${step}: ${compared}`);
  if (failed !== null) lines.push(`  FAILED  ${failed.step}: ${failed.problem}`);
  for (const open of [unproved, unchecked])
    if (open !== null) lines.push(`  ?       ${open.step}: ${open.problem}`);
  if (contradicts !== null) {
    lines.push(
      outcome === 'contradicts the literature'
        ? `  ?       the opposite is published in ${contradicts}: this is a mistake of lengthwise, or a finding; please report it`
        : `  ?       that it is otherwise for longer sources is published in ${contradicts}`,
    );
  }
  if (notProved.length > 0) {
    lines.push('not proved by it:', ...notProved.map((what) => `  -       ${what}`));
  }
  return [`${file}: ${outcomeInWords(outcome, upTo)}`, ...lines]
    .map((line) => `${onOneLine(line)}\n`)
    .join('');
}

function outcomeInWords(outcome: ComparedVerification['outcome'], upTo: number | null): string {
  switch (outcome) {
    case 'holds up to a length':
      return `holds up to length ${upTo ?? '?'}`;
    case 'not checked':
      return 'not checked to the end';
    case 'contradicts the literature':
      return 'holds, and contradicts the literature';
    case 'not proved':
      return 'not proved: nothing in it was found to be false, and what it claims may be true';
    case 'holds':
    case 'does not hold':
      return outcome;
  }
}
