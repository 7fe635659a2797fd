export { exactInterval, fewestAnswers, thresholdFault } from './exact.ts';
export { boundedDifference, boundedInterval, meanInterval } from './bounded.ts';
export type { Level, Observations } from './bounded.ts';
export { wilson } from './interval.ts';
export type { Interval } from './interval.ts';
export {
  clusteredDifference,
  mcnemar,
  pairedCounts,
  pairedDifference,
  sequentialDifference,
  sequentialSignTest,
  unpairedDifference,
} from './paired.ts';
export type { Difference, PairedCounts } from './paired.ts';
export { correctedRows, holm } from './correction.ts';
export type { TestedRow } from './correction.ts';
export { horizonOf } from './horizon.ts';
export type { Horizon, HorizonCell } from './horizon.ts';
export { fewestDraws, promiseError, PROMISE_LENGTHS, PROMISED_SHARE } from './promise.ts';
export type { Draw } from './promise.ts';
export { seedDifference } from './seed-difference.ts';
export type { SeedShares } from './seed-difference.ts';
export { FEWEST_SEEDS, seedSummary, signFlip } from './seeds.ts';
export type { SeedSummary } from './seeds.ts';
export { anytimeInterval, Bets, betsOn, fewestInARow } from './sequential.ts';
export type { Decision } from './sequential.ts';
