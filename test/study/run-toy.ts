/** Runs a study file with toy works: `node run-toy.ts FILE DIR WORKERS`. For tests that kill it. */
import { readStudyFile } from '../../src/study/file/study-file.ts';
import { runStudy } from '../../src/study/run.ts';

const [file, folder, workers] = process.argv.slice(2);
const controller = new AbortController();
process.on('SIGINT', () => controller.abort(new Error('interrupted')));
try {
  await runStudy(readStudyFile(file), folder, {
    workers: Number(workers),
    signal: controller.signal,
    progress: (line) => console.log(line),
    works: new URL('./toy-works.ts', import.meta.url).href,
  });
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
