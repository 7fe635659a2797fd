/** `lengthwise measure FOLDER`: a model trained here, in a process of its own. */
import { availableParallelism } from 'node:os';
import { modelLabel } from '../../common/model-label.node.ts';
import type { Io } from '../shared/command.ts';
import { checkAtLeast } from './at-least.ts';
import { notedOptions } from './applies.ts';
import { taskOptionsOf } from '../shared/task-options.ts';
import { taskNamesOf } from './asked-tasks.ts';
import type { MeasureOptions } from './options.ts';
import { checkDevice } from '../shared/device.ts';
import { checkModelFolder } from '../shared/folders.ts';
import { checkOneAnswer } from './greedy.ts';
import { CellLines, modelLine } from './progress.ts';
import { finish, sayBeyond, sayOthers } from './result.ts';
import { sayTooFew } from './too-few.ts';

export async function measureFolderCommand(folder: string, options: MeasureOptions, io: Io): Promise<void> {
  const started = new Date();
  const { openModelProcess } = await import('../../respond/local/process.node.ts');
  const { identityOf, localRespondent } = await import('../../respond/local/local-respondent.ts');
  const { folderSpec, workloadOf } = await import('../../measure/targets/folder.ts');
  const { defaultFolder, usualNumbers } = await import('../../measure/usual.node.ts');
  const { measure } = await import('../../measure/measure.node.ts');
  const { MeasureStore } = await import('../../measure/store/store.node.ts');
  const { Pace } = await import('../../measure/time-left.ts');
  const { resultOf } = await import('../../measure/result.ts');
  const { SEARCH_ALPHA } = await import('../../measure/plan/plan.ts');
  const { checkUsed } = await import('../../tasks/index.ts');
  checkOneAnswer(options, 'a model');
  await checkDevice(options.device);
  const taskOptions = await taskOptionsOf(options);
  await checkModelFolder(folder);
  const model = await openModelProcess(
    { folder, adapter: options.adapter, threads: availableParallelism(), device: options.device },
    io.signal,
  );
  try {
    const spec = folderSpec(
      {
        folder,
        tasks: await taskNamesOf(options),
        options: taskOptions,
        ...usualNumbers(options),
        repeats: options.repeat,
        drawnLengths: options.drawnLengths,
        seed: options.seed,
        threshold: options.threshold,
      },
      model.facts,
    );
    checkUsed(
      spec.asked.map(({ task }) => task),
      taskOptions,
    );
    const tasks = spec.asked.map(({ task }) => task);
    checkAtLeast(options.atLeast ?? [], { ...spec, tasks });
    await sayTooFew({ ...spec, tasks }, io);
    const out =
      options.out ??
      defaultFolder({ ...identityOf(model.facts), seed: options.seed }, modelLabel(folder, options.adapter));
    const store = MeasureStore.open(out);
    try {
      const lines = new CellLines(io);
      const pace = spec.lengths === null ? null : new Pace(workloadOf(spec));
      const respondent = localRespondent(model, (work) => pace?.told(work));
      io.keeps();
      const measured = await measure(spec, respondent, {
        store,
        note: await noteOf(folder, options, SEARCH_ALPHA),
        signal: io.signal,
        onProgress: (progress) => {
          lines.show(progress);
          io.progress(modelLine(progress, pace?.latest?.left ?? null));
        },
      });
      lines.end(measured);
      const { weights, trainedOn, positionEncoding } = model.facts;
      const facts = { folder, weights, trainedOn, positionEncoding };
      const result = resultOf(measured, facts);
      sayBeyond(measured, io);
      sayOthers(measured, io);
      await finish(result, options, io, started);
    } finally {
      store.close();
    }
  } finally {
    await model.close();
  }
}

async function noteOf(folder: string, options: MeasureOptions, alpha: number) {
  const { packageVersion } = await import('../../common/version.node.ts');
  const given = notedOptions('folder', { target: folder, ...options });
  return { lengthwise: packageVersion(), options: given, prices: null, api: null, alpha };
}
