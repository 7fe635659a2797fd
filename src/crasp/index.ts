/** The language C-RASP: programs from text to a small core, what they compute, and what can be said about them. */
export { compile, parse } from './compile.ts';
export type { Parsed } from './compile.ts';
export type { CoreNode, CoreProgram, NodeId, Output, Term, Window } from './core.ts';
export { CraspError, renderDiagnostic } from './diagnostics.ts';
export type { Diagnostic } from './diagnostics.ts';
export { interpret } from './interpret.ts';
export type { Run } from './interpret.ts';
export { accepts, generate, next } from './read-out.ts';
export type { Generated, Stop } from './read-out.ts';
export { splitInput } from './symbols.ts';
