/** How a profile says where one document stands, where each of its values stands in it, and where its files come from. */
import { z } from 'zod'
import { condition, strict, text } from '#config/sources.ts'
import { readForms } from '#src/domain/written-date.ts'
import { either, headers, lacks, none, params, path, success, urlPath } from './call.ts'

export const readDate = strict({ path, format: z.enum(readForms) })

export const detail = either(
  'row',
  strict({
    path: urlPath('id').optional(),
    url: path.optional(),
    params: params('id'),
    headers,
    success,
    root: path.optional(),
  }).superRefine(({ url, ...call }, context) => {
    const problem = (at: string, message: string) =>
      context.addIssue({ code: 'custom', path: [at], message })
    if ((url === undefined) === (call.path === undefined))
      problem('path', 'give path, or url where the row says the address of its detail')
    else if (url === undefined && lacks(call, 'id'))
      problem('path', 'neither the path nor a parameter holds {id}')
  }),
  'say where one document stands, or detail: row where its row says all of it',
)

/** Where each thing stands in an item, the same in a row of the list and in the detail. */
export const map = strict({
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
  /** `39;#Chỉ lệnh` is printed as what stands behind its id. Fields of the gate stay as they come. */
  lookups: z.boolean().default(false),
  /** Every field that the gate rules and the urgency name, by that name. */
  fields: z.record(text, path),
  /** Further printed text in which a mark may stand. */
  texts: z.array(path).default([]),
  /** Names of files that an item lists without more, each a text or a list of texts. */
  fileNames: z.array(path).default([]),
  /** Fields named as if secrecy stood in them that say nothing of it, with all that lies in them. */
  known: z.array(path).default([]),
}).refine(
  ({ code, number, symbol }) =>
    code !== undefined || (number !== undefined && symbol !== undefined),
  'give code, or both number and symbol',
)

const fileList = strict({
  path: urlPath('id').optional(),
  url: path.optional(),
  params: params('id'),
  headers,
  success,
  next: path.optional(),
  none,
}).superRefine(({ url, ...call }, context) => {
  if ((url === undefined) === (call.path === undefined))
    context.addIssue({
      code: 'custom',
      path: ['path'],
      message: 'give path, or url where the detail says the address of its files',
    })
  else if (url === undefined && lacks(call, 'id'))
    context.addIssue({
      code: 'custom',
      path: ['path'],
      message: 'neither the path nor a parameter holds {id}',
    })
})

export const files = strict({
  /** The array of the detail, or of the answer of `list`. */
  items: path,
  list: fileList.optional(),
  id: path.optional(),
  name: path,
  mediaType: path.optional(),
  size: path.optional(),
  /** The same as map.known, of the fields of a file. */
  known: z.array(path).default([]),
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
  path: urlPath('id', 'file').optional(),
  url: path.optional(),
  content: path.optional(),
  params: params('id', 'file'),
  headers,
})
  .refine(({ size, sizeIs }) => size !== undefined || sizeIs === undefined || sizeIs === 'none', {
    path: ['size'],
    message: 'sizeIs needs the path of the size',
  })
  .superRefine((where, context) => {
    const problem = (at: string, message: string) =>
      context.addIssue({ code: 'custom', path: [at], message })
    const ways = [where.path, where.url, where.content].filter((way) => way !== undefined)
    if (ways.length !== 1)
      problem(
        'path',
        'give one of path, url (its row says the address) and content (its row holds it)',
      )
    else if (where.path !== undefined) {
      if (lacks(where, 'file'))
        problem('path', 'neither the path nor a parameter holds {file}: all files would be one')
      if (where.id === undefined) problem('id', '{file} needs the id of a file')
    } else if (where.id !== undefined)
      problem('id', 'stands only beside path: a file is known by its address or its content')
  })
