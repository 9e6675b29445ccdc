/**
 * So much work at once and no more, taken on as it comes. What breaks one of it is thrown at whoever gives the next, or
 * waits for the end. (A map over an asynchronous iterable of p-map 7.1 loses what the iterable throws.)
 */
export class Hands {
  readonly #most: number
  readonly #busy = new Set<Promise<void>>()
  #broken: { readonly error: unknown } | null = null

  constructor(most: number) {
    this.#most = most
  }

  /** Returns once a hand has it. */
  async take(work: () => Promise<void>): Promise<void> {
    while (this.#busy.size >= this.#most) await Promise.race(this.#busy)
    this.#throwBroken()
    const one = work()
      .catch((error: unknown) => {
        this.#broken ??= { error }
      })
      .finally(() => this.#busy.delete(one))
    this.#busy.add(one)
  }

  async empty(): Promise<void> {
    await Promise.all(this.#busy)
    this.#throwBroken()
  }

  #throwBroken(): void {
    if (this.#broken) throw this.#broken.error
  }
}
