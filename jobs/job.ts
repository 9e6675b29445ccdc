/**
 * THE DOOR. A job is a ring for work whose truth is in Postgres. It parses its input, walks through one step
 * of the flow, and says how it ended; a throw is a mistake of ours, and the sweep rings again.
 */
import type { z } from 'zod'
import type { App, JobName } from '#src/app.ts'

export type Outcome =
  | { readonly word: 'done' }
  /** Nothing more to do before this instant. */
  | { readonly word: 'snooze'; readonly until: Date }
  /** The input can never work: asking again would not help. */
  | { readonly word: 'giveUp'; readonly why: string }

/** Queues with reserved concurrency, so that a backlog of one kind never holds up another (docs/decisions/0015). */
export type Lane = 'urgent' | 'normal' | 'large' | 'send' | 'upkeep'

export interface Job {
  readonly name: JobName
  lane(input: Record<string, string>): Lane
  run(app: App, input: unknown): Promise<Outcome>
}

export const done: Outcome = { word: 'done' }

export function defineJob<S extends z.ZodType>(job: {
  name: JobName
  lane: Lane | ((input: z.infer<S>) => Lane)
  input: S
  run(app: App, input: z.infer<S>): Promise<Outcome>
}): Job {
  const { lane } = job
  return {
    name: job.name,
    lane: (input) => (typeof lane === 'function' ? lane(input as z.infer<S>) : lane),
    async run(app, raw) {
      const input = job.input.safeParse(raw)
      if (!input.success)
        return {
          word: 'giveUp',
          why: `The input of ${job.name} is not one this version understands.`,
        }
      return job.run(app, input.data)
    },
  }
}
