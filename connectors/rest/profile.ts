/**
 * What a profile says of a paged REST source, beyond what every source says: where each thing is asked
 * for and under which path of the answer it stands. A second system of this family needs no code.
 */
import { z } from 'zod'
import {
  checkAddress,
  checkSource,
  fieldsNamed,
  readRetries,
  sourceShape,
  strict,
  text,
} from '#config/sources.ts'
import { auth } from './profile/auth.ts'
import { headers, params } from './profile/call.ts'
import { detail, files, map } from './profile/document.ts'
import { list } from './profile/list.ts'
import { reply } from './profile/reply.ts'

export const restProfile = strict({
  ...sourceShape,
  kind: z.literal('rest'),
  baseUrl: text,
  /** In XML every value is text, and an attribute is `@name`. What is sent is JSON either way. */
  answers: z.enum(['json', 'xml']).default('json'),
  auth,
  /** Goes with every request. */
  request: strict({ headers, params: params() }).prefault({}),
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
  if (profile.detail === 'row' && profile.can.recheck === 'byRef')
    problem(['can', 'recheck'], 'detail: row asks for no single document: write byWindow or none')
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
  if (profile.reply?.lookUp === 'none' && profile.replies.sentListComplete) {
    problem(['replies', 'sentListComplete'], 'nothing is looked up with lookUp: none: set it false')
  }
})

export type RestProfile = z.infer<typeof restProfile>
