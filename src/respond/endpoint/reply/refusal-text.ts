/** One line for a server that refuses us, before the first question or after many: what it says, and the way in. */
import type { Fault } from './faults.ts';

/** An endpoint, as far as the line names it. */
export interface Refuser {
  readonly address: string;
  /** What gave the key that it is sent; null without one. */
  readonly keyFrom: string | null;
  readonly redact: (text: string) => string;
}

/** @param reason what it says, with what is known besides */
export function refusalText(
  { address, keyFrom, redact }: Refuser,
  fault: Pick<Fault, 'reason' | 'fatal' | 'refusedFor'>,
  reason = fault.reason,
): string {
  const way = wayIn(fault, keyFrom);
  return redact(`${address} refuses us: ${reason}${way === null ? '' : `; ${way}`}`);
}

function wayIn({ fatal, refusedFor }: Pick<Fault, 'fatal' | 'refusedFor'>, keyFrom: string | null) {
  if (fatal === 'perhaps') return 'it does not say whether for the key or for what is asked';
  if (refusedFor === 'money') return 'there is nothing left to pay with: add credit there';
  if (refusedFor === 'allowance') return 'what may be used is used up';
  if (refusedFor === 'other') return null;
  if (keyFrom !== null) return `the key came from ${keyFrom}: set it to one that this server takes`;
  return 'set LENGTHWISE_API_KEY (or OPENAI_API_KEY) to a key that this server takes';
}
