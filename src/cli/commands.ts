/** Every command, in the order in which the help lists them. */
import type { Register } from './shared/command.ts';
import { registerCertificate } from './predict/certificate.ts';
import { registerCrasp } from './crasp/crasp.ts';
import { registerExport } from './export/export.ts';
import { registerCompare } from './compare.ts';
import { registerExplain } from './explain/explain.ts';
import { registerFinetune } from './finetune/finetune.ts';
import { registerFix } from './fix/fix.ts';
import { registerMeasure } from './measure/measure.ts';
import { registerPredict } from './predict/predict.ts';
import { registerPrompts } from './prompts.ts';
import { registerReport } from './report.ts';
import { registerStudy } from './study/study.ts';
import { registerReplay } from './measure/recording.ts';
import { registerTasks } from './tasks/tasks.ts';
import { registerTrain } from './train/train.ts';

export const commands: readonly Register[] = [
  registerTasks,
  registerCrasp,
  registerPredict,
  registerCertificate,
  registerTrain,
  registerMeasure,
  registerExplain,
  registerFinetune,
  registerFix,
  registerPrompts,
  registerReplay,
  registerCompare,
  registerStudy,
  registerReport,
  registerExport,
];
