/** The error function, which JavaScript lacks. */

/**
 * erf to about 1e-15: its Maclaurin series for |x| < 3, the continued fraction of erfc beyond
 * (Abramowitz and Stegun 7.1.6 and 7.1.14).
 */
export function erfOf(x: number): number {
  const magnitude = Math.abs(x);
  if (Number.isNaN(x)) return NaN;
  if (magnitude > 6) return Math.sign(x);
  return Math.sign(x) * (magnitude < 3 ? series(magnitude) : 1 - continuedFraction(magnitude));
}

function series(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

function continuedFraction(x: number): number {
  let tail = x;
  for (let n = 60; n >= 1; n--) tail = x + n / 2 / tail;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * tail);
}
