/** What lies in the folder of a result, which has this name. In a file of its own: who looks whether it is there needs nothing else. */
export const RESULT = 'fix.json';

/** The page about it. */
export const PAGE = 'fix.html';

/** What was asked, as a folder of `measure`: each row is one question, of which a sample may take several. */
export const QUESTIONS = 'questions';
