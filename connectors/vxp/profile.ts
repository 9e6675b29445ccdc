/** What a profile says of a source on the national document axis, beyond what every source says. */
import { z } from 'zod'
import {
  byteLimit,
  checkAddress,
  checkSource,
  fieldsNamed,
  readRetries,
  sourceShape,
  strict,
  text,
} from '#config/sources.ts'
import { gateFields } from './gate-fields.ts'

const auth = strict({
  /** Issued by the axis; the same for everything that one system sends and receives. */
  systemId: text,
  secret: text.optional(),
  secretFile: text.optional(),
  secretEnv: z
    .string()
    .regex(/^[A-Z_][A-Z0-9_]*$/, 'must be the name of an environment variable')
    .optional(),
}).refine(
  ({ secret, secretFile, secretEnv }) =>
    [secret, secretFile, secretEnv].filter((given) => given !== undefined).length === 1,
  'give exactly one of secretFile, secretEnv and secret',
)

const status = z.enum(['01', '02', '03', '04', '05', '06'])

const answerCodes = strict({
  accepted: z.enum(['15', '03']).default('15'),
  refused: z.enum(['16', '02']).default('16'),
})

export const vxpProfile = strict({
  ...sourceShape,
  kind: z.literal('vxp'),
  baseUrl: text,
  auth,
  tls: strict({ caFile: text }).optional(),
  retries: readRetries,
  /** How the server wants the days of a list; its format is not documented (wire §10). */
  list: strict({
    dates: z.enum(['yyyy/MM/dd', 'dd/MM/yyyy HH:mm:ss', 'none']).default('yyyy/MM/dd'),
  }).prefault({}),
  /** `getEdoc` for servers that know no `downloadEdoc`; found out by itself where the server says so. */
  fetch: z.enum(['downloadEdoc', 'getEdoc']).default('downloadEdoc'),
  /** Of a whole message with its files. */
  maxMessageBytes: byteLimit.default(1_073_741_824),
  /** ErrorCodes with a meaning of their own; every other one is a refusal. The axis publishes no table: these are a neighbour's. */
  errorCodes: strict({
    unauthorized: z.array(text).default(['15']),
    unavailable: z.array(text).default(['20']),
    notFound: z.array(text).default([]),
  }).prefault({}),
  /** Business statuses that are told to the issuing office (wire §2). */
  statuses: z.array(status).default(['01', '02', '03', '04', '05', '06']),
  /** What tells the issuer that its order was followed or not; one system answers a recall by 03 and 02 (wire §2). */
  answers: strict({ recall: answerCodes.prefault({}), update: answerCodes.prefault({}) }).prefault(
    {},
  ),
  /** Where replies are issued, as it is printed on them. */
  place: text,
}).superRefine((profile, context) => {
  checkSource(profile, context)
  const problem = (at: string[], message: string) =>
    context.addIssue({ code: 'custom', path: at, message })
  const address = checkAddress(profile.baseUrl, profile.insecureTransport)
  if (address) problem(['baseUrl'], address)
  if (profile.sentinel !== undefined)
    problem(['sentinel'], 'the axis shows a message until it is acknowledged: remove it')
  for (const field of fieldsNamed(profile)) {
    if (!(gateFields as readonly string[]).includes(field)) {
      problem(['gate'], `the axis has no field ${field}; known are: ${gateFields.join(', ')}`)
    }
  }
  if (profile.replies.mode === 'send' && !profile.replies.self) {
    problem(
      ['replies', 'self'],
      'statuses are told in the name of this office: give organId and name',
    )
  }
})

export type VxpProfile = z.infer<typeof vxpProfile>
