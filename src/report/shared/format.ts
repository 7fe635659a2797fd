/** Numbers as people read them. */

/** `97.5 %`, `100 %`. Only all is 100 and only none is 0: nothing is rounded to them. */
export function percent(share: number): string {
  if (share === 0 || share === 1) return `${share * 100}\u202f%`;
  const held = Math.min(99.9, Math.max(0.1, share * 100));
  return `${held.toFixed(1).replace(/\.0$/, '')}\u202f%`;
}

/** `95.1–98.9 %`: an interval of shares. */
export function percentRange(low: number, high: number): string {
  return `${(low * 100).toFixed(1)}–${(high * 100).toFixed(1)}\u202f%`;
}

/** `3×`, `1.5×`: how many times the trained length. */
export function times(factor: number): string {
  return `${Number(factor.toFixed(factor < 10 ? 1 : 0))}×`;
}

/** `12,400`. */
export function count(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `0.0123`: three significant digits. */
export function decimal(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : String(value);
}

/** `under 0.1 s`, `8.2 s`, `4 min 05 s`, `3 h 12 min`. */
export function duration(seconds: number): string {
  if (seconds < 0.1) return 'under 0.1 s';
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}

/** `1 run`, `3 runs`. */
export function plural(n: number, singular: string, several = `${singular}s`): string {
  return `${count(n)} ${n === 1 ? singular : several}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function list(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words[words.length - 1]}`;
}

/** The text, cut with an ellipsis when it is longer than `most` characters. */
export function shorten(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
