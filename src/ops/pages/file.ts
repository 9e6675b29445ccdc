import type { FastifyInstance } from 'fastify'
import type { App } from '../../app.ts'
import { isId } from './ids.ts'
import { notFoundPage } from './not-found.ts'
import { visit } from './visit.ts'

const longestDownloadMs = 30 * 60_000

/** A file of a directive, decrypted as it leaves. Never shown in the browser: what it holds came from outside. */
export function filePage(server: FastifyInstance, app: App): void {
  server.get(
    '/directives/:id/files/:file',
    { config: { access: 'viewer' }, handlerTimeout: longestDownloadMs },
    async (request, reply) => {
      const { id, file: fileId } = request.params as { id: string; file: string }
      const file =
        isId(id) && isId(fileId) ? await app.store.pages.directive.file(id, fileId) : null
      const key = file && (await app.store.keys.of(file.directiveId))
      if (!file || !key) return notFoundPage(reply, await visit(app, request, reply))
      return reply
        .type('application/octet-stream')
        .header('content-disposition', attachment(file.name))
        .header('x-content-type-options', 'nosniff')
        .header('content-length', file.size)
        .header('content-security-policy', `default-src 'none'; sandbox`)
        .send(app.files.open(file.storedAs, key))
    },
  )
}

/** RFC 6266: a plain name for old readers, the real one beside it. */
function attachment(name: string): string {
  const plain = name
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[đĐ]/g, 'd')
    .replace(/[^A-Za-z0-9._ -]/g, '_')
    .slice(0, 150)
  const encoded = encodeURIComponent(name.slice(0, 150).toWellFormed()).replace(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${plain || 'tep'}"; filename*=UTF-8''${encoded}`
}
