import { it } from 'vitest';

/** Whether `npm run test:slow` runs this. */
export const isSlow = process.env.LENGTHWISE_SLOW === '1';

/** A test that takes many seconds: `npm run test:slow` runs it, `npm test` the rest of its file. */
export const slowly = isSlow ? it : it.skip;
