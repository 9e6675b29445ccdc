/**
 * What a profile says of a paged REST source, beyond what every source says: where each thing is asked
 * for and under which path of the answer it stands. A second system of this family needs no code.
 */
import { z } from 'zod'
import {
  byteLimit,
  checkAddress,
  checkSource,
  condition,
  fieldsNamed,
  readRetries,
  sourceShape,
  strict,
  text,
} from '#config/sources.ts'
import { readForms, writtenForms } from '#src/domain/written-date.ts'
import { bodyProblems, replyPlaceholders, unknownPlaceholders } from './template.ts'

/** Names joined by dots, from the root of the answer or of the item: `pagination.total`. */
const path = z
  .string()
  .regex(/^[^.\s{}]+(\.[^.\s{}]+)*$/, 'write field names joined by dots, such as pagination.total')
const writtenDate = z.enum(writtenForms)
const readDate = strict({ path, format: z.enum(readForms) })

const template = (...known: string[]) =>
  text.superRefine((value, context) => {
    for (const name of unknownPlaceholders(value, known)) {
      context.addIssue({
        code: 'custom',
        message: `unknown placeholder {${name}}; known here: ${known.map((k) => `{${k}}`).join(' ')}`,
      })
    }
  })
const urlPath = (...known: string[]) =>
  template(...known).refine(
    (value) => /^\/[^?#]*$/.test(value),
    'must begin with / and hold no ? or #',
  )

const auth = strict({
  header: z
    .string()
    .regex(/^[A-Za-z0-9-]+$/, 'must be the name of an HTTP header')
    .default('Authorization'),
  prefix: z.string().default('Bearer '),
  token: text.optional(),
  tokenFile: text.optional(),
  tokenEnv: z
    .string()
    .regex(/^[A-Z_][A-Z0-9_]*$/, 'must be the name of an environment variable')
    .optional(),
}).refine(
  ({ token, tokenFile, tokenEnv }) =>
    [token, tokenFile, tokenEnv].filter((given) => given !== undefined).length === 1,
  'give exactly one of tokenFile, tokenEnv and token',
)

const list = strict({
  path: urlPath(),
  params: z.record(text, template('from', 'until', 'page', 'pageSize')),
  dateFormat: writtenDate.default('iso'),
  firstPage: z.int().min(0).max(1).default(1),
  paging: z.enum(['offset', 'stable']).default('offset'),
  success: condition.optional(),
  items: path,
  /** Never the end of a list: what came is compared with it. */
  total: path.optional(),
  /** True where a row shows every field that the gate names; otherwise only the detail is looked at. */
  rowsDecide: z.boolean().default(false),
}).superRefine(({ params, total }, context) => {
  const given = Object.values(params).join(' ')
  for (const needed of ['from', 'until', 'page']) {
    if (given.includes(`{${needed}}`)) continue
    // A source that knows no pages is read whole, and only its total can prove that.
    if (needed === 'page' && total !== undefined) continue
    context.addIssue({
      code: 'custom',
      path: ['params'],
      message: `no parameter holds {${needed}}`,
    })
  }
})

const detail = strict({ path: urlPath('id'), success: condition.optional(), root: path.optional() })

/** Where each thing stands in an item, the same in a row of the list and in the detail. */
const map = strict({
  id: path,
  /** The whole printed code, `780/UBND-NNMT`; number and symbol then only confirm it. */
  code: path.optional(),
  number: path.optional(),
  symbol: path.optional(),
  subject: path,
  summary: path.optional(),
  /** The id of the document that this one replaces. */
  replaces: path.optional(),
  issuer: z.union([strict({ path }), strict({ constant: text })]),
  typeName: strict({ path, names: z.record(text, text).optional() }),
  issuedOn: readDate,
  signer: strict({
    name: path.optional(),
    position: path.optional(),
    competence: path.optional(),
  }).prefault({}),
  receivers: strict({ path, separator: z.string().min(1).default(';') }).optional(),
  dueOn: readDate.optional(),
  /** Every field that the gate rules and the urgency name, by that name. */
  fields: z.record(text, path),
  /** Further printed text in which a mark may stand. */
  texts: z.array(path).default([]),
}).refine(
  ({ code, number, symbol }) =>
    code !== undefined || (number !== undefined && symbol !== undefined),
  'give code, or both number and symbol',
)

const files = strict({
  /** The array of the detail. */
  items: path,
  id: path,
  name: path,
  mediaType: path.optional(),
  size: path.optional(),
  /** Holds of the document itself; without this it is the first file, and the rest are annexes. */
  fullText: condition.optional(),
  /** How far the size of a row can be trusted; without this exactly. A file of another size is not taken. */
  sizeIs: z
    .union(
      [
        z.enum(['exact', 'none']),
        strict({
          within: strict({
            percent: z.number().min(0).max(50).optional(),
            bytes: z.int().min(0).optional(),
          }).refine((leeway) => Object.keys(leeway).length > 0, 'give percent, bytes or both'),
        }),
      ],
      { error: 'write exact, none, or within: { percent, bytes }' },
    )
    .optional(),
  path: urlPath('id', 'file'),
}).refine(({ size, sizeIs }) => size !== undefined || sizeIs === undefined || sizeIs === 'none', {
  path: ['size'],
  message: 'sizeIs needs the path of the size',
})

const reply = strict({
  send: strict({
    method: z.enum(['POST', 'PUT']).default('POST'),
    path: urlPath('id', 'reply.id'),
    body: z.record(text, z.unknown()).superRefine((body, context) => {
      for (const message of bodyProblems(body)) context.addIssue({ code: 'custom', message })
    }),
    outcomes: strict({ completed: text, notCompleted: text, returned: text }),
    dateFormat: writtenDate.default('iso'),
    success: condition.optional(),
    /** The source's own id of the reply it took. */
    ref: path.optional(),
    /** What the source says to a person when it refuses. */
    message: path.optional(),
    /** Files travel inside the body, so this bounds the memory one reply takes. */
    maxBytes: byteLimit.default(20_971_520),
  }),
  lookUp: strict({
    path: urlPath('id', 'reply.id'),
    params: z.record(text, template(...replyPlaceholders)).default({}),
    success: condition.optional(),
    items: path,
    /** An item is the reply when each of these paths holds exactly this text. */
    match: z
      .record(path, template(...replyPlaceholders))
      .refine((lines) => Object.keys(lines).length > 0, 'name at least one field to compare'),
    ref: path.optional(),
  }),
})

export const restProfile = strict({
  ...sourceShape,
  kind: z.literal('rest'),
  baseUrl: text,
  /** In XML every value is text, and an attribute is `@name`. What is sent is JSON either way. */
  answers: z.enum(['json', 'xml']).default('json'),
  auth,
  /** A certificate authority of the province's own, PEM. */
  tls: strict({ caFile: text }).optional(),
  retries: readRetries,
  can: strict({
    recheck: z.enum(['byRef', 'byWindow', 'none']),
    reconcile: z.enum(['listing', 'count', 'none']),
  }),
  list,
  detail,
  map,
  files: files.optional(),
  reply: reply.optional(),
}).superRefine((profile, context) => {
  checkSource(profile, context)
  const problem = (at: string[], message: string) =>
    context.addIssue({ code: 'custom', path: at, message })

  const address = checkAddress(profile.baseUrl, profile.insecureTransport)
  if (address) problem(['baseUrl'], address)
  for (const field of fieldsNamed(profile)) {
    if (!Object.hasOwn(profile.map.fields, field)) {
      problem(
        ['map', 'fields'],
        `say under which path ${field} stands: the gate or the urgency names it`,
      )
    }
  }
  if (profile.can.reconcile === 'count' && profile.list.total === undefined)
    problem(['list', 'total'], 'can.reconcile: count needs the path of what the source counts')
  if (profile.gate.issued.length === 0) {
    problem(
      ['gate', 'issued'],
      'drafts are in such a list too: say how an issued document is known',
    )
  }
  const { names } = profile.map.typeName
  for (const type of names ? profile.gate.scope.types : []) {
    if (!Object.values(names ?? {}).includes(type)) {
      problem(['gate', 'scope', 'types'], `${type} is not among map.typeName.names`)
    }
  }
  if (profile.replies.mode === 'send' && !profile.reply) {
    problem(['reply'], 'say how a reply is sent, or set replies: { mode: none }')
  }
})

export type RestProfile = z.infer<typeof restProfile>

/** Otherwise what the first answer lists is all that can be asked for. */
export function hasPages({ list }: Pick<RestProfile, 'list'>): boolean {
  return Object.values(list.params).some((param) => param.includes('{page}'))
}
