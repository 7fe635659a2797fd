import { defineConfig } from 'vitest/config';

/**
 * What `npm run test:peers` runs: side by side with other people's software, where it is installed.
 * LENGTHWISE_PYTHON names a Python that has torch and transformers (and xllamacpp for the server tests).
 */
export default defineConfig({
  test: {
    include: ['test/peers/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 1_800_000,
    hookTimeout: 600_000,
    fileParallelism: false,
    reporters: ['default', './scripts/closing-line-reporter.ts'],
  },
});
