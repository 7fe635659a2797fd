/** How a model is drawn everywhere: in both reports, in figures, tables and legends. */
import { html } from './html.ts';
import type { Html } from './html.ts';

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

/** The model's symbol in its colour, as in the figures; it always stands beside the name. */
export function symbolOf({ ink }: ModelView): Html {
  const path = symbolPath(ink.symbol);
  return html`<svg class="symbol" viewBox="-7 -7 14 14" aria-hidden="true">
    <path d="${path}" fill="${ink.colour}" />
  </svg>`;
}

/** What d3 draws for Plot's symbols at this size, to one decimal. */
function symbolPath(symbol: Ink['symbol']): string {
  switch (symbol) {
    case 'circle':
      return 'M4.5,0A4.5,4.5,0,1,1,-4.5,0A4.5,4.5,0,1,1,4.5,0';
    case 'square':
      return 'M-4,-4h8v8h-8Z';
    case 'triangle':
      return 'M0,-5.5L4.8,2.8L-4.8,2.8Z';
    case 'diamond':
      return 'M0,-6L3.5,0L0,6L-3.5,0Z';
    case 'star':
      return 'M0,-6L1.3,-1.9L5.7,-1.9L2.2,0.7L3.5,4.9L0,2.3L-3.5,4.9L-2.2,0.7L-5.7,-1.9L-1.3,-1.9Z';
    case 'cross':
      return 'M-5,-1.7H-1.7V-5H1.7V-1.7H5V1.7H1.7V5H-1.7V1.7H-5Z';
  }
}
