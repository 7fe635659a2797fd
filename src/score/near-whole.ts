/** Sums of shares miss whole numbers by a few bits: three thirds are 1. */
export function nearWhole(value: number): number {
  const whole = Math.round(value) + 0; // and no -0
  return Math.abs(value - whole) < 1e-9 ? whole : value;
}
