/** From text to core, by name: read tokens, parse, check, elaborate. All errors at once, from every step. */
import { checkProgram } from './check/check.ts';
import type { CoreProgram } from './core/core.ts';
import type { Diagnostic } from './text/diagnostics.ts';
import { CraspError, isTooLong, Report } from './text/diagnostics.ts';
import { elaborate } from './core/elaborate.ts';
import { parseProgram } from './text/parser.ts';
import { tokenize } from './text/tokens.ts';

export type Parsed =
  | { readonly program: CoreProgram; readonly errors?: undefined; readonly warnings: readonly Diagnostic[] }
  | {
      readonly program?: undefined;
      readonly errors: readonly Diagnostic[];
      readonly warnings: readonly Diagnostic[];
    };

/** The core of a program, or everything that is wrong with its text. Never throws, whatever the text. */
export function parse(text: string): Parsed {
  const report = new Report(text);
  const program = read(text, report);
  const warnings = report.warnings();
  return program === null ? { errors: report.errors(), warnings } : { program, warnings };
}

/** The core of a program. Throws CraspError, a UserError that holds all errors, when the text is no program. */
export function compile(text: string): CoreProgram {
  const report = new Report(text);
  const program = read(text, report);
  if (program === null) throw new CraspError(report);
  return program;
}

function read(text: string, report: Report): CoreProgram | null {
  if (isTooLong(text, report)) return null;
  const { tokens } = tokenize(text, report);
  const syntax = parseProgram(tokens, report);
  const checked = checkProgram(syntax, report);
  return report.errors().length === 0 ? elaborate(checked, report) : null;
}
