/** What a figure is: drawings, a caption, and the same numbers as a table. */
import type { Content, Html } from './html.ts';

/** One drawing. `narrow` is for screens under 40 rem, where `wide` would shrink beyond reading. */
export interface Panel {
  readonly title: Content;
  readonly wide: Html;
  readonly narrow?: Html;
}

export interface Column {
  readonly label: string;
  /** Numbers are set flush right, in figures of one width. */
  readonly numeric?: boolean;
}

export interface Table {
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Content[])[];
}

export interface Figure {
  /** Names the figure within its section: part of its anchor. */
  readonly name: string;
  readonly title: string;
  readonly caption: Content;
  readonly panels: readonly Panel[];
  /** What the drawings' marks mean, where it isn't written beside them. */
  readonly legend?: Content;
  readonly table: Table;
}
