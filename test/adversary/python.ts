/** The second checker (examples/certificates/check.py), asked about many files at once. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import type { Answer } from './campaign.ts';

const CHECKER = path.join(import.meta.dirname, '..', '..', 'examples', 'certificates', 'check.py');

/** Files that one process is given: so few that the processes end at about the same time. */
const AT_ONCE = 60;

export const hasPython = spawnSync('python3', ['--version']).status === 0;

/** What it says of each text, in their order. */
export async function theirs(texts: readonly string[]): Promise<Answer[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'lengthwise-certificates-'));
  try {
    const files = texts.map((text, i) => {
      const file = path.join(folder, `${i}.json`);
      writeFileSync(file, text);
      return file;
    });
    const answers = new Array<Answer>(texts.length);
    let from = 0;
    const work = async (): Promise<void> => {
      while (from < files.length) {
        const start = from;
        from += AT_ONCE;
        answers.splice(start, AT_ONCE, ...(await check(files.slice(start, start + AT_ONCE))));
      }
    };
    await Promise.all(Array.from({ length: availableParallelism() }, work));
    return answers;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function check(files: readonly string[]): Promise<Answer[]> {
  return new Promise((resolve, reject) => {
    // The exit status says how the worst of them ended; standard output says it of each.
    const options = { maxBuffer: 2 ** 28 };
    execFile('python3', [CHECKER, '--json', ...files], options, (error, stdout, stderr) => {
      const lines = stdout.split('\n').filter((line) => line !== '');
      if (lines.length !== files.length)
        reject(new Error(`check.py: ${stderr || (error?.message ?? 'too few lines')}`));
      else resolve(lines.map((line) => answerOf(JSON.parse(line) as Line)));
    });
  });
}

interface Line {
  readonly outcome: Exclude<Answer, 'unreadable'>;
  readonly problem: string | null;
}

function answerOf({ outcome, problem }: Line): Answer {
  return problem?.startsWith('it cannot be read') === true ? 'unreadable' : outcome;
}
