/** What measuring is made of and can be used alone: statistics, the anatomy of errors, the rows. */
export * from './statistics/index.ts';
export { anatomyOf, copyingAnatomy, errorKinds } from './anatomy/index.ts';
export type { CopyingAnatomy, ErrorKind, ErrorKindWords } from './anatomy/index.ts';
export type { CellRow, HorizonRow, InstanceRow, MeasureRow } from './rows.ts';
