/** What of a profile does not fit, each with the key to change. Names keys, paths and counts, and nothing that a document says. */
import { type Failure, FarSideFailure } from '#connectors/connector.ts'
import type { Profile } from '#connectors/index.ts'
import type { GateRules, Header, SignalRule } from '../../domain/eligibility.ts'
import { explainFailure } from '../failure-words.ts'

export class Slips {
  readonly #profile: Profile
  readonly #found = new Map<string, string>()

  constructor(profile: Profile) {
    this.#profile = profile
  }

  get all(): string[] {
    return [...this.#found].map(([key, says]) => `${key}${setTo(this.#profile, key)}: ${says}`)
  }

  /** Once for each key: what was found first is what to mend first. */
  add(key: string, says: string): void {
    if (!this.#found.has(key)) this.#found.set(key, says)
  }

  failed({ word, operation, setting }: Failure): void {
    const key = setting ?? keyOfFailure(this.#profile.kind, word, operation)
    const isPath = word === 'malformed' && setting !== undefined
    if (isPath) this.add(key, nothingInAnswer)
    else this.add(key, word === 'notFound' ? notThere : explainFailure(word))
  }

  /** What broke while it was read. */
  broke(error: unknown): void {
    if (!(error instanceof FarSideFailure)) throw error
    this.failed(error.failure)
  }

  /** Of what was seen of several documents: under which keys nothing readable stood in any of them. */
  look(headers: readonly Header[], what: { vi: string; en: string }): void {
    const { length } = headers
    if (length === 0 || this.#profile.kind !== 'rest') return
    const { gate } = this.#profile
    const nothing = `không đọc được gì ở đó trong ${length} ${what.vi} / nothing readable stands there in any of ${length} ${what.en}`
    const keys = {
      subject: 'map.subject',
      issuedOn: 'map.issuedOn',
      issuer: 'map.issuer',
      typeName: 'map.typeName',
    } as const
    for (const [part, key] of Object.entries(keys))
      if (headers.every((header) => header[part as keyof typeof keys] === null))
        this.add(key, nothing)
    if (headers.every(({ number }) => number === null)) this.#number(headers, nothing)
    for (const field of gateFieldsOf(gate))
      if (headers.every(({ fields }) => !Object.hasOwn(fields, field)))
        this.add(`map.fields.${field}`, nothing)
    // In XML an empty field is often left out; whoever writes JSON writes null.
    const { field } = this.#profile.urgency
    const isLeftOut = headers.every(({ fields }) => !Object.hasOwn(fields, field))
    if (isLeftOut && this.#profile.answers === 'json')
      this.add(
        `map.fields.${field}`,
        `${nothing}; mọi văn bản sẽ tính hạn theo urgency.absentMeans / every document would have the clock of urgency.absentMeans`,
      )
  }

  /** Where the whole code was read, it is the number beside it that is not there, or differs. */
  #number(headers: readonly Header[], nothing: string): void {
    if (this.#profile.kind !== 'rest') return
    const { code, number } = this.#profile.map
    const isCodeRead = headers.every(({ symbol }) => symbol !== null && !/[/\d]/.test(symbol))
    if (code === undefined) this.add('map.number', nothing)
    else if (number === undefined || !isCodeRead) this.add('map.code', nothing)
    else
      this.add(
        'map.number',
        'không có, hoặc khác số in trong map.code / it is not there, or differs from the number printed under map.code',
      )
  }
}

const nothingInAnswer =
  'malformed: câu trả lời không có gì đọc được ở đường dẫn này / the answer holds nothing that can be read under this path'
const notThere =
  'notFound: nguồn trả lời rằng không có gì ở địa chỉ này / the source answers that nothing is at this address'

/** Those that a document is not admitted without. */
function gateFieldsOf({ secrecy, signals, issued, scope }: GateRules): Set<string> {
  const rules: readonly SignalRule[] = [
    ...('absentMeansNormal' in secrecy ? [] : secrecy),
    ...signals,
  ]
  const needed = rules.filter(({ absentMeansNormal }) => !absentMeansNormal)
  return new Set([...needed, ...issued, ...scope.fields].map(({ field }) => field))
}

const sections: Readonly<Record<string, string>> = {
  list: 'list',
  read: 'detail',
  openFile: 'files',
  lookUp: 'reply.lookUp',
}

function keyOfFailure(kind: Profile['kind'], word: string, operation: string): string {
  if (word === 'unauthorized') return 'auth'
  if (word === 'timeout') return 'limits'
  if (word === 'certificateChain') return 'tls.caFile'
  if (word === 'notAnnounced') return 'files.size'
  const section = sections[operation]
  if (kind === 'rest' && section !== undefined) {
    if (word === 'notFound') return `${section}.path`
    if (word === 'rejected') return `${section}.success`
    if (word === 'malformed') return section
  }
  return 'baseUrl'
}

/** What stands under a key now, where that is short. */
function setTo(profile: Profile, key: string): string {
  let node: unknown = profile
  for (const name of key.split('.'))
    node = (node as Readonly<Record<string, unknown>> | undefined)?.[name]
  if (typeof node === 'string') return ` (${node})`
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return ''
  const { path, format } = node as { path?: unknown; format?: unknown }
  return typeof path === 'string' ? ` (${[path, format].filter(Boolean).join(', ')})` : ''
}
