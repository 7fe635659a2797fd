/**
 * Processor time of this process while something goes on, in milliseconds: how long work takes, whatever else the
 * machine is doing.
 */
export async function processorTime(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
