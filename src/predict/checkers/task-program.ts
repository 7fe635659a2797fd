/**
 * In: one text, with any alphabet in front, names the right next symbol and no other wherever the task asks for one. For
 * every pair of a symbol that was read last and one that may come next, the prompts are an automaton (instances.ts), and
 * the program is proved to be right in each of its states, at every length: by invariants (proof.ts), or, where the
 * program is an automaton itself, by going through both side by side (finite.ts). That covers alphabets of a few sizes; uniform.ts says why it covers all. Where no such proof is found, the program is tried on all
 * sources up to a length, and nothing is said beyond.
 */
import { CraspError, next, operandsBehind, outputNodes, symmetry } from '../../crasp/index.ts';
import type { CoreProgram } from '../../crasp/index.ts';
import { RESERVED } from './alphabet.ts';
import { answerTo, definitionOf, ownAlphabet } from './definitions.ts';
import type { Definition } from './definitions.ts';
import type { About, EvidenceOf } from './format.ts';
import { finiteWork, wrongPrompt } from './finite.ts';
import { promptsOf } from './instances.ts';
import type { Prompts } from './instances.ts';
import { NO, YES } from './intervals.ts';
import { Proof, proofWork } from './proof.ts';
import type { ProofWork } from './proof.ts';
import { BeyondCaps, must, NotProved, withinCap } from './refusal.ts';
import type { Budget } from './refusal.ts';
import { checkShape } from './shape.ts';
import { Situations } from './situations.ts';
import { instantiated, sizesToProve, specialised, symbolsCounted, symbolsFor } from './uniform.ts';
import type { Rule } from './uniform.ts';

type TaskAbout = Extract<About, { kind: 'task' }>;

/** How far a program was shown to be right. */
export interface Reach {
  /** The longest sources that were tried; null: every length is proved. */
  readonly upTo: number | null;
  readonly compared: string;
}

/** Alphabets on which a program is tried where it is not proved, and the longest sources. */
const TRIED_SIZES = [2, 3, 4];
const TRIED_LENGTH = 6;
/** A program too large to be tried on all sources of so many symbols is not said to hold up to any length. */
const LEAST_TRIED_LENGTH = 4;
/** Sources whose symbols all differ are no longer than the alphabet. */
const TRIED_SIZES_DISTINCT = [4, 5, 6];
/** Running one operand takes as long as so many in a proof, which takes all situations together. */
const TRIED_COST = 10;

/** Situations that are gone through for one certificate: a few seconds' work. */
const MAX_SITUATIONS = 400_000;

export function checkTaskProgram(
  about: TaskAbout,
  { schema, depth }: EvidenceOf<'task-program'>,
  fragment: 'plain' | 'pos',
): Reach {
  const definition = definitionOf(about);
  const own = ownAlphabet(definition);
  checkShape(instantiated(schema, own ?? symbolsFor(schema, 2)), depth, fragment);
  const spent: Spent = { situations: 0, finite: finiteWork(), work: proofWork() };
  return proved(definition, schema, fragment, depth, spent) ?? tried(definition, schema, spent);
}

/** The proof for every length and every alphabet; null where there is none. Refuses programs that are wrong somewhere. */
function proved(
  definition: Definition,
  schema: string,
  fragment: 'plain' | 'pos',
  depth: number,
  spent: Spent,
): Reach | null {
  if (definition.kind === 'copying' && !definition.distinct) return null;
  try {
    const own = ownAlphabet(definition);
    if (own !== null) {
      proveFor(definition, instantiated(schema, own), own, false, spent);
      return { upTo: null, compared: `every length, over { ${own.join(' ')} }` };
    }
    const sizes = sizesToProve(schema);
    if (sizes === null) return null;
    for (let size = 1; size <= sizes; size++) {
      const symbols = symbolsFor(schema, size);
      const program = instantiated(schema, symbols);
      if (size > 1) checkShape(program, depth, fragment);
      proveFor(definition, program, symbols, size === sizes, spent);
    }
    return {
      upTo: null,
      compared: `every length, over alphabets of 1 to ${sizes} symbols, one by one, and larger ones as the program tells no more symbols apart`,
    };
  } catch (error) {
    if (error instanceof NotProved || error instanceof BeyondCaps) return null;
    if (error instanceof CraspError && error.isTooLarge) return null; // over one of the larger alphabets
    throw error;
  }
}

/** What the pairs of symbols, the alphabets and the trials of one certificate have taken together. */
interface Spent {
  situations: number;
  readonly finite: Budget;
  readonly work: ProofWork;
}

/** @param alone whether the rule for a symbol has to name no other symbols of the task than it and the one read last */
function proveFor(
  definition: Definition,
  program: CoreProgram,
  symbols: readonly string[],
  alone: boolean,
  spent: Spent,
): void {
  const { output, alphabet } = program;
  must(output.kind === 'next', 'the program does not say what comes next');
  const ends =
    definition.kind === 'look-up'
      ? symbols
      : definition.kind === 'flip-flop'
        ? ['<sep>']
        : [...symbols, '<sep>'];
  for (const at of ends) {
    for (const candidate of [...symbols, ...RESERVED]) {
      const number = alphabet.indexOf(at);
      const node = output.symbols.find(({ symbol }) => alphabet[symbol] === candidate)?.node;
      const prompts = promptsOf(definition, symbols, at, candidate);
      if (node === undefined) {
        if (prompts.wanted.includes(true)) throw new NotProved(`there is no rule for ${candidate}`);
        continue;
      }
      const rule = specialised(program, node, number, spent.work.steps);
      const third = symbolsCounted(rule)
        .map((one) => alphabet[one])
        .find((symbol) => symbols.includes(symbol) && symbol !== at && symbol !== candidate);
      if (alone && third !== undefined) throw new NotProved(`the rule for ${candidate} counts other symbols`);
      if (isRightByInvariants(rule, prompts, spent)) continue;
      const wrong = wrongPrompt(rule, number, prompts, spent.finite);
      if (wrong === null) continue;
      const answer = next(program, wrong).includes(candidate) ? 'names' : 'does not name';
      const problem = `after '${wrong.join(' ')}' the program ${answer} ${candidate}`;
      if (definition.kind === 'copying') throw new NotProved(problem); // it may be none of the instances
      must(false, problem);
    }
  }
}

/** Whether the invariants decide the rule wherever something is wanted, and rightly. */
function isRightByInvariants({ nodes, root }: Rule, { automaton, wanted }: Prompts, spent: Spent): boolean {
  const situations = new Situations(nodes, [root], automaton);
  spent.situations += situations.count;
  withinCap(spent.situations, MAX_SITUATIONS, 'situations over all prompts');
  const truth = new Proof(nodes, situations, [root], spent.work).truth[root];
  for (let situation = 0; situation < situations.count; situation++) {
    const letter = situations.letterOf(situation);
    if (letter < 0) continue;
    const want = wanted[situations.stateOf(situation) * automaton.alphabet.length + letter];
    if (want !== null && truth[situation] !== (want ? YES : NO)) return false;
  }
  return true;
}

/**
 * Every source up to a length, over a few alphabets: the shortest first, as far as what is left of the budget goes. Refuses
 * the program where it is wrong. Where symbols are interchangeable in it (uniform.ts), sources that differ in their names only
 * are one: the one in which they come in the alphabet's order.
 * @throws BeyondCaps where the budget ends before the sources of `LEAST_TRIED_LENGTH` symbols do
 */
function tried(definition: Definition, schema: string, { work }: Spent): Reach {
  const own = ownAlphabet(definition);
  const sizes = definition.kind === 'copying' && definition.distinct ? TRIED_SIZES_DISTINCT : TRIED_SIZES;
  const alphabets = own === null ? sizes.map((size) => symbolsFor(schema, size)) : [own];
  const isOrdered = own !== null || symmetry(schema).ordersSymbols;
  const programs = alphabets.map((symbols) => {
    const program = instantiated(schema, symbols);
    const cost = TRIED_COST * operandsBehind(program.nodes, outputNodes(program));
    const run = (prompt: readonly string[]): string[] => {
      work.steps.spend(cost * prompt.length);
      return next(program, prompt);
    };
    return { symbols, run };
  });
  const over = `over alphabets of ${alphabets.map(({ length }) => length).join(', ')} symbols`;
  let answers = 0;
  for (let length = 1; length <= TRIED_LENGTH; length++) {
    let ofLength = 0;
    try {
      for (const { symbols, run } of programs) {
        for (const source of sourcesOf(symbols, length, isOrdered)) {
          for (const query of definition.kind === 'look-up' ? symbols : [null]) {
            ofLength += tryOne(definition, run, source, query);
          }
        }
      }
    } catch (error) {
      if (!(error instanceof BeyondCaps) || length <= LEAST_TRIED_LENGTH) throw error;
      return {
        upTo: length - 1,
        compared: `${answers} answers, ${over}; longer sources are beyond the caps`,
      };
    }
    answers += ofLength;
  }
  return { upTo: TRIED_LENGTH, compared: `${answers} answers, ${over}` };
}

/** Of one length; unless `isOrdered`, those whose symbols come for the first time in the order of the alphabet. */
function* sourcesOf(symbols: readonly string[], length: number, isOrdered: boolean): Generator<string[]> {
  if (length === 0) yield [];
  else
    for (const start of sourcesOf(symbols, length - 1, isOrdered))
      for (const symbol of isOrdered ? symbols : symbols.slice(0, new Set(start).size + 1))
        yield [...start, symbol];
}

/**
 * Compares every symbol of the right answer; says how many there were.
 * @param run the symbols that the program names after a prompt
 */
function tryOne(
  definition: Definition,
  run: (prompt: readonly string[]) => readonly string[],
  source: readonly string[],
  query: string | null,
): number {
  const answer = answerTo(definition, source, query);
  if (answer === null) return 0;
  const expected = definition.kind === 'copying' ? [...answer, '<eos>'] : answer;
  const prompt = ['<bos>', ...source, '<sep>', ...(query === null ? [] : [query])];
  expected.forEach((symbol, place) => {
    const named = run([...prompt, ...expected.slice(0, place)]);
    must(
      named.length === 1 && named[0] === symbol,
      `for '${[...source, query ?? ''].join(' ').trim()}' the program names ${named.join(', ') || 'nothing'}, not ${symbol}`,
    );
  });
  return expected.length;
}
