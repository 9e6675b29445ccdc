import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { App } from '../../app.ts'
import type { StoredFile } from '../../store/pages/directive.ts'
import { isId } from './ids.ts'
import { notFoundPage } from './not-found.ts'
import { visit } from './visit.ts'

const longestDownloadMs = 30 * 60_000

/** Files are decrypted as they leave, and never shown in the browser: what they hold came from outside. */
export function filePages(server: FastifyInstance, app: App): void {
  const download = { config: { access: 'viewer' as const }, handlerTimeout: longestDownloadMs }

  server.get('/directives/:id/files/:file', download, async (request, reply) => {
    const { id, file } = request.params as { id: string; file: string }
    const found = isId(id) && isId(file) ? await app.store.pages.directive.file(id, file) : null
    return hand(app, found, request, reply)
  })

  server.get('/replies/:id/files/:position', download, async (request, reply) => {
    const { id, position } = request.params as { id: string; position: string }
    const found =
      isId(id) && /^\d{1,4}$/.test(position)
        ? await app.store.pages.wayBack.file(id, Number(position))
        : null
    return hand(app, found, request, reply)
  })
}

async function hand(
  app: App,
  file: StoredFile | null,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const key = file && (await app.store.keys.of(file.directiveId))
  if (!file || !key) return notFoundPage(reply, await visit(app, request, reply))
  return reply
    .type('application/octet-stream')
    .header('content-disposition', attachment(file.name))
    .header('x-content-type-options', 'nosniff')
    .header('content-length', file.size)
    .header('content-security-policy', `default-src 'none'; sandbox`)
    .send(app.files.open(file.storedAs, key))
}

/** RFC 6266: a plain name for old readers, the real one beside it. */
export function attachment(name: string): string {
  const short = shortened(name.toWellFormed())
  const plain = short
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[đĐ]/g, 'd')
    .replace(/[^A-Za-z0-9._ -]/g, '_')
  const encoded = encodeURIComponent(short).replace(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${plain || 'tep'}"; filename*=UTF-8''${encoded}`
}

const mostLetters = 150

/** Cut before its ending, which says what opens it; a signed file has two, `.pdf.p7m`. */
function shortened(name: string): string {
  const letters = [...name]
  if (letters.length <= mostLetters) return name
  const [ending = ''] = /(?:\.[\p{L}\p{N}]{1,10}){1,2}$/u.exec(name) ?? []
  return letters.slice(0, mostLetters - [...ending].length).join('') + ending
}
