/** Lists of symbols as programs and models write them: in sources, right answers and outputs. Written from what Python, numpy, torch and TensorFlow print. */

export type Written = (symbols: readonly string[]) => string;

/** What kind of symbols a form is for. */
export type SymbolKind = 'numbers' | 'words' | 'any';

export interface ListForm {
  readonly write: Written;
  /** Which symbols it can hold: whole numbers; what needs no quotation marks and has no blanks; any. */
  readonly holds: SymbolKind;
}

/** Sets of symbols, each with the kind that all of them are of. */
export const symbolSets: Readonly<Record<string, readonly [kind: SymbolKind, symbols: readonly string[]]>> = {
  letters: ['words', [...'abcdefghijklmnop']],
  words: ['words', ['red', 'blue', 'green', 'black', 'white', 'pink', 'grey', 'tan']],
  'letters of Europe': ['words', [...'éüßñåøçö']],
  'characters of China and Japan': ['words', [...'猫犬鳥魚馬牛羊虎']],
  emoji: ['words', ['😀', '🐶', '🌍', '🍕', '🚗', '⚽', '🎵', '📚']],
  digits: ['numbers', [...'0123456789']],
  numbers: ['numbers', ['12', '345', '7', '89', '1000', '23', '456', '901']],
  'numbers of three digits': ['numbers', Array.from({ length: 14 }, (_, i) => String(101 + 59 * i))],
  'negative numbers': ['numbers', ['-1', '2', '-3', '4', '5', '-6', '7', '8']],
  apostrophes: ['any', ["don't", "can't", 'red', 'blue', "it's", 'green', "we'll", 'tan']],
  'names with blanks': ['any', ['New York', 'San Juan', 'Rome', 'Los Angeles', 'Paris', 'La Paz', 'Bonn']],
  'characters with a backslash': ['any', [...'+*/\\%&#@=~^']],
  LaTeX: ['any', ['\\alpha', '\\beta', '\\nu', '\\delta', '\\theta', '\\rho', '\\xi', '\\u']],
  'paths of Windows': ['any', ['C:\\a', 'C:\\b', 'D:\\n', 'E:\\t', 'F:\\x41', 'G', 'H', 'I:\\']],
  'quotation marks': ['any', ['"', 'a', 'b', "'", 'c', '"d"', "'e", 'f"']],
  brackets: ['any', [...'[](){}<>']],
  'marks of lists': ['any', ['a,b', ',', 'c', ', d', ';', 'e|f', '|', 'g']],
};

/** Python's `repr`. */
export function pythonText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inner = text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`).replaceAll('\n', '\\n');
  return quote + inner + quote;
}

/** Python's `json.dumps`, which writes ASCII. */
export function jsonAscii(symbols: readonly string[]): string {
  const texts = symbols.map((symbol) =>
    JSON.stringify(symbol).replace(
      /[^\0-\x7f]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
  );
  return `[${texts.join(', ')}]`;
}

/** Items of numpy, in lines of at most 75 characters. */
function inLines(items: readonly string[], begin: string, between: string): string {
  const lines = [begin];
  for (const [i, item] of items.entries()) {
    const next = item + (i < items.length - 1 ? between : '');
    const isFull = lines[lines.length - 1].length + next.length > 75 && i > 0;
    if (isFull) lines.push(' '.repeat(begin.length) + next);
    else lines[lines.length - 1] += (i === 0 || between === '' ? '' : ' ') + next;
  }
  return lines.join('\n');
}

const numpyText = (items: readonly string[]): string =>
  `${inLines(items, '[', ' ').replaceAll(/ +$/gm, '')}]`;

/** The type goes to a line of its own where it has no room. */
function numpyRepr(items: readonly string[], type: string): string {
  const array = `${inLines(items, 'array([', ',')}]`;
  const last = array.slice(array.lastIndexOf('\n') + 1);
  const end = type === '' ? ')' : `${`${last}, ${type})`.length > 75 ? ',\n      ' : ', '}${type})`;
  return array + end;
}

/** Numbers as floats, as numpy writes whole ones. */
const pointed = (symbols: readonly string[]): string[] => symbols.map((symbol) => `${symbol}.`);
const padded = (symbols: readonly string[]): string[] => {
  const width = Math.max(...symbols.map(({ length }) => length));
  return symbols.map((symbol) => symbol.padStart(width));
};
const python: Written = (symbols) => `[${symbols.map(pythonText).join(', ')}]`;
const bare: Written = (symbols) => symbols.join(', ');

const forms = (holds: SymbolKind, written: Readonly<Record<string, Written>>): Record<string, ListForm> =>
  Object.fromEntries(Object.entries(written).map(([name, write]) => [name, { write, holds }]));

export const listForms: Readonly<Record<string, ListForm>> = {
  ...forms('any', {
    'json.dumps': jsonAscii,
    'JSON in UTF-8': (symbols) => `[${symbols.map((each) => JSON.stringify(each)).join(', ')}]`,
    'compact JSON': (symbols) => JSON.stringify(symbols),
    'indented JSON': (symbols) => JSON.stringify(symbols, null, 2),
    'JSON in a fence': (symbols) => `\`\`\`json\n${JSON.stringify(symbols)}\n\`\`\``,
    'indented JSON in a fence': (symbols) => `\`\`\`json\n${JSON.stringify(symbols, null, 4)}\n\`\`\``,
    'a list of Python': python,
    'a list of Python in a fence': (symbols) => `\`\`\`python\n${python(symbols)}\n\`\`\``,
    'a list of Python, one a line': (symbols) =>
      `[\n${symbols.map((each) => `    ${pythonText(each)},\n`).join('')}]`,
    'a list with a comma at its end': (symbols) => `[${symbols.map(pythonText).join(', ')},]`,
    'a tuple': (symbols) => `(${symbols.map(pythonText).join(', ')})`,
    'an array of texts': (symbols) => numpyText(symbols.map(pythonText)),
    'an array of texts in a call': (symbols) => numpyRepr(symbols.map(pythonText), "dtype='<U11'"),
    'an array of objects in a call': (symbols) => numpyRepr(symbols.map(pythonText), 'dtype=object'),
    'a batch of one': (symbols) => `[${python(symbols)}]`,
    'items in calls': (symbols) => `[${symbols.map((each) => `np.str_(${pythonText(each)})`).join(', ')}]`,
    'a deque': (symbols) => `deque(${python(symbols)})`,
  }),
  ...forms('words', {
    'commas and blanks': bare,
    commas: (symbols) => symbols.join(','),
    semicolons: (symbols) => symbols.join('; '),
    bars: (symbols) => symbols.join(' | '),
    brackets: (symbols) => `[${bare(symbols)}]`,
    'brackets, one a line': (symbols) => `[\n  ${symbols.join(',\n  ')}\n]`,
    blanks: (symbols) => symbols.join(' '),
    lines: (symbols) => symbols.join('\n'),
  }),
  ...forms('numbers', {
    'an array': (symbols) => numpyText(padded(symbols)),
    'an array in a call': (symbols) => numpyRepr(padded(symbols), ''),
    'an array of 32 bits in a call': (symbols) => numpyRepr(padded(symbols), 'dtype=int32'),
    'an array of floats': (symbols) => numpyText(padded(pointed(symbols))),
    'an array of floats in a call': (symbols) => numpyRepr(padded(pointed(symbols)), ''),
    'a list of floats': (symbols) => `[${symbols.map((each) => `${each}.0`).join(', ')}]`,
    'floats with blanks': (symbols) => symbols.map((each) => `${each}.0`).join(' '),
    'a tensor': (symbols) => `tensor([${padded(symbols).join(', ')}], device='cuda:0')`,
    'a tensor of floats': (symbols) => `tensor([${padded(pointed(symbols)).join(', ')}])`,
    'a batch of one in a tensor': (symbols) => `tensor([[${padded(symbols).join(', ')}]])`,
    weights: (symbols) =>
      `Parameter containing:\ntensor([${pointed(symbols).join(', ')}], requires_grad=True)`,
    'a tensor of TensorFlow': (symbols) =>
      `tf.Tensor([${symbols.join(' ')}], shape=(${symbols.length},), dtype=int32)`,
    'a tensor of TensorFlow as it is shown': (symbols) =>
      `<tf.Tensor: shape=(${symbols.length},), dtype=int32, numpy=${numpyRepr(padded(symbols), 'dtype=int32')}>`,
    'a variable of TensorFlow': (symbols) =>
      `<tf.Variable 'Variable:0' shape=(${symbols.length},) dtype=int32, numpy=${numpyRepr(padded(symbols), 'dtype=int32')}>`,
    'an array of JAX': (symbols) => `Array([${symbols.join(', ')}], dtype=int32)`,
    'numbers in calls': (symbols) => `[${symbols.map((each) => `np.int64(${each})`).join(', ')}]`,
  }),
};

/** Whether a form can hold symbols of a kind. */
export function canHold(form: Pick<ListForm, 'holds'>, kind: SymbolKind): boolean {
  const rank: readonly SymbolKind[] = ['numbers', 'words', 'any'];
  return rank.indexOf(kind) <= rank.indexOf(form.holds);
}
