/** The one formula that pooling runs needs. */

/** 97.5 % quantile of the standard normal distribution. */
const Z = 1.959963984540054;

/** 95 % interval for a share, k of n (Wilson 1927; Brown, Cai and DasGupta 2001, eq. 4). */
export function wilson(k: number, n: number): { low: number; high: number } {
  if (n === 0) return { low: 0, high: 1 };
  const share = k / n;
  const scale = 1 + (Z * Z) / n;
  const centre = (share + (Z * Z) / (2 * n)) / scale;
  const half = (Z / scale) * Math.sqrt((share * (1 - share)) / n + (Z * Z) / (4 * n * n));
  return { low: k === 0 ? 0 : centre - half, high: k === n ? 1 : centre + half };
}
