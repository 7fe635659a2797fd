import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

/**
 * Begins with the tests that run commands from end to end, which take longest: one of them that came last would keep one
 * processor busy and the others idle. The order within them, and within the rest, is vitest's.
 */
export default class CommandsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const runsCommands = ({ moduleId }: TestSpecification): number =>
      Number(/\/test\/(cli|servers)\//.test(moduleId));
    return (await super.sort(files)).sort((a, b) => runsCommands(b) - runsCommands(a));
  }
}
