/** Far systems of a kind that no vendor admits to: one face for each trouble, on one server, each under an address of its own. */
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { hash } from '../draw.ts'
import { type Ago, contentOf, type FaceDocument } from './document.ts'
import { type Face, type FaceState, type PageAsked, pageOf, type Said } from './face.ts'

export interface Faces extends AsyncDisposable {
  urlOf(face: Face): string
  stateOf(face: Face): FaceState
  act(face: Face): void
  /** From here on so many of a hundred requests fail or hang for a moment, by seed; 0 ends that. */
  disturb(percent: number): void
}

export const firstToken = 'token-mot'

export async function startFaces(
  faces: readonly Face[],
  { ago, seed = 1 }: { ago: () => Ago; seed?: number },
): Promise<Faces> {
  const states = new Map(faces.map((face) => [face.name, newState(face, ago())]))
  let percent = 0
  let asked = 0
  const server = http.createServer((request, response) => {
    response.on('error', () => {})
    void answer(request, response)
  })

  async function answer(request: http.IncomingMessage, response: http.ServerResponse) {
    const url = new URL(request.url ?? '/', 'http://face')
    const [, name = '', , , id, part, file] = url.pathname.split('/').map(decodeURIComponent)
    const face = faces.find((one) => one.name === name)
    const state = states.get(name)
    if (!face || !state) return json(response, 404, { success: false })
    const draw = hash(`${seed} ${++asked}`) % 100
    if (draw < percent) {
      await pause(draw * 5)
      if (draw % 2 === 0) return void request.socket.destroy()
      return json(response, 503, { success: false })
    }
    if (request.headers.authorization !== `Bearer ${state.token}`)
      return json(response, 401, { success: false })
    if (id === undefined) return say(response, listed(face, state, url.searchParams))
    const found = state.documents.find((one) => String(one.id) === id)
    if (!found) return json(response, 404, { success: false })
    if (part === undefined) {
      const said = face.list?.([found], { page: 1, pageSize: 1, from: '', until: '' }, state)
      const form = said && 'json' in said ? said : {}
      return say(response, { ...form, json: { success: true, data: found } })
    }
    const { headers, body } = face.file?.(file ?? '', state) ?? {
      headers: { 'content-type': 'application/pdf' },
      body: state.files.get(file ?? '') ?? contentOf(file ?? ''),
    }
    response.writeHead(200, headers as http.OutgoingHttpHeaders)
    response.end(body)
  }

  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  return {
    urlOf: ({ name }) => `http://127.0.0.1:${port}/${name}`,
    stateOf: ({ name }) => states.get(name)!,
    act(face) {
      const state = states.get(face.name)!
      face.act?.(state, ago())
      state.acted = true
      state.ever.push(...state.documents)
    },
    disturb(most) {
      percent = most
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function newState(face: Face, ago: Ago): FaceState {
  const documents = face.documents(ago)
  return { documents, ever: [...documents], files: new Map(), token: firstToken, acted: false }
}

function listed(face: Face, state: FaceState, params: URLSearchParams): Said {
  const asked: PageAsked = {
    page: Number(params.get('page') ?? 1),
    pageSize: Number(params.get('page_size') ?? 1000),
    from: params.get('from_date') ?? '',
    until: params.get('to_date') ?? '9',
  }
  const day = ({ publish_date }: FaceDocument) => publish_date.slice(0, 10)
  const rows = state.documents.filter((one) => asked.from <= day(one) && day(one) <= asked.until)
  return face.list?.(rows, asked, state) ?? { json: pageOf(rows, asked) }
}

function say(response: http.ServerResponse, said: Said): void {
  if ('stream' in said) {
    response.writeHead(200, { 'content-type': 'application/json' })
    said.stream(response)
  } else if ('status' in said) response.writeHead(said.status).end()
  else json(response, 200, said.json, said)
}

/** As a serialiser writes that knows ASCII alone, or one that takes letters apart. */
function json(
  response: http.ServerResponse,
  status: number,
  value: unknown,
  { escaped = false, decomposed = false }: { escaped?: boolean; decomposed?: boolean } = {},
): void {
  const plain = JSON.stringify(value)
  const text = escaped
    ? plain.replace(
        /[\u0080-\uffff]/g,
        (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
      )
    : plain
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(decomposed ? text.normalize('NFD') : text)
}
