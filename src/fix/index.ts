/** What makes a task hold that a model does not do as it is asked: mitigations, and what they bring. docs/fix.md teaches it. */
export { fix } from './fix.ts';
export type { Fixed } from './fix.ts';
export type * from './spec.ts';
export type { Asker, AskedRows, WantedTask } from './asking/asker.ts';
export type { PlainTask } from './asking/asked.ts';
export type * from './mitigations/mitigation.ts';
export { mitigationNames, mitigationsOf } from './mitigations/table.ts';
export type * from './outcome/rows.ts';
export { handedFiles } from './hand-over/files.ts';
export { answerOf, asksOf } from './transform/run.ts';
export { pythonOf } from './transform/python.ts';
export { typescriptOf } from './transform/typescript.ts';
export type * from './transform/transform.ts';
