/** What the commands of `lengthwise crasp` print. */
import { UserError } from '../../common/errors.ts';
import type {
  Comparison,
  CoreProgram,
  Diagnostic,
  Metrics,
  SearchLimit,
  Verdict,
} from '../../crasp/index.ts';
import { renderDiagnostic, symbolLiteral } from '../../crasp/index.ts';
import {
  MAX_GENERATION_OPERATIONS,
  MAX_SEARCH_BYTES,
  OPERATIONS_PER_CONFIGURATION,
} from '../../crasp/core/limits.ts';
import { messageBitsAt } from '../../crasp/core/metrics.ts';

/** All errors and warnings, as a compiler prints them, and how many there are. */
export function faultsText(diagnostics: readonly Diagnostic[], file: string): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const texts = diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, file));
  if (errors > 0) texts.push(`lengthwise: ${file} has ${errors} error${errors === 1 ? '' : 's'}`);
  return texts.join('\n\n');
}

export function checkText(file: string, program: CoreProgram, measured: Metrics): string {
  const { output } = program;
  const read =
    output.kind === 'next'
      ? `next symbol, for ${output.symbols.length} symbols`
      : output.read === 'eos'
        ? 'accepts, read at <eos>'
        : 'accepts, read at the last symbol';
  const signs = measured.mixedSigns ? ', counts of both signs' : '';
  const rows: [string, string][] = [
    ['program', file],
    ['output', read],
    ['fragment', `${measured.fragmentName} (dialect ${measured.fragment})${signs}`],
    ['depth', String(measured.depth)],
    ['size', counted(measured.size, 'operation')],
    ['counters', String(measured.counters)],
    ['locality', `${measured.locality} (window bits ${measured.windowBits})`],
    ['period', String(measured.period)],
    ['coefficients', `at most ${measured.coefficientBound}`],
    [
      'message bits',
      `${measured.messageBits.formula} for n symbols (${messageBitsAt(measured.messageBits, 100)} for 100)`,
    ],
    ['transformer', `${counted(measured.layers, 'layer')}, ${counted(measured.heads, 'head')} (predicted)`],
  ];
  return rows.map(([name, value]) => `${name.padEnd(13)} ${value}\n`).join('');
}

function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

interface AnswerOptions {
  readonly generate?: true;
  readonly maxSteps: number;
  readonly json?: true;
}

/**
 * Inputs to lines of output, one each, up to the first input that is at fault: `fail` gets its error and its index.
 */
export type Answer = (
  inputs: readonly (readonly string[])[],
  fail: (error: UserError, index: number) => void,
) => Iterable<string>;

/** How a program's inputs are answered: accepted or not, next symbols, or what is generated. */
export async function answerLines(program: CoreProgram, options: AnswerOptions): Promise<Answer> {
  const { loadEvaluator, generate } = await import('../../crasp/index.ts');
  const { output } = program;
  if (options.generate) {
    if (output.kind === 'accept')
      throw new UserError('--generate needs a program with next[…]; this one accepts');
    return eachInput((input) =>
      input.length === 0
        ? generatedFromNothing(options)
        : generatedLine(input, generate(program, input, options.maxSteps), options),
    );
  }
  const evaluator = await loadEvaluator(program);
  if (output.kind === 'accept') {
    const empty = output.read === 'last';
    return inBatches(
      (inputs) => evaluator.accepts(inputs),
      (input, accept) =>
        options.json
          ? JSON.stringify({ input: input.join(' '), accept, ...(accept === null ? { reason: EMPTY } : {}) })
          : `${shown(input)}: ${accept === null ? `undefined, ${EMPTY}` : accept ? 'accepted' : 'rejected'}`,
      empty,
    );
  }
  return inBatches(
    (inputs) => evaluator.next(inputs),
    (input, next) =>
      options.json
        ? JSON.stringify({ input: input.join(' '), next, ...(next === null ? { reason: EMPTY } : {}) })
        : `${shown(input)}: ${next === null ? `undefined, ${EMPTY}` : `next ${next.join(' ') || 'nothing'}`}`,
    true,
  );
}

/** Nothing is generated after the empty string: it has no last symbol to read at. */
function generatedFromNothing({ json }: AnswerOptions): string {
  return json ? JSON.stringify({ input: '', output: null, reason: EMPTY }) : `(empty): undefined, ${EMPTY}`;
}

function shown(input: readonly string[]): string {
  return input.length === 0 ? '(empty)' : input.join(' ');
}

const EMPTY = 'the empty string has no last symbol to read at';

function generatedLine(
  input: readonly string[],
  { output, stop, candidates }: { output: readonly string[]; stop: string; candidates: readonly string[] },
  { json, maxSteps }: AnswerOptions,
): string {
  if (json) {
    return JSON.stringify({
      input: input.join(' '),
      output: output.join(' '),
      stop,
      ...(stop === 'several' ? { candidates } : {}),
    });
  }
  const why: Record<string, string> = {
    '<eos>': '',
    none: '  (stopped: no next[…] holds)',
    several: `  (stopped: several hold: ${candidates.join(' ')})`,
    cap: `  (stopped after ${maxSteps} symbols, see --max-steps)`,
    operations: `  (stopped after ${output.length} symbols: they took more than ${MAX_GENERATION_OPERATIONS} operations)`,
  };
  return `${shown(input)}: ${output.join(' ')}${why[stop]}`;
}

function eachInput(line: (input: readonly string[]) => string): Answer {
  return function* (inputs, fail) {
    for (const [index, input] of inputs.entries()) {
      try {
        yield line(input);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        return fail(error, index);
      }
    }
  };
}

/** Evaluates all inputs at once; only when one is at fault, one after the other. */
function inBatches<T>(
  evaluate: (inputs: readonly (readonly string[])[]) => T[],
  line: (input: readonly string[], result: T | null) => string,
  emptyIsUndefined: boolean,
): Answer {
  const isDefined = (input: readonly string[]): boolean => input.length > 0 || !emptyIsUndefined;
  const oneByOne = eachInput((input) => line(input, isDefined(input) ? evaluate([input])[0] : null));
  return function* (inputs, fail) {
    let results: T[];
    try {
      results = evaluate(inputs.filter(isDefined));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      yield* oneByOne(inputs, fail);
      return;
    }
    let at = 0;
    for (const input of inputs) yield line(input, isDefined(input) ? results[at++] : null);
  };
}

/** Said wherever two programs agree as far as was looked. */
const UNDECIDABLE = 'whether two programs agree at every length is undecidable in general';

/** `proof`: why they agree at every length, where that is known. */
export function comparisonJson(comparison: Comparison, proof?: string): Record<string, unknown> {
  switch (comparison.result) {
    case 'differ': {
      const { string, verdicts, configurations } = comparison;
      return {
        result: 'differ',
        equal: false,
        string: string.join(' '),
        verdicts: verdicts.map((verdict) => (typeof verdict === 'boolean' ? verdictText(verdict) : verdict)),
        configurations,
      };
    }
    case 'equal': {
      const { upTo, configurations, allLengths } = comparison;
      const why = proof ?? (allLengths ? 'no new configurations were left to look at' : undefined);
      return {
        result: 'equal',
        equal: true,
        upTo,
        configurations,
        allLengths: why !== undefined,
        ...(why === undefined ? { note: UNDECIDABLE } : { proof: why }),
      };
    }
    case 'gave up': {
      const { upTo, configurations, limit } = comparison;
      return {
        result: 'gave up',
        equal: null,
        upTo,
        configurations,
        limit,
        ...(proof === undefined ? { note: UNDECIDABLE } : { allLengths: true, proof }),
      };
    }
  }
}

function verdictText(verdict: Verdict): string {
  if (verdict === null) return 'undefined';
  if (typeof verdict === 'boolean') return verdict ? 'accepts' : 'rejects';
  return verdict.length === 0 ? 'no next[…] holds' : `next ${verdict.map(symbolLiteral).join(' ')}`;
}

/** What a search was stopped by. */
const LIMITS: Record<SearchLimit, string> = {
  configurations: '--max-configurations',
  operations: `more than ${OPERATIONS_PER_CONFIGURATION} operations for each that --max-configurations allows`,
  memory: `they take ${MAX_SEARCH_BYTES} bytes, the most of a search`,
};

export function comparisonText(
  comparison: Comparison,
  names: readonly [string, string],
  proof?: string,
): string {
  const counted = `${comparison.configurations} configurations`;
  if (comparison.result === 'differ') {
    const [first, second] = comparison.verdicts;
    const { length } = comparison.string;
    return (
      `they differ, and this is a shortest string on which they do (${length} symbols, ${counted}):\n` +
      `  '${comparison.string.join(' ')}'\n` +
      `  ${names[0]}: ${verdictText(first)}\n  ${names[1]}: ${verdictText(second)}\n`
    );
  }
  if (proof !== undefined) return `equal on all strings of every length: ${proof}\n`;
  if (comparison.result === 'gave up') {
    const known = comparison.upTo < 0 ? '' : `equal on all strings up to ${comparison.upTo}, then `;
    return `${known}gave up at ${counted} (${LIMITS[comparison.limit]}); ${UNDECIDABLE}\n`;
  }
  if (comparison.allLengths) {
    return `equal on all strings of every length: no new configurations were left to look at (${counted})\n`;
  }
  return `equal on all strings up to ${comparison.upTo} (${counted}); ${UNDECIDABLE}\n`;
}
