/** What a profile says of one request: its address, what goes with it, and how its answer says that it succeeded. */
import { z } from 'zod'
import { condition, text } from '#config/sources.ts'
import { fieldPath } from '../field.ts'
import { unknownPlaceholders } from '../template.ts'

export const path = z
  .string()
  .regex(
    fieldPath,
    'write the name of a field (@odata.count), or a JSON pointer for a field of a field (/pagination/total)',
  )

export const template = (...known: string[]) =>
  text.superRefine((value, context) => {
    for (const name of unknownPlaceholders(value, known)) {
      context.addIssue({
        code: 'custom',
        message: `unknown placeholder {${name}}; known here: ${known.map((k) => `{${k}}`).join(' ') || 'none'}`,
      })
    }
  })

/** Below `baseUrl`. What `needed` names must stand in it or in the parameters. */
export const urlPath = (...known: string[]) =>
  template(...known).refine(
    (value) => /^\/[^?#]*$/.test(value),
    'must begin with / and hold no ? or #: parameters belong into params',
  )

export const params = (...known: string[]) => z.record(text, template(...known)).default({})

export const headers = z
  .record(
    z.string().regex(/^[A-Za-z0-9-]+$/, 'must be the name of an HTTP header'),
    z.string().regex(/^[\x20-\x7e]*$/, 'a header holds letters without diacritics only'),
  )
  .default({})

export const success = condition.optional()

/** Other ways to say that there are none, beside an empty list. */
export const none = z
  .array(
    z.union(
      [
        z.null(),
        z.literal('absent'),
        z.literal(204),
        z.literal(404),
        z.strictObject({}),
        condition,
      ],
      { error: 'write null, absent, {}, 204, 404, or a condition { field: …, in: […] }' },
    ),
  )
  .default([])

export type None = z.infer<typeof none>

/** `{name}` must stand in the address or in one of the parameters. */
export function lacks(
  call: { path?: string | undefined; params: Readonly<Record<string, string>> },
  name: string,
): boolean {
  return ![call.path ?? '', ...Object.values(call.params)].some((part) =>
    part.includes(`{${name}}`),
  )
}

/** A word, or settings whose mistakes are told one by one. */
export function either<Word extends string, Settings extends z.ZodType>(
  word: Word,
  settings: Settings,
  missing: string,
) {
  return z.union([z.literal(word), settings], {
    error: (issue) => {
      if (issue.input === undefined) return missing
      if (issue.code !== 'invalid_union' || typeof issue.input === 'string')
        return `write ${word}, or its settings`
      return issue.errors
        .at(-1)
        ?.map(({ path: at, message }) => [...at, message].join(': '))
        .join('; ')
    },
  })
}
