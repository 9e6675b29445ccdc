import type { Reporter, TestModule } from 'vitest/node'

/** One plain line after vitest's own summary, for whoever reads logs and not colours. */
export default class PlainSummary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 }
    for (const module of modules)
      for (const test of module.children.allTests()) count[test.result().state]++
    setImmediate(() =>
      process.stdout.write(
        `${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`,
      ),
    )
  }
}
