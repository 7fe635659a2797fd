/** Warnings that need the meaning of a program, not only its text. */
import { specialSymbols } from '../../common/special-symbols.ts';
import type { CoreProgram } from '../core/core.ts';
import { residuesOf } from '../core/residues.ts';
import type { Cost, Reader, Verdict } from './search.ts';
import { compareUpTo, inputSymbols, programReader } from './search.ts';

const { bos, sep, eos } = specialSymbols;

/** A remark about a whole program; it has no place in the text. */
export interface Remark {
  readonly about: 'constant' | 'periodic' | 'read-out' | 'several';
  readonly message: string;
}

/** Everything that is worth a remark. */
export function lint(program: CoreProgram): Remark[] {
  return [
    ...constantOutputs(program),
    ...unanchoredPeriods(program),
    ...readOutDependence(program),
    ...severalNext(program),
  ];
}

function constantOutputs(program: CoreProgram): Remark[] {
  const { output, nodes, alphabet } = program;
  if (output.kind === 'accept') {
    const node = nodes[output.node];
    if (node.kind !== 'const') return [];
    return [{ about: 'constant', message: `accept is always ${node.value}, whatever the input` }];
  }
  return output.symbols.flatMap(({ symbol, node }) =>
    nodes[node].kind === 'const'
      ? [
          {
            about: 'constant' as const,
            message: `next['${alphabet[symbol]}'] is constant, whatever the input`,
          },
        ]
      : [],
  );
}

function unanchoredPeriods(program: CoreProgram): Remark[] {
  const { anchored, absolute } = residuesOf(program);
  if (absolute === 0) return [];
  const some = anchored > 0 ? 'some residues are' : 'the residue is';
  return [
    {
      about: 'periodic',
      message:
        `${some} of the absolute position, without an anchor at <bos>: a model trained with random position ` +
        `offsets sees another one; anchor it with exists (Q['<bos>'] and mod(m, r))`,
    },
  ];
}

/** Operands looked at while an input that shows something is looked for; and how long such inputs may be. */
const SEARCH_BUDGET = 20_000_000;
const SEARCH_LENGTH = 12;

/** How many configurations the budget allows; 0 where not even one can be gone on from. */
function affordable(reader: Cost, symbols: number): number {
  return Math.min(5_000, Math.floor(SEARCH_BUDGET / (2 * reader.stepCost * Math.max(1, symbols))));
}

/** Looks for a shortest string on which reading at <eos> and at the last symbol give different answers. */
function readOutDependence(program: CoreProgram): Remark[] {
  if (program.output.kind !== 'accept') return [];
  const symbols = inputSymbols(program).filter((symbol) => symbol !== eos);
  const atEndReader = programReader(program, 'eos');
  const maxConfigurations = affordable(atEndReader, symbols.length);
  if (maxConfigurations === 0) return [];
  const atLastReader = programReader(program, 'last');
  const comparison = compareUpTo(atEndReader, atLastReader, symbols, SEARCH_LENGTH, { maxConfigurations });
  if (comparison.result !== 'differ') return [];
  const [atEnd, atLast] = comparison.verdicts;
  return [
    {
      about: 'read-out',
      message:
        `the verdict depends on where it is read: '${comparison.string.join(' ')}' is ` +
        `${past(atEnd)} at <eos> and ${past(atLast)} at the last symbol (here: read at ${program.output.read})`,
    },
  ];
}

function past(verdict: Verdict): string {
  return verdict === true ? 'accepted' : 'rejected';
}

function isSeveral(verdict: Verdict): verdict is readonly string[] {
  return Array.isArray(verdict) && verdict.length > 1;
}

/**
 * Looks for a shortest prompt after which several next rules hold. Where the alphabet has '<bos>' and '<sep>', a
 * prompt begins with the one and has the other.
 */
function severalNext(program: CoreProgram): Remark[] {
  if (program.output.kind !== 'next') return [];
  const { alphabet } = program;
  const symbols = inputSymbols(program).filter((symbol) => symbol !== bos && symbol !== eos);
  const reader = programReader(program);
  const maxConfigurations = affordable(reader, symbols.length);
  if (maxConfigurations === 0) return [];
  const separated = alphabet.includes(sep);
  const begun = alphabet.includes(bos) ? reader.step(reader.start, bos).state : reader.start;
  const all = promptReader(reader, begun, separated, (verdict) => verdict);
  const none = promptReader(reader, begun, separated, (verdict) => (isSeveral(verdict) ? [] : null));
  const found = compareUpTo(all, none, symbols, SEARCH_LENGTH, { maxConfigurations });
  if (found.result !== 'differ') return [];
  const prompt = [...(alphabet.includes(bos) ? [bos] : []), ...found.string].join(' ');
  const [several] = found.verdicts;
  return [
    {
      about: 'several',
      message:
        `several next rules hold after '${prompt}': ${isSeveral(several) ? several.join(' ') : ''}; ` +
        'generation would stop there (no fault if such inputs never occur)',
    },
  ];
}

/** A reader that begins after '<bos>' and says something only of strings that have '<sep>' once, if it is `separated`. */
function promptReader<S>(
  reader: Reader<S>,
  begun: S,
  separated: boolean,
  say: (verdict: Verdict) => Verdict,
): Reader<{ readonly inner: S; readonly separators: number }> {
  return {
    start: { inner: begun, separators: 0 },
    startVerdict: null,
    step({ inner, separators }, symbol) {
      const { state, verdict } = reader.step(inner, symbol);
      const seen = Math.min(2, separators + (symbol === sep ? 1 : 0));
      const complete = !separated || seen === 1;
      return { state: { inner: state, separators: seen }, verdict: complete ? say(verdict) : null };
    },
    key: ({ inner, separators }) => `${separators} ${reader.key(inner)}`,
    stateBytes: reader.stateBytes,
    stepCost: reader.stepCost,
  };
}
