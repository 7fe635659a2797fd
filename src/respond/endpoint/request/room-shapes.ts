/** Shapes of requests with more room for thoughts, or with less. */
import type { RequestShape } from './body.ts';

/** The room for thoughts is divided by this where the server takes no limit as large, and names none that it takes. */
const SMALLER = 4;

/** Less room than this is no room for thoughts. */
const LEAST_THINK_TOKENS = 128;

/** The same with room for thoughts, and no stop mark that would end one; null where that changes nothing. */
export function roomyShape(
  shape: RequestShape,
  thinkTokens: number,
  limitGiven: boolean,
): RequestShape | null {
  const grows = !limitGiven && thinkTokens > shape.thinkTokens;
  if (!grows && !shape.stop) return null;
  return { ...shape, stop: false, thinkTokens: Math.max(shape.thinkTokens, thinkTokens) };
}

/** The same with a limit of at most so many tokens; null: any. */
export function capped(shape: RequestShape, mostTokens: number | null): RequestShape {
  return mostTokens === null ? shape : { ...shape, mostTokens };
}

/** The same with its room for thoughts made smaller so many times; null where there is none that small. */
export function shapeWith(base: RequestShape, times: number): RequestShape | null {
  return times === 0 ? base : smallerShape(base, times);
}

function smallerShape(shape: RequestShape, times: number): RequestShape | null {
  const thinkTokens = Math.floor(shape.thinkTokens / SMALLER ** times);
  return thinkTokens < LEAST_THINK_TOKENS ? null : { ...shape, thinkTokens };
}
