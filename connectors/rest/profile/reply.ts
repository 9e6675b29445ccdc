/** How a profile says that a reply is sent, and how it is looked for. */
import { z } from 'zod'
import { byteLimit, strict, text } from '#config/sources.ts'
import { writtenForms } from '#src/domain/written-date.ts'
import { bodyProblems, replyPlaceholders } from '../template.ts'
import { either, headers, none, params, path, success, template, urlPath } from './call.ts'
import { readDate } from './document.ts'

const send = strict({
  method: z.enum(['POST', 'PUT']).default('POST'),
  path: urlPath('id', 'reply.id'),
  params: params('id', 'reply.id'),
  headers,
  body: z.record(text, z.unknown()).superRefine((body, context) => {
    for (const message of bodyProblems(body)) context.addIssue({ code: 'custom', message })
  }),
  outcomes: strict({ completed: text, notCompleted: text, returned: text }),
  dateFormat: z.enum(writtenForms).default('iso'),
  success,
  /** The source's own id of the reply it took. */
  ref: path.optional(),
  /** What the source says to a person when it refuses. */
  message: path.optional(),
  /** Files travel inside the body, so this bounds the memory one reply takes. */
  maxBytes: byteLimit.default(20_971_520),
})

/** By unit, number, symbol and day. */
const document = strict({
  path: urlPath('id', 'reply.id'),
  params: params('id', ...replyPlaceholders),
  headers,
  dateFormat: z.enum(writtenForms).optional(),
  success,
  none,
  items: path,
  unit: path,
  code: path.optional(),
  number: path.optional(),
  symbol: path.optional(),
  issuedOn: readDate,
  ref: path.optional(),
}).refine(
  ({ code, number, symbol }) =>
    code !== undefined || (number !== undefined && symbol !== undefined),
  'give code, or both number and symbol',
)

export type DocumentLookUp = z.infer<typeof document>

const lookUp = strict({
  path: urlPath('id', 'reply.id'),
  params: params('id', ...replyPlaceholders),
  headers,
  success,
  items: path,
  /** An item is the reply when each of these paths holds exactly this text. */
  match: z
    .record(path, template(...replyPlaceholders))
    .refine((lines) => Object.keys(lines).length > 0, 'name at least one field to compare'),
  ref: path.optional(),
  document: document.optional(),
})

export const reply = strict({
  send,
  lookUp: either(
    'none',
    lookUp,
    'say how a reply is looked for, or lookUp: none where the source cannot be asked',
  ),
})
