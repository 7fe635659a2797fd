/** The store: rows that runs append and reports read, in one SQLite file per study folder. Format: docs/store.md. */
export { DiskFullError, isDiskFull, STORE_FILE } from './failures.ts';
export { isRunning, lockAmongWorkers, lockAsWorker, waitAmongWorkers, workersGone } from './lock.ts';
export { STORE_VERSION } from './schema.ts';
export { openStore, StudyStore, type Outcome, type Plan, type Standing } from './writer.ts';
export { openReader, readStudy, StudyReader, type Sitting } from './reader.ts';
