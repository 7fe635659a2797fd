export * from './rows.ts';
export { readStudy, openReader, openStore } from './store/index.ts';
