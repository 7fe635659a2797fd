/** Whether the residues that a program uses can be seen by a model that is trained with random position offsets. */
import { type CoreProgram, residuesOf } from '../crasp/index.ts';

/** Of positions modulo a number: none is used, they are those of `<bos>`, or they are counted from the first symbol. */
export type ResidueKind = 'none' | 'anchored' | 'absolute';

export function residueKind(program: CoreProgram): ResidueKind {
  const { anchored, absolute } = residuesOf(program);
  if (absolute > 0) return 'absolute';
  return anchored > 0 ? 'anchored' : 'none';
}
