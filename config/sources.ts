/**
 * What the profile of every source says, whatever its kind. Policy as data: an administrator reviews it,
 * and nothing that decides about a document has a default.
 */
import { z } from 'zod'
import type { Urgency } from '#src/domain/directive.ts'
import type { GateRules, Header, SignalRule } from '#src/domain/eligibility.ts'
import { isSameIssuer, type Registry } from '#src/domain/identity.ts'
import { asSeen, isOneOf, type Literal } from '#src/domain/literal.ts'
import { isLocalDate } from '#src/domain/local-date.ts'

/** An object that refuses what it does not know, and says what it does know. */
export function strict<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `unknown setting ${issue.keys.join(', ')}: correct or remove it; known here: ${Object.keys(shape).join(', ')}`
        : undefined,
  })
}

export const text = z.string().trim().min(1, 'must not be empty')
const literal = z.union([z.string(), z.number(), z.boolean(), z.null()], {
  error: 'write the literal exactly as the source does: a text, a number, true, false or null',
})
const authority = strict({ authority: text })
const localDate = z.string().refine(isLocalDate, 'write an existing calendar date as YYYY-MM-DD')
export const millisecondsFrom = (least: number) => z.int().min(least).max(86_400_000)
export const byteLimit = z.int().min(1024).max(4_294_967_296)

export const condition = strict({ field: text, in: z.array(literal).min(1) })

const signalRule = strict({
  field: text,
  kind: z.enum(['level', 'label', 'register', 'distribution', 'envelope', 'declassified']),
  normal: z
    .array(literal)
    .min(1, 'list the literals that mean ordinary; without one nothing is ever admitted'),
  secret: z.array(literal),
  absentMeansNormal: authority.optional(),
}).superRefine((rule, context) => {
  for (const both of overlap(rule)) {
    context.addIssue({
      code: 'custom',
      path: ['secret'],
      message: `${JSON.stringify(both)} is listed as ordinary and as secret: it can mean only one`,
    })
  }
})

const secrecyRules = z
  .array(signalRule)
  .min(1, 'an empty list would admit everything: name the field and its literals')
const secrecyAbsent = strict({ absentMeansNormal: authority })

const secrecy = z.any().transform((value, context): GateRules['secrecy'] => {
  if (value === undefined || value === null) {
    context.issues.push({
      code: 'custom',
      input: value,
      message:
        'secrecy has no default: list the fields and literals that mean Thường, or declare absentMeansNormal with its authority',
    })
    return z.NEVER
  }
  // Not a union: its error would hide which of the rules is wrong.
  const parsed = (Array.isArray(value) ? secrecyRules : secrecyAbsent).safeParse(value)
  if (parsed.success) return parsed.data
  for (const { path, message } of parsed.error.issues) {
    context.issues.push({ code: 'custom', input: value, path, message })
  }
  return z.NEVER
})

const gate = strict({
  secrecy,
  signals: z.array(signalRule),
  issued: z.array(condition),
  recalled: z.array(condition),
  scope: strict({
    issuers: z.array(text).min(1, 'name the issuers whose directives are transferred'),
    types: z.array(text).min(1, 'name the document types that are transferred'),
    receivers: z.array(text).min(1).nullable(),
    fields: z.array(condition),
  }),
  harmlessSuffixes: z.array(text).default([]),
  harmlessNames: z
    .array(
      text.refine(
        (name) => /\S\s+\S/.test(name) && /m[aậ]t/iu.test(name.normalize('NFC')),
        'write a whole name of two words or more with Mật in it, such as Mật Sơn',
      ),
    )
    .default([]),
})

/** Who gives out the numbers of these issuers (văn thư), and from which day on until which. */
const registry = strict({
  name: text,
  issuers: z.array(text).min(1, 'name the issuers whose numbers it gives out'),
  from: localDate,
  until: localDate.optional(),
})

const urgency = z.enum(['normal', 'urgent', 'veryUrgent', 'flash'])

/** Fields of every source; a kind adds its own. */
export const sourceShape = {
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,30}$/, 'use 1 to 31 of a-z, 0-9 and -, beginning with a letter'),
  title: text,
  /** The document by which the leaders of the Office delegate the transfer (QĐ 23/2016 Đ7.1). */
  transferAuthority: text,
  /** A document that must be readable for as long as the source works, by the reference it is read by. */
  sentinel: text.optional(),
  importFrom: localDate,
  liveFrom: localDate,
  gate,
  /** Who shares one series of numbers; an issuer that none names is its own. */
  registries: z.array(registry).default([]),
  urgency: strict({
    field: text,
    map: z.array(strict({ is: literal, means: urgency })).min(1),
    absentMeans: urgency,
  }),
  /** What to tell a queue-like source of a message the gate refused; never `done`. */
  refused: z
    .union([z.literal('leave'), strict({ acknowledgeFail: authority })], {
      error: 'write leave, or acknowledgeFail with the authority for it',
    })
    .default('leave'),
  poll: strict({
    overlapDays: z.int().min(0).max(60).default(3),
    deepOverlapDays: z.int().min(1).max(400).default(45),
    pageSize: z.int().min(1).max(1000).default(50),
    concurrency: z.int().min(1).max(32).default(4),
    minPauseMs: millisecondsFrom(0).default(0),
  }).prefault({}),
  replies: strict({
    mode: z.enum(['send', 'none']).default('send'),
    /** Only then is a reply that five look-ups did not find sent again without a person. */
    sentListComplete: z.boolean().default(false),
    lookUps: strict({
      times: z.int().min(1).max(100).default(5),
      withinMinutes: z.number().positive().max(10_080).default(30),
    }).prefault({}),
    sendAs: z.enum(['self', 'unit']).default('unit'),
    self: strict({ organId: text, name: text }).optional(),
  }).prefault({}),
  limits: strict({
    connectTimeoutMs: millisecondsFrom(1).default(10_000),
    answerTimeoutMs: millisecondsFrom(1).default(60_000),
    fileTimeoutMs: millisecondsFrom(1).default(1_800_000),
    maxAnswerBytes: byteLimit.default(33_554_432),
    maxFileBytes: byteLimit.default(209_715_200),
  }).prefault({}),
  /** Required for an `http://` address, and shown loudly wherever the source is shown. */
  insecureTransport: authority.optional(),
}

/** Of reads only; a send is never repeated by a connector. */
export const readRetries = strict({
  times: z.int().min(0).max(10).default(2),
  firstPauseMs: millisecondsFrom(0).default(500),
  maxPauseMs: millisecondsFrom(0).default(15_000),
}).prefault({})

const source = strict(sourceShape)
export type SourceProfile = z.infer<typeof source> & { readonly kind: string }

/** Rules between the fields of one source; every kind's schema runs it in its `superRefine`. */
export function checkSource(profile: z.infer<typeof source>, context: z.RefinementCtx): void {
  const problem = (path: string[], message: string) =>
    context.addIssue({ code: 'custom', path, message })
  if (profile.liveFrom < profile.importFrom) {
    problem(['liveFrom'], `must not be before importFrom (${profile.importFrom})`)
  }
  if (profile.poll.deepOverlapDays < profile.poll.overlapDays) {
    problem(['poll', 'deepOverlapDays'], 'must not be shorter than overlapDays')
  }
  if (profile.replies.sendAs === 'self' && !profile.replies.self) {
    problem(['replies', 'self'], 'sendAs: self needs self with organId and name')
  }
  for (const [index, registry] of profile.registries.entries()) {
    const at = (...path: string[]) => ['registries', String(index), ...path]
    if (registry.until !== undefined && registry.until < registry.from)
      problem(at('until'), `must not be before from (${registry.from})`)
    for (const former of profile.registries.slice(0, index)) {
      if (isSameIssuer(former.name, registry.name))
        problem(
          at('name'),
          `is named twice: one that begins to number anew is another registry, so give it another name`,
        )
      const shared = registry.issuers.find((one) =>
        former.issuers.some((other) => isSameIssuer(one, other)),
      )
      if (shared !== undefined && overlapInTime(former, registry))
        problem(
          at('issuers'),
          `${shared} is in ${former.name} on the same days: end that one with until, or begin this one later`,
        )
    }
  }
  const seen = new Set<string>()
  for (const [index, { is }] of profile.urgency.map.entries()) {
    if (seen.has(wireForm(is))) {
      problem(['urgency', 'map', String(index), 'is'], 'is mapped twice: keep one')
    }
    seen.add(wireForm(is))
  }
}

function overlapInTime(one: Registry, other: Registry): boolean {
  const endsBefore = (former: Registry, latter: Registry) =>
    former.until !== undefined && former.until < latter.from
  return !endsBefore(one, other) && !endsBefore(other, one)
}

/** An address as the profile may give it: https, unless plain http is allowed by a named authority. */
export function checkAddress(
  address: string,
  insecure: { authority: string } | undefined,
): string | null {
  if (!URL.canParse(address)) return 'is not an address: write it as https://host/'
  const url = new URL(address)
  if (url.username || url.password) return 'must not hold credentials: put them in auth'
  if (url.search || url.hash) return 'must end before ? and #'
  if (url.protocol === 'https:') return null
  if (url.protocol !== 'http:') return 'must begin with https://'
  return insecure
    ? null
    : 'http:// carries documents and the token in clear: use https://, or name who allowed it in insecureTransport: { authority }'
}

/** The names of all fields that the gate and the clock look at. */
export function fieldsNamed(profile: Pick<SourceProfile, 'gate' | 'urgency'>): Set<string> {
  const { secrecy: rules, signals, issued, recalled, scope } = profile.gate
  const secrecyFields = Array.isArray(rules) ? (rules as SignalRule[]) : []
  const named = [...secrecyFields, ...signals, ...issued, ...recalled, ...scope.fields]
  return new Set([...named.map((rule) => rule.field), profile.urgency.field])
}

/** A literal that no line of the map names is `unreadable`; an absent one is what the profile says. */
export function urgencyOf(fields: Header['fields'], rule: SourceProfile['urgency']): Urgency {
  const value = Object.hasOwn(fields, rule.field) ? fields[rule.field] : undefined
  const line = rule.map.find(({ is }) => isOneOf([is], value))
  if (line) return line.means
  return value === undefined || value === null ? rule.absentMeans : 'unreadable'
}

function overlap({ normal, secret }: { normal: Literal[]; secret: Literal[] }): Literal[] {
  const ordinary = new Set(normal.map(wireForm))
  return secret.filter((value) => ordinary.has(wireForm(value)))
}

function wireForm(value: Literal): string {
  return JSON.stringify(asSeen(value))
}
