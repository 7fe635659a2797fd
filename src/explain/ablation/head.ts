/** A head and its name. */

/** A head, by its layer and its number there. */
export interface Head {
  readonly layer: number;
  readonly head: number;
}

export const headName = ({ layer, head }: Head): string => `L${layer}H${head}`;
