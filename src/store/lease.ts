/**
 * Whoever acts holds a lease. The epoch is the fence: a process that was stopped and resumed finds that
 * somebody else has raised it, and none of its commits go through any more.
 */
export interface Lease {
  readonly owner: string
  readonly epoch: number
}

export class LeaseLost extends Error {
  constructor(what: string) {
    super(
      `The lease on ${what} passed to another worker while this one was away. Nothing was written; the other goes on.`,
    )
    this.name = 'LeaseLost'
  }
}
