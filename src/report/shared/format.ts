/** Numbers as people read them. (Percentages: score/tables/percent.ts.) */

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
  if (text.length <= most) return text;
  const characters = [...text.slice(0, 2 * most + 2)]; // a text may have megabytes, a character two units
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}

/** `0.0123`, `< 0.0001`; `–` where nothing was tested. */
export function pText(p: number | null): string {
  if (p === null) return '–';
  return p < 0.0001 ? '< 0.0001' : p.toFixed(4);
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
