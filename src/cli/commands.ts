/** Every command, in the order in which the help lists them. */
import type { Register } from './command.ts';
import { registerMeasure } from './measure.ts';
import { registerStudy } from './study.ts';
import { registerTasks } from './tasks.ts';

export const commands: readonly Register[] = [registerTasks, registerMeasure, registerStudy];
