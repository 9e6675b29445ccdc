/** Something outside is not as it must be, in one sentence that says what to do. Printed without a stack. */
export class Explained extends Error {
  /** 1: failed. 2: wrong usage or configuration. */
  readonly exitCode: 1 | 2

  constructor(message: string, exitCode: 1 | 2 = 1, options?: ErrorOptions) {
    super(message, options)
    this.name = 'Explained'
    this.exitCode = exitCode
  }
}
