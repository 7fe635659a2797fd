/** What files of recorded outputs are, how they are read, and what is known of each beside its tables. */
import type { Askable } from '../../prompt/askable.ts';
import type { PromptTemplate } from '../../prompt/template.ts';
import type { AuthorsScores } from '../../respond/recording/authors.ts';
import type { Fields } from '../../respond/recording/fields.ts';
import type { FieldNames } from '../../respond/recording/record.ts';
import type { ChosenLength, ToldOfTask } from '../store/rows.ts';
import type { Contradiction } from './recorded-gold.ts';

/** Ours, or as the paper's authors released it. */
export type Scoring = 'ours' | 'authors';

/** One file, and the task that its records are of. */
export interface RecordedFile {
  readonly file: string;
  readonly task: Askable;
  /** The prompt that its records say they were asked with, where they do. */
  readonly template?: PromptTemplate;
  /** The model whose answers they are, where all of them name it as rows of an export do. */
  readonly model?: string | null;
  /** What its records say of how they were asked, where they name their task. */
  readonly told?: ToldOfTask;
  /** What its records say of lengths at which the answers decided how many samples were asked. */
  readonly chosen?: readonly ChosenLength[];
  /** Which of its records count, where they name their tasks; all without. */
  readonly only?: (fields: Fields) => boolean;
  /** Which of their fields is what, where it is known from the kind of records. */
  readonly fields?: FieldNames;
}

/** How files are read. */
export interface ReadingOptions {
  readonly scoring?: Scoring;
  readonly fields?: FieldNames;
  /** The prompt that the outputs were asked for with, by the task: they are read as it says. Not known without. */
  readonly promptFor?: (task: Askable) => PromptTemplate;
  /** Lengths to count; all without. */
  readonly lengths?: readonly number[];
}

/** A line that is no record. Lines are counted from 1. */
export interface BadLine {
  readonly line: number;
  readonly reason: string;
}

/** Lines of a file that are no records: how many, and the first of them. */
export interface BadLines {
  readonly file: string;
  readonly bad: number;
  readonly badLines: readonly BadLine[];
}

/** What is known of a file beside its tables. */
export interface FileReport extends BadLines {
  readonly task: string;
  readonly records: number;
  /** Records whose right answer the oracle contradicts, the first of them, and what is right by the oracle. */
  readonly contradicting: number;
  readonly contradictions: readonly Contradiction[];
  readonly correctByOracle: number;
  /** Records without a right answer of their own: the oracle's was taken. */
  readonly answeredByOracle: number;
  /** Where symbols are read as lists: what stands between two, and whether in sources, in answers, or in both. */
  readonly lists?: { readonly separator: string; readonly sources: boolean; readonly answers: boolean };
  /** What stands between symbols in most sources, and was not taken for what separates them: a mark, or `\n`. */
  readonly likelySeparator?: string;
  /** Wrong outputs that have the right symbols in order, in another form: how many. */
  readonly separatedOtherwise?: number;
  /** Outputs that are not right and have most of their recorded prompt in them, which does not stand at their beginning as it was recorded. */
  readonly withPrompt?: number;
  /** Outputs that the filter `list` read, since they are lists with other marks than the right answer. */
  readonly listed?: number;
  readonly authors?: AuthorsScores;
}
