/** Symbols with a meaning of their own in sequences and programs. */

export const specialSymbols = { pad: '<pad>', bos: '<bos>', sep: '<sep>', eos: '<eos>' } as const;
