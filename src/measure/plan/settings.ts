/**
 * How a server is asked where nothing is said, and how far each setting may go: the same for the command and for study
 * files. Loads nothing, so that the command line can show it.
 */
export const settings = {
  shots: { most: 1000 },
  thinkTokens: { most: 1_000_000 },
  drawnLengths: { usual: 0, most: 1000 },
  repeats: { usual: 1, most: 1000 },
  temperature: { usual: 0, most: 100 },
  concurrency: { usual: 64, most: 4096 },
  /** For one request. */
  seconds: { usual: 120, least: 0.001, most: 86_400 },
  retries: { usual: 6, most: 1000 },
} as const;
