/** What whoever gives an order to a process of its own hears of it. (Apart from `process.node.ts`, whose types need Node's.) */

export interface WorkOptions<Row, Tick> {
  /** Aborted when it is to stop; the work then ends with the signal's reason. */
  readonly signal: AbortSignal;
  /** Gets every row, one after the other. */
  readonly onRow: (row: Row) => void | Promise<void>;
  /** Told how it is going. */
  readonly onTick?: (tick: Tick) => void;
}
