/** The result in the folder in which it is kept. In a file of its own: who looks whether it is there needs nothing else. */
export const RESULT = 'fix.json';
