import { it } from 'vitest';

/** A test that takes many seconds: `npm run test:slow` runs it, `npm test` the rest of its file. */
export const slowly = process.env.LENGTHWISE_SLOW === '1' ? it : it.skip;
