/** What is printed of a folder as JSON. */
import { promptSpread } from '../../score/tables/prompt-spread.ts';
import { REPORTED_FORMAT, RESULT_VERSION } from '../result.ts';
import type { MeasurementResult, SeveralResults } from '../result.ts';

/** Its one measurement, or all that it holds. */
export function handedOn(
  results: readonly MeasurementResult[],
  more: { readonly report?: string } = {},
): MeasurementResult | SeveralResults {
  if (results.length === 1) return { ...results[0], ...more };
  const spread = promptSpread(results);
  return { format: REPORTED_FORMAT, version: RESULT_VERSION, measurements: results, spread, ...more };
}
