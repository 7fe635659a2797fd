export { clusteredInterval, clusteredVariance, wilson } from './interval.ts';
export type { Cluster, Interval } from './interval.ts';
export {
  clusteredDifference,
  mcnemar,
  pairedCounts,
  pairedDifference,
  unpairedDifference,
} from './paired.ts';
export type { Difference, PairedCounts } from './paired.ts';
export { holm } from './correction.ts';
export { horizonOf } from './horizon.ts';
export type { Horizon, HorizonCell } from './horizon.ts';
