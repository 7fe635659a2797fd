import type { Reporter, TestModule } from 'vitest/node';

/**
 * Ends a test run with one plain line that scripts can read: `N passed, N failed, N skipped`. A file that cannot be
 * loaded, a group whose preparation fails and an error outside of any test count as failed.
 */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: errors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) count[test.result().state] += 1;
      const groups = [module, ...module.children.allSuites()];
      count.failed += groups.filter((group) => group.errors().length > 0).length;
    }
    const skipped = count.skipped + count.pending;
    const line = `\n${count.passed} passed, ${count.failed} failed, ${skipped} skipped\n`;
    // The summary of the coverage comes later than every word of a reporter.
    process.once('exit', () => process.stdout.write(line));
  }
}
