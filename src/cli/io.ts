/** stdout, stderr, the progress line and Ctrl-C, as commands see them. */
import type { Io } from './command.ts';

/** How often the progress line goes to a stderr that is no terminal, in milliseconds. */
const PLAIN_PROGRESS_EVERY = 10_000;

export function createIo(): Io & { endProgress(): void } {
  const controller = new AbortController();
  let lineShown = false;
  let lastPlain = 0;

  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(130); // a second Ctrl-C: now
      controller.abort(new Error('interrupted'));
    });
  }
  // An old Node started us with the one we need (bin/find-node.js): killing the process that people see ends this one.
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.channel?.unref();
  // A reader that has seen enough (`| head`) is no failure of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });

  function endProgress(): void {
    if (lineShown) process.stderr.write('\r\u001b[K');
    lineShown = false;
  }

  return {
    signal: controller.signal,
    endProgress,
    out(text) {
      endProgress();
      return new Promise((resolve) => {
        if (process.stdout.write(text)) resolve();
        else process.stdout.once('drain', resolve);
      });
    },
    say(line) {
      endProgress();
      process.stderr.write(`${line}\n`);
    },
    progress(line) {
      if (process.stderr.isTTY) {
        const width = process.stderr.columns || 80;
        process.stderr.write(`\r\u001b[K${line.slice(0, width - 1)}`);
        lineShown = true;
      } else if (Date.now() - lastPlain >= PLAIN_PROGRESS_EVERY) {
        lastPlain = Date.now();
        process.stderr.write(`${line}\n`);
      }
    },
  };
}
