/** One attempt to have something accepted that is false. */
import type { Fields } from './sealed.ts';

export interface Attempt {
  /** The way that was tried, as it is counted. */
  readonly kind: string;
  /** The text of the certificate's file. */
  readonly text: string;
  /** The program in it is wrong somewhere; the verdict is right. */
  readonly wrongFor?: string;
}

export function attempt(kind: string, certificate: Fields): Attempt {
  return { kind, text: JSON.stringify(certificate) };
}
