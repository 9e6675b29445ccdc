import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { type AxisItem, mailAt } from '#connectors/simulator/axis/mailbox.ts'
import { codeOf, docIdOf, documentIdOf, senderOf } from '#connectors/simulator/axis/names.ts'
import { axisOffices } from '#connectors/simulator/axis-offices.ts'
import { makeRegister } from '#connectors/simulator/register.ts'
import { startSimulator } from '#connectors/simulator/simulator.ts'
import { simulatedVxpProfile } from '#connectors/vxp/simulated-profile.ts'
import { connectVxp } from '#connectors/vxp/vxp.ts'
import { manualClock } from '#src/domain/clock.ts'
import { describeConnector, type FarSide, type Fault } from './contract.ts'

const systemId = 'sys.test.01'
const secret = 'bi-mat-cua-bai-kiem-tra'
const now = new Date('2026-03-20T02:00:10Z')

describeConnector('vxp', async (): Promise<FarSide> => {
  const register = makeRegister({
    seed: 5,
    from: '2026-03-02',
    until: '2026-03-04',
    perWorkingDay: 2,
    secretShare: 0,
  })
  const self = axisOffices.self
  const simulator = await startSimulator({
    register,
    clock: manualClock(now),
    token: 'x',
    axis: {
      systemId,
      secret,
      organId: self.organId,
      agencies: [{ organId: 'H50.12', name: 'Sở Nông nghiệp và Môi trường' }],
    },
    axisLargeShare: 0,
  })
  const front = await inFrontOf(simulator.axis!.url)
  const at = (baseUrl: string) => {
    const profile = simulatedVxpProfile({
      baseUrl,
      systemId,
      secret,
      importFrom: '2026-01-01',
      liveFrom: '2026-01-01',
    })
    return connectVxp(
      {
        ...profile,
        limits: { ...profile.limits, answerTimeoutMs: 5000 },
        errorCodes: { ...profile.errorCodes, notFound: ['21'] },
        retries: { times: 2, firstPauseMs: 1, maxPauseMs: 1 },
      },
      {},
    )
  }
  const mail = new Map(
    mailAt({ register, self, largeShare: 0 }, now).map((item): [string, AxisItem] => [
      item.docId,
      item,
    ]),
  )
  return {
    connector: at(front.url),
    unreachable: at('http://127.0.0.1:1'),
    window: { from: '2026-03-01', until: '2026-03-19' },
    emptyWindow: { from: '2025-03-01', until: '2025-03-19' },
    documents: register.documents
      .filter((document) => mail.has(docIdOf(document)))
      .map((document) => ({
        ref: docIdOf(document),
        sourceRef: `${senderOf(document).organId} ${documentIdOf(document)}`,
        subject: document.row.abstract.trim(),
        code: codeOf(document.row),
        files: document.files.map((file) => ({ name: file.name, content: file.content() })),
      })),
    unknownRef: {
      transportRef: '5a1f0a52-0000-4000-8000-000000000009',
      sourceRef: '000.00.00.H50 x',
    },
    rawOf: async (ref) => (await mail.get(ref)!.bytes()).toString(),
    ...front.faults,
    received: () => simulator.axis!.sent().length,
    async close() {
      await front.close()
      await simulator.stop()
    },
  }
})

/** Passes everything on, until it is told to go wrong. */
async function inFrontOf(target: string) {
  let fault: Fault | null = null
  let next: 'refuse' | 'lose' | null = null
  const server = http.createServer((request, response) => {
    const isSend = request.url?.endsWith('/sendEdoc') ?? false
    if (fault) {
      request.resume()
      return breaks(fault, response)
    }
    if (isSend && next === 'refuse') {
      next = null
      request.resume()
      response.end('{"status":"FAIL","ErrorCode":"22","ErrorDesc":"edXML sai chuẩn"}')
      return
    }
    const { port, hostname, pathname } = new URL(target + request.url!)
    const onward = http.request(
      { port, hostname, path: pathname, method: request.method, headers: request.headers },
      (answer) => {
        if (isSend && next === 'lose') {
          next = null
          answer.resume().once('end', () => request.socket.destroy())
          return
        }
        response.writeHead(answer.statusCode!, answer.headers)
        answer.pipe(response)
      },
    )
    onward.on('error', () => request.socket.destroy())
    request.pipe(onward)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults: {
      breakWith: (with_: Fault) => {
        fault = with_
      },
      repair: () => {
        fault = null
      },
      refuseNextSend: () => {
        next = 'refuse'
      },
      loseNextAnswer: () => {
        next = 'lose'
      },
    },
    async close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

function breaks(fault: Fault, response: http.ServerResponse): void {
  switch (fault) {
    case 'unavailable':
      response.writeHead(503).end('busy')
      return
    case 'unauthorized':
      response.writeHead(401).end()
      return
    case 'htmlPage':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Đăng nhập</html>')
      return
    case 'truncated':
      response.writeHead(200, { 'content-length': 500, 'content-type': 'application/json' })
      response.write('{"status":"OK","data":[', () => response.socket?.destroy())
      return
    case 'silent':
  }
}
