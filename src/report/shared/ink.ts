/** How a model is drawn everywhere: in both reports, in figures, tables and legends. */

export interface Ink {
  /** A colour as a CSS variable: light, dark and print give it different values. */
  readonly colour: string;
  /** How the line is broken, so that one below it shows through. */
  readonly dash: string;
  /** Tells models apart where colours don't. */
  readonly symbol: 'circle' | 'square' | 'triangle' | 'diamond' | 'cross' | 'star';
}

/** A model, or whatever else was asked, with its name on this page. */
export interface ModelView {
  readonly name: string;
  readonly ink: Ink;
}

/** Six colours that colour-blind readers can tell apart (`style.ts`), each with a line and a symbol of its own. */
const INKS: readonly Ink[] = [
  { colour: 'var(--model-1)', dash: 'none', symbol: 'circle' },
  { colour: 'var(--model-2)', dash: '9 6', symbol: 'square' },
  { colour: 'var(--model-3)', dash: '3 5', symbol: 'triangle' },
  { colour: 'var(--model-4)', dash: '12 4 3 4', symbol: 'diamond' },
  { colour: 'var(--model-5)', dash: '6 3', symbol: 'star' },
  { colour: 'var(--model-6)', dash: '2 3', symbol: 'cross' },
];

/** The ink of the model at this place of the page; after six they come again. */
export function inkOf(place: number): Ink {
  return INKS[place % INKS.length];
}
