/**
 * What a program or an input may ask of us, and why no more. A program is somebody else's text: it is refused by
 * one of these names, never by a stack overflow, a hang or a wrong number.
 */

/** Characters of a program's text. The largest programs we synthesise take a tenth of it; more is no program. */
export const MAX_PROGRAM_CHARACTERS = 1_000_000;

/** Brackets and prefix operators inside each other: the parser recurses once for each. */
export const MAX_NESTING = 200;

/** Errors reported for one program; after that many, more don't help. */
export const MAX_ERRORS = 100;

/** Integer literals: with MAX_INPUT_LENGTH they keep every sum exact (see MAX_VALUE). */
export const MAX_INTEGER = 2 ** 31 - 1;

/** Symbols of an alphabet: the evaluator stores a symbol in two bytes, and one number means "no symbol". */
export const MAX_ALPHABET = 10_000;

/** Variables of one family, or of one any or all: an alphabet to the power of that is what they range over. */
export const MAX_VARIABLES = 16;

/** Nodes of the core after families are expanded: each is a local variable of the emitted function (engines allow 50,000). */
export const MAX_NODES = 40_000;

/** Operands over all nodes (an `any` over 100 symbols has 100): what bounds the emitted code, which engines cap at 7 MB. */
export const MAX_OPERANDS = 500_000;

/** Expressions visited while families, `any` and `all` are expanded: less than a second of work. */
export const MAX_EXPANSION = 1_000_000;

/** Operands of all sums and junctions that are put together on the way, known ones too: about a second of work. */
export const MAX_BUILDING = 10_000_000;

/** How far one local count may look back, and all of them together: the evaluator's ring buffers. */
export const MAX_LOOK_BACK = 65_536;
export const MAX_WINDOW_BITS = 2 ** 20;

/** The least common multiple of all moduli: positions are counted modulo it in 32 bits. */
export const MAX_PERIOD = 2 ** 31 - 1;

/** Symbols of one input: 32 MiB of evaluator memory. */
export const MAX_INPUT_LENGTH = 2 ** 24;

/** Any number a program computes on any admissible input: below it, JavaScript's numbers are exact. */
export const MAX_VALUE = Number.MAX_SAFE_INTEGER;

/** Cells (operations × positions) of a trace: a page with more is not read by anybody. */
export const MAX_TRACE_CELLS = 1_000_000;

/** Symbols that `generate` adds unless told otherwise: a program that never says <eos> must end too. */
export const DEFAULT_GENERATION_STEPS = 10_000;

/** Configurations that a search keeps unless told otherwise: a few seconds' work. */
export const DEFAULT_CONFIGURATIONS = 1_000_000;

/** Operands that a search may look at for each configuration that it may keep: with the default, a few seconds' work. */
export const OPERATIONS_PER_CONFIGURATION = 200;

/** What the configurations of a search take together, beside a hundred megabytes or so of the process: measured. */
export const MAX_SEARCH_BYTES = 2 ** 29;

/** Operands that `generate` may look at: a few seconds' work. */
export const MAX_GENERATION_OPERATIONS = 200_000_000;
