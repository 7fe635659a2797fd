/** An option as it is written on the command line: `--demonstration-length` of `demonstrationLength`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
