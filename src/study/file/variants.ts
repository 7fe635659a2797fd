/**
 * One respondent, asked in several ways: `each` lists prompts and changes to them, and every combination is a respondent
 * of its own, named by what is listed.
 */
import type { Inquiry } from '../../measure/plan/inquiry.ts';
import { list, record, truth, type Located, type Place, type Reader } from './reading.ts';
import { taskText } from './tasks.ts';

type Rendering = Inquiry['rendering'];

/** How a respondent is asked in one of its ways. */
export interface Variant {
  /** What its name says beside the respondent's; '' where there is one way only. */
  readonly words: string;
  /** The name or file of a prompt; null: what the respondent says itself. */
  readonly prompt: string | null;
  readonly rendering: Rendering;
}

/** A list of more is a slip: the paper's grid has five prompts. */
const MOST_OF_A_KIND = 20;

interface Kinds {
  readonly demonstrationLength: Reader<number | 'same'>;
  readonly promptName: Reader<string>;
}

const listOf = <T>(reader: Reader<T>): Reader<T[]> =>
  list(reader, { max: MOST_OF_A_KIND, reason: 'write a second respondent' });

/** Reads `each: { prompt: [paper, math-rule], separator: [true, false], demonstration-length: [5, same] }`. */
export function variants({ demonstrationLength, promptName }: Kinds): Reader<Variant[]> {
  const mapping = record("'each'", {
    prompt: listOf(promptName),
    separator: listOf(truth()),
    'demonstration-length': listOf(demonstrationLength),
  });
  return (place) => {
    const read = mapping(place);
    if (read === undefined) return undefined;
    const prompts = (read.prompt ?? [null]).map((prompt) => ({
      prompt,
      ...{ words: prompt === null ? [] : [prompt], rendering: {} },
    }));
    const separators = (read.separator ?? [null]).map((separator) => ({
      words: separator === null ? [] : [separator ? 'separator' : 'no separator'],
      rendering: separator === null ? {} : { separator },
    }));
    const lengths = (read['demonstration-length'] ?? [null]).map((length) => ({
      words: length === null ? [] : [length === 'same' ? 'same length' : `length ${length}`],
      rendering: length === null ? {} : { demonstrationLength: length },
    }));
    return prompts.flatMap((prompt) =>
      separators.flatMap((separator) =>
        lengths.map((length) => ({
          words: [...prompt.words, ...separator.words, ...length.words].join(', '),
          prompt: prompt.prompt,
          rendering: { ...separator.rendering, ...length.rendering },
        })),
      ),
    );
  };
}

/** The tasks of the study that a respondent is asked about: `tasks: [UF, UB]`. */
export function tasksAsked(place: Place): Located<string[]> | undefined {
  const value = list(taskText, { max: 1000, reason: 'leave it away to ask about all' })(place);
  return value === undefined ? undefined : { value, place };
}
