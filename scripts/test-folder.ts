/**
 * Where tests write what is temporary: a folder of each run's own, gone when it ends. What tests remember of models lies there, too, so that
 * it is not the user's and each run begins without it; what Node has compiled is kept for the next run.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const folder = path.join(tmpdir(), `lengthwise-tests-${process.pid}`);

/** The environment that tests run in. */
export function testEnvironment(): Record<string, string> {
  mkdirSync(folder, { recursive: true });
  return {
    TMPDIR: folder,
    XDG_CACHE_HOME: path.join(folder, 'cache'),
    NODE_COMPILE_CACHE: path.join(tmpdir(), 'node-compile-cache'),
  };
}

/** As vitest calls it once the run is over. */
export function teardown(): void {
  rmSync(folder, { recursive: true, force: true });
}
