/** Floats of 16 bits: what they are in float32. Both widenings are exact. */

/** IEEE 754 binary16, 1 bit of sign, 5 of exponent, 10 of fraction, of all 65,536 bit patterns: looked up, as checkpoints have billions. */
const halves = Float32Array.from({ length: 1 << 16 }, (_, bits) => {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
});

/** The number that 16 bits are in binary16. */
export function halfToNumber(bits: number): number {
  return halves[bits];
}

/** Numbers in binary16, widened. */
export function widenHalves(bits: Uint16Array): Float32Array {
  const numbers = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) numbers[i] = halves[bits[i]];
  return numbers;
}

/** Numbers in bfloat16, the upper halves of float32, widened. */
export function widenBrainFloats(bits: Uint16Array): Float32Array {
  const wide = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) wide[i] = bits[i] << 16;
  return new Float32Array(wide.buffer);
}
