/** What a declared dialect allows, and the caps of local and periodic operations: checked where they are written. */
import type { Report, Span } from '../text/diagnostics.ts';
import { MAX_LOOK_BACK } from '../core/limits.ts';
import type { Dialect, Expression, Guard } from '../text/syntax.ts';
import { DIALECTS } from '../text/syntax.ts';

interface Allowance {
  readonly local: boolean;
  readonly periodic: boolean;
  readonly strictPast: boolean;
  readonly mixedSigns: boolean;
}

const operations: readonly (keyof Allowance)[] = ['local', 'periodic', 'strictPast', 'mixedSigns'];

const everything: Allowance = { local: true, periodic: true, strictPast: true, mixedSigns: true };

/** A dialect is an upper bound: what a program may use. */
export const ALLOWANCES: Readonly<Record<Dialect, Allowance>> = {
  plain: { ...everything, local: false, periodic: false },
  local: { ...everything, periodic: false },
  periodic: { ...everything, local: false },
  pos: everything,
  star: { ...everything, periodic: false },
  positive: { local: false, periodic: false, strictPast: false, mixedSigns: false },
};

export function checkModulo(
  expression: Expression & { kind: 'mod' },
  dialect: Dialect | null,
  report: Report,
): void {
  const { modulus, residue, span } = expression;
  if (dialect !== null && !ALLOWANCES[dialect].periodic) {
    exceeded(span, dialect, 'periodic', "'mod' is periodic", report);
  }
  if (residue >= modulus) {
    report.warning(span, `mod(${modulus}, ${residue}) is mod(${modulus}, ${residue % modulus})`);
  }
}

export function checkLookBack(
  expression: Expression & { kind: 'prev' },
  dialect: Dialect | null,
  report: Report,
): void {
  if (expression.distance > 0 && dialect !== null && !ALLOWANCES[dialect].local) {
    exceeded(expression.span, dialect, 'local', "'prev' is local: it looks back a fixed distance", report);
  }
  capLookBack(expression.distance, expression.span, report);
}

/** `operator` is what carries the guard, for messages. */
export function checkGuard(guard: Guard, operator: string, dialect: Dialect | null, report: Report): void {
  const { near, far, span } = guard;
  if (far !== null && far < near) report.warning(span, 'the guard admits no position: counts over it are 0');
  const isLocal = far === null ? near > 1 : far > 0;
  if (dialect !== null) {
    const allowance = ALLOWANCES[dialect];
    if (isLocal && !allowance.local) {
      exceeded(
        span,
        dialect,
        'local',
        `the guard of '${operator}' is local: it measures a fixed distance`,
        report,
      );
    } else if (far === null && near === 1 && !allowance.strictPast) {
      exceeded(span, dialect, 'strictPast', `the guard of '${operator}' is the strict past`, report);
    }
  }
  capLookBack(Math.max(near, far ?? 0), span, report);
}

function capLookBack(distance: number, span: Span, report: Report): void {
  if (distance > MAX_LOOK_BACK) {
    report.error(span, `a look-back of ${distance} positions is more than the ${MAX_LOOK_BACK} allowed`);
  }
}

function exceeded(span: Span, dialect: Dialect, needed: keyof Allowance, what: string, report: Report): void {
  const wanted = { ...ALLOWANCES[dialect], [needed]: true };
  const wider = DIALECTS.find((other) => {
    const allowance = ALLOWANCES[other];
    return operations.every((operation) => allowance[operation] || !wanted[operation]);
  });
  report.error(span, `dialect ${dialect} exceeded: ${what}`, {
    suggestion: `do without it${wider === undefined ? '' : `, or declare 'dialect ${wider}'`}`,
  });
}
