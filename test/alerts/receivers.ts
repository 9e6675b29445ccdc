/** Whoever is alerted, over real sockets: a webhook's receiver and a mail server. */
import { createHmac } from 'node:crypto'
import http from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import tls from 'node:tls'
import type { AlertSettings } from '#config/alerts.ts'
import { selfSigned } from '#test/connectors/self-signed.ts'

export const secret = 'key-of-the-webhook-of-the-test'

export const quiet: AlertSettings = {
  everyMs: 60_000,
  nearHours: { normal: 8, urgent: 8, veryUrgent: 8, flash: 6, unreadable: 6 },
  awayMs: 30 * 60_000,
  silentOfficeHours: 15,
  jumpPoints: 20,
  repeatMs: 4 * 3_600_000,
  quietMs: 5 * 60_000,
  webhook: null,
  email: null,
  heartbeat: null,
}

export interface Told {
  readonly id: string
  readonly occasion: string
  readonly kind: string
  readonly source: string
  readonly count: number
  readonly byUrgency?: Record<string, number>
  readonly vi: string
  readonly en: string
}

export async function openReceiver(key = secret) {
  const state = { status: 204, told: [] as Told[][], bodies: [] as string[], wrong: 0, asked: 0 }
  const server = http.createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (part) => (body += part))
    request.on('end', () => {
      state.asked++
      state.bodies.push(
        `${request.method} ${request.url} ${JSON.stringify(request.headers)} ${body}`,
      )
      if (request.method === 'POST' && state.status < 300) {
        const timestamp = String(request.headers['x-chidao-timestamp'])
        const expected = createHmac('sha256', key).update(`${timestamp}.${body}`).digest('hex')
        const fresh = Math.abs(Date.now() / 1000 - Number(timestamp)) < 300
        if (request.headers['x-chidao-signature'] !== `v1=${expected}` || !fresh) state.wrong++
        else state.told.push(JSON.parse(body).alerts)
      }
      response.writeHead(state.status, { location: '/elsewhere' }).end('Số 781/UBND-NNMT')
    })
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return {
    state,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    /** What was told since this was last asked. */
    news: () => state.told.splice(0).flat(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

export interface Letter {
  readonly from: string
  readonly to: readonly string[]
  readonly data: string
  readonly encrypted: boolean
  readonly login: string | null
}

/** Speaks enough SMTP for one letter at a time, with STARTTLS and AUTH PLAIN. */
export async function openMailServer(options: { refuse?: boolean } = {}) {
  const letters: Letter[] = []
  const { key, cert } = selfSigned('localhost')
  const server: Server = createServer((socket) => converse(socket, false))
  server.on('error', () => {})
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const sockets = new Set<Socket>()

  function converse(socket: Socket, encrypted: boolean): void {
    sockets.add(socket)
    socket.on('error', () => {})
    const say = (line: string) => socket.write(`${line}\r\n`)
    let held = ''
    let from = ''
    let to: string[] = []
    let login: string | null = null
    let data: string | null = null
    const answer = (line: string) => {
      if (data !== null) {
        if (line !== '.') {
          data += `${line}\n`
          return
        }
        letters.push({ from, to, data, encrypted, login })
        data = null
        say('250 taken')
        return
      }
      const [verb = ''] = line.split(' ')
      switch (verb.toUpperCase()) {
        case 'EHLO':
          say('250-mail.test')
          if (!encrypted) say('250-STARTTLS')
          else say('250-AUTH PLAIN')
          say('250 8BITMIME')
          break
        case 'STARTTLS':
          say('220 go ahead')
          socket.removeAllListeners('data')
          {
            const secure = new tls.TLSSocket(socket, { isServer: true, key, cert })
            secure.on('secure', () => {})
            converse(secure, true)
          }
          break
        case 'AUTH':
          login = Buffer.from(line.split(' ')[2] ?? '', 'base64').toString()
          say('235 welcome')
          break
        case 'MAIL':
          from = /<(.*)>/.exec(line)![1]!
          to = []
          say('250 ok')
          break
        case 'RCPT':
          if (options.refuse) say('550 no such mailbox 781/UBND-NNMT')
          else {
            to.push(/<(.*)>/.exec(line)![1]!)
            say('250 ok')
          }
          break
        case 'DATA':
          data = ''
          say('354 go on')
          break
        case 'QUIT':
          say('221 bye')
          socket.end()
          break
        default:
          say('250 ok')
      }
    }
    socket.on('data', (part: Buffer) => {
      held += part.toString('utf8')
      for (let end = held.indexOf('\r\n'); end >= 0; end = held.indexOf('\r\n')) {
        const line = held.slice(0, end)
        held = held.slice(end + 2)
        answer(line)
      }
    })
    if (!encrypted) say('220 mail.test')
  }

  return {
    letters,
    cert,
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((closed) => server.close(closed))
    },
  }
}

/** The text of a letter, its transfer encoding undone. */
export function textOf({ data }: Letter): { subject: string; text: string } {
  const [head = '', ...body] = data.split('\n\n')
  const unfolded = head.replace(/\n[ \t]+/g, ' ')
  const subject = (/^Subject: (.*)$/m.exec(unfolded)?.[1] ?? '').replace(
    /=\?UTF-8\?([QB])\?([^?]*)\?=\s*/gi,
    (_whole, how: string, text: string) =>
      how.toUpperCase() === 'B'
        ? Buffer.from(text, 'base64').toString()
        : quoted(text.replaceAll('_', ' ')),
  )
  const raw = body.join('\n\n')
  if (/^Content-Transfer-Encoding: base64/im.test(head))
    return { subject, text: Buffer.from(raw, 'base64').toString() }
  return { subject, text: /quoted-printable/i.test(head) ? quoted(raw.replace(/=\n/g, '')) : raw }
}

function quoted(text: string): string {
  return Buffer.from(
    text.replace(/=([0-9A-F]{2})/gi, (_whole, hex) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    ),
    'latin1',
  ).toString('utf8')
}
