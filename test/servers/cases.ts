/**
 * Servers as people have reported them, one row each: how it behaves, and what is right. The one table for everything that
 * reads replies: the respondent, `measure` and `replay`.
 */
import type { ServerCase } from './case.ts';
import { answerLimitCases } from './answer-limits.ts';
import { fieldCases } from './fields.ts';
import { limitCases } from './limits.ts';
import { refusalCases } from './refusals.ts';
import { replyCases } from './replies.ts';
import { thoughtCases } from './thoughts.ts';
import { transportCases } from './transport.ts';

export const serverCases: readonly ServerCase[] = [
  ...fieldCases,
  ...replyCases,
  ...thoughtCases,
  ...answerLimitCases,
  ...refusalCases,
  ...limitCases,
  ...transportCases,
];
