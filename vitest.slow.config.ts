import { defineConfig } from 'vitest/config';

/** What `npm run test:slow` runs: the checks that take minutes, before a release. */
export default defineConfig({
  test: {
    include: ['src/**/*.slow.test.ts', 'test/**/*.slow.test.ts'],
    pool: 'forks',
    testTimeout: 1_800_000,
    hookTimeout: 600_000,
    fileParallelism: false,
    reporters: ['default', './scripts/closing-line-reporter.ts'],
  },
});
