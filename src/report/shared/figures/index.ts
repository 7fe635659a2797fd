/** Every kind of figure, in the order in which a task's section shows them. The next one goes here. */
import { accuracyByLength } from './accuracy.ts';
import { errorAnatomy } from './errors.ts';
import type { DrawFigure } from './figure.ts';
import { learningCurves } from './learning.ts';

export const taskFigures: readonly DrawFigure[] = [accuracyByLength, learningCurves, errorAnatomy];
