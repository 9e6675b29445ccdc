/** One document with everything that the gate looks at, and its files. */

import type { AnnouncedFile } from '#src/domain/directive.ts'
import { addDays, localDateOf } from '#src/domain/local-date.ts'
import {
  type Answer,
  FarSideFailure,
  type Listed,
  type ListedRef,
  type Message,
  type MessageRef,
  type OpenFile,
  succeed,
  type TakeFile,
} from '../connector.ts'
import { answer } from '../http/answer.ts'
import { failed } from '../http/exchange.ts'
import { WrongShape } from '../http/unreadable.ts'
import { addressIn } from './address.ts'
import type { Client } from './client.ts'
import { valueAt } from './field.ts'
import { proven } from './file-proof.ts'
import { bodyOf, type FoundFile, fileRowsIn, filesIn } from './files.ts'
import { keyWithoutIn } from './keys.ts'
import { isAmong, rowPage } from './list-page.ts'
import { messageFrom } from './mapping.ts'
import type { RestProfile } from './profile.ts'
import type { Question } from './question.ts'
import type { SeenKeys } from './seen-keys.ts'
import { fillParams, fillPath } from './template.ts'
import { idFrom } from './wire-values.ts'

/** A list of files goes on no longer than this. */
const mostFilePages = 100
/** Nor is a row looked for any longer. */
const mostListPages = 1000

export class Documents {
  readonly #client: Client
  readonly #profile: RestProfile
  readonly #now: () => Date
  /** What a list showed of a document that no other request shows, for as long as somebody holds its reference. */
  readonly #rows = new WeakMap<ListedRef, unknown>()

  readonly #seen: SeenKeys

  constructor(client: Client, profile: RestProfile, now: () => Date, seen: SeenKeys) {
    this.#client = client
    this.#profile = profile
    this.#now = now
    this.#seen = seen
  }

  listed(item: Listed, row: unknown): void {
    this.#seen.row(row)
    if (this.#profile.detail === 'row' && !item.unreadable) this.#rows.set(item.ref, row)
  }

  async read(ref: ListedRef): Promise<Message> {
    const found = await this.#found(ref)
    const { message } = found
    if (this.#profile.files?.content === undefined) return message
    return { ...message, held: (files, take) => this.#handOver(files, take, found.files) }
  }

  async openFiles(
    ref: MessageRef,
    files: readonly AnnouncedFile[],
    take: TakeFile,
  ): Promise<Answer<null>> {
    if (this.#profile.files?.content !== undefined) {
      const again = await answer(() => this.#found(ref))
      return again.ok ? this.#handOver(files, take, again.value.files) : again
    }
    return this.#each(files, take, (file) => this.#fetch(ref, file))
  }

  #handOver(files: readonly AnnouncedFile[], take: TakeFile, found: readonly FoundFile[]) {
    const contents = new Map(found.map(({ file, content }) => [file.ref, content]))
    return this.#each(files, take, async (file) => {
      const content = contents.get(file.ref) ?? null
      if (content === null)
        throw failed({ source: this.#profile.name, operation: 'openFile' }, 'notAnnounced')
      return this.#proven(bodyOf(content), file)
    })
  }

  async #each(
    files: readonly AnnouncedFile[],
    take: TakeFile,
    open: (file: AnnouncedFile) => Promise<OpenFile>,
  ): Promise<Answer<null>> {
    for (const file of files) {
      const opened = await answer(() => open(file))
      try {
        if (!(await take(file, opened))) break
      } catch (error) {
        // Unread it would hold its connection until its time is over.
        if (opened.ok) opened.value.content.destroy()
        throw error
      }
    }
    return succeed(null)
  }

  async #fetch({ sourceRef }: MessageRef, file: AnnouncedFile): Promise<OpenFile> {
    const { files, name } = this.#profile
    if (!files) throw new Error(`source ${name}: its profile says nothing of files`)
    const values = { id: sourceRef, file: file.ref }
    const at =
      files.path === undefined ? { link: file.ref } : { path: fillPath(files.path, values) }
    const { headers } = files
    const params = fillParams(files.params, values)
    return this.#proven(await this.#client.open({ at, params, headers }), file)
  }

  #proven(body: Parameters<typeof proven>[0], file: AnnouncedFile): OpenFile {
    return proven(body, file, this.#profile.files?.sizeIs ?? 'exact', this.#profile.name)
  }

  async #found(ref: ListedRef): Promise<{ message: Message; files: readonly FoundFile[] }> {
    const profile = this.#profile
    let item: unknown
    try {
      item = await this.#item(ref)
      const rows = profile.files?.list ? await this.#fileRows(item) : fileRowsIn(item, profile)
      this.#seen.detail(item, rows)
      const files = filesIn(rows, profile)
      return { message: messageFrom(item, ref, profile, files), files }
    } catch (error) {
      if (!(error instanceof WrongShape)) throw error
      const key = keyWithoutIn(item, profile)
      throw failed({ source: profile.name, operation: 'read' }, 'malformed', true, key)
    }
  }

  async #item(ref: ListedRef): Promise<unknown> {
    const { detail } = this.#profile
    if (detail === 'row') return this.#rows.get(ref) ?? this.#rowOf(ref.transportRef)
    const { path, params, headers, success, root } = detail
    const values = { id: ref.transportRef }
    const at = path === undefined ? { link: ref.transportRef } : { path: fillPath(path, values) }
    const question = { operation: 'read', at, params: fillParams(params, values), headers, success }
    return this.#client.read(question, (said) => (root === undefined ? said : valueAt(said, root)))
  }

  /** Where no request shows a single document, it is looked for in the list. */
  async #rowOf(id: string): Promise<unknown> {
    const { importFrom, map, name } = this.#profile
    const window = { from: importFrom, until: addDays(localDateOf(this.#now()), 1) }
    let at: string | null = null
    for (let n = 0; n < mostListPages; n++) {
      const page = await rowPage(this.#client, this.#profile, window, at)
      const row = page.rows.find((one) => idFrom(valueAt(one, map.id)) === id)
      if (row !== undefined) return row
      at = page.next
      if (at === null) throw failed({ source: name, operation: 'read' }, 'notFound')
    }
    throw failed({ source: name, operation: 'read' }, 'listEndless')
  }

  /** All of them, or a failure: a file that was not seen is a name that the gate was not shown. */
  async #fileRows(item: unknown): Promise<readonly unknown[]> {
    const { files, map, baseUrl } = this.#profile
    const { path, url, params, headers, success, none } = files!.list!
    const values = { id: idFrom(valueAt(item, map.id)) }
    const first =
      path === undefined
        ? { link: addressIn(valueAt(item, url ?? ''), baseUrl) }
        : { path: fillPath(path, values) }
    const question = { operation: 'read', headers, success, none }
    const all: unknown[] = []
    let at: Question['at'] = first
    let filled: Record<string, string> = fillParams(params, values)
    for (let n = 0; n < mostFilePages; n++) {
      const page = await this.#filePage({ ...question, at, params: filled })
      all.push(...page.rows)
      if (page.next === null) return all
      at = { link: page.next }
      filled = {}
    }
    throw new WrongShape()
  }

  async #filePage(question: Question): Promise<{ rows: readonly unknown[]; next: string | null }> {
    const { files, baseUrl } = this.#profile
    const { next, none } = files!.list!
    try {
      return await this.#client.read(question, (said, isNone) => {
        if (isNone || isAmong(valueAt(said, files!.items), none)) return { rows: [], next: null }
        const rows = valueAt(said, files!.items)
        if (!Array.isArray(rows)) throw new WrongShape()
        const mark = next === undefined ? null : (valueAt(said, next) ?? null)
        const isLast = mark === null || mark === ''
        return { rows, next: isLast ? null : addressIn(mark, baseUrl) }
      })
    } catch (error) {
      // Its files are not to be found; the document was.
      if (error instanceof FarSideFailure && error.failure.word === 'notFound')
        throw new WrongShape()
      throw error
    }
  }
}
