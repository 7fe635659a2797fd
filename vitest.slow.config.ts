import { globSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { testEnvironment } from './scripts/test-folder.ts';

/** Files in which some tests are slow (`test/slowly.ts`). */
const partlySlow = globSync('test/**/*.test.ts').filter((file) =>
  readFileSync(file, 'utf8').includes("slowly.ts'"),
);

/** What `npm run test:slow` runs: the checks that take minutes, before a release. */
export default defineConfig({
  test: {
    include: ['src/**/*.slow.test.ts', 'test/**/*.slow.test.ts', ...partlySlow],
    globalSetup: './scripts/test-folder.ts',
    env: { LENGTHWISE_SLOW: '1', LENGTHWISE_API_KEY: '', OPENAI_API_KEY: '', ...testEnvironment() },
    pool: 'forks',
    testTimeout: 1_800_000,
    hookTimeout: 600_000,
    fileParallelism: false,
    reporters: ['default', './scripts/closing-line-reporter.ts'],
  },
});
