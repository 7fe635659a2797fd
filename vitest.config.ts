import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import CommandsFirst from './scripts/commands-first.ts';
import { testEnvironment } from './scripts/test-folder.ts';

const exclude = ['**/*.slow.test.ts', 'test/peers/**', 'node_modules/**'];

/** What `npm test` runs: everything that needs no peer and takes no minutes. */
export default defineConfig({
  test: {
    projects: [
      // Tests beside the code change nothing that others see: a process takes many files, and loads what they share once.
      { extends: true, test: { name: 'src', include: ['src/**/*.test.ts'], exclude, isolate: false } },
      // Tests of commands change the environment and the working directory: a process for each file.
      { extends: true, test: { name: 'test', include: ['test/**/*.test.ts'], exclude } },
    ],
    pool: 'forks', // onnxruntime crashes in worker threads
    // Tests of commands wait for servers and processes a fifth of the time: half as many more than there are processors.
    maxWorkers: Math.ceil(1.5 * availableParallelism()),
    maxConcurrency: 3, // commands side by side in a file: each takes a processor, and must end in the time of its test
    globalSetup: './scripts/test-folder.ts',
    // Whatever keys their machine has, tests use none.
    env: {
      LENGTHWISE_API_KEY: '',
      OPENAI_API_KEY: '',
      ...testEnvironment(),
    },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    sequence: { sequencer: CommandsFirst },
    reporters: ['default', './scripts/closing-line-reporter.ts'],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['**/*.test.ts'],
      reporter: ['text-summary'],
    },
  },
});
