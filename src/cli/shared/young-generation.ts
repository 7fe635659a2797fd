/** How much memory this process takes for objects that live for one question only. */
import v8 from 'node:v8';

/**
 * As much as holds what is under way, with room: measured at 64 questions at once, where less than this costs time (what
 * is under way is moved and then outlives its question) and more saves none.
 */
const ENOUGH_BYTES = 16 * 1024 * 1024;

/**
 * Ends the growth of the young generation of the heap. V8 doubles it, up to 128 MiB and more, as long as much of it is
 * alive when it looks; with many questions under way much always is, and nothing is gained: the same questions take the
 * same time in a third of the memory. To be called now and then; does nothing until there is enough of it.
 */
export function endYoungGrowth(): void {
  const young = v8.getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
  // Read by V8 whenever it considers growing, so that it can be set while it runs; the largest size could not be.
  if (young !== undefined && young.space_size >= ENOUGH_BYTES) {
    v8.setFlagsFromString('--semi-space-growth-factor=1');
  }
}
