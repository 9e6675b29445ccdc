import type { FastifyReply } from 'fastify'
import { html } from '../html/html.ts'
import type { Frame } from '../html/layout.ts'
import { general } from '../words/general.ts'
import { send } from './visit.ts'

/** What never was, what is gone, and what may not be shown are answered alike. */
export function notFoundPage(reply: FastifyReply, frame: Frame): FastifyReply {
  const words = general[frame.language]
  return send(reply.status(404), frame, {
    title: words.notFoundTitle,
    body: html`<p>${words.notFound}</p>`,
  })
}
