/** Where explanations are kept while a command makes them: in a folder with its page, or nowhere. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { modelLabel } from '../../common/model-label.node.ts';
import { makeFolders, removeIfEmpty } from '../../common/folders.node.ts';
import type { Json } from '../../common/json.ts';
import type { Explanation, ExplainRun, ExplanationFile } from '../../explain/index.ts';
import { writeWhole } from '../../common/draft.node.ts';
import { reportFile, writeReportText } from '../shared/report-file.ts';
import { packageVersion } from '../../common/version.node.ts';

type Question = Pick<Explanation, 'task' | 'length'>;

export interface Keeper {
  /** The page; null where nothing is kept. */
  readonly report: string | null;
  found(question: Question): Explanation | undefined;
  add(explanation: Explanation): Promise<void>;
  close(): void;
}

export function keptNowhere(): Keeper {
  const found: Explanation[] = [];
  return {
    report: null,
    found: (question) => found.find((one) => isSame(one, question)),
    add: (explanation) => Promise.resolve(void found.push(explanation)),
    close: () => undefined,
  };
}

export interface Wanted {
  readonly target: string;
  readonly adapter?: string;
  /** All that determines what is found, but for the model. */
  readonly settings: Readonly<Record<string, Json>>;
  readonly command: string;
}

/**
 * @throws UserError where the folder holds something else, another model or other settings, or another run has it; nothing is
 *   written then
 */
export async function keptIn(
  folder: string,
  { target, adapter, settings, command }: Wanted,
): Promise<Keeper> {
  const { EXPLANATION_FILE, EXPLANATION_FORMAT, keptExplanations } =
    await import('../../explain/kept/folder.node.ts');
  const { hashOfModel } = await import('../../model/files/text/hashes.node.ts');
  const { lockFolder } = await import('../../measure/store/open.node.ts');
  const wanted = {
    target: modelLabel(target, adapter),
    model: await hashOfModel(target, adapter),
    options: settings,
  };
  keptExplanations(folder, wanted); // what is no place for it gets no lock either
  const made = makeFolders(folder);
  const lock = lockFolder(folder);
  const run: ExplainRun = {
    lengthwise: packageVersion(),
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    started: new Date().toISOString(),
    command,
  };
  const before = keptExplanations(folder, wanted);
  let file: ExplanationFile = before ?? {
    kind: 'explanation',
    format: EXPLANATION_FORMAT,
    ...wanted,
    runs: [],
    explanations: [],
  };
  const place = path.join(folder, EXPLANATION_FILE);
  return {
    report: reportFile(folder),
    found: (question) => file.explanations.find((one) => isSame(one, question)),
    add: async (explanation) => {
      const runs = file.runs.some(({ started }) => started === run.started) ? file.runs : [...file.runs, run];
      file = { ...file, runs, explanations: [...file.explanations, explanation] };
      writeWhole(place, `${JSON.stringify(file)}\n`);
      await writeExplainReport(folder, file);
    },
    close: () => {
      lock.close();
      if (!existsSync(place)) made.forEach(removeIfEmpty);
    },
  };
}

/** The page of a folder. */
export async function writeExplainReport(
  folder: string,
  file: ExplanationFile,
  to = reportFile(folder),
): Promise<void> {
  const { renderExplainReport } = await import('../../report/index.ts');
  writeReportText(renderExplainReport({ ...file, folder }), to);
}

const isSame = (one: Question, other: Question): boolean =>
  one.task === other.task && one.length === other.length;
