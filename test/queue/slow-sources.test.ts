/** Sources that do not answer hold up no other, with real far sides that never end their answers. */
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { openPasses } from '#src/flow/open-passes.ts'
import { handsPerLane, mostHands } from '#src/queue.ts'
import { openHands } from '#src/worker/hands.ts'
import { openRegister, profileAt, row } from '#test/connectors/paged-register.ts'
import { testApp } from '#test/support/app.ts'

const opened = new AsyncDisposableStack()
afterEach(() => opened.disposeAsync())

/** Begins an answer and never ends it. */
async function openSilent() {
  const waiting = new Set<http.ServerResponse>()
  const server = http.createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write('{')
    waiting.add(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    address: `http://127.0.0.1:${port}`,
    waiting,
    async [Symbol.asyncDispose]() {
      for (const response of waiting) response.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

it('reads the newest of others while more sources than there are hands say nothing', async () => {
  const silent = opened.use(await openSilent())
  const register = await openRegister([row(1)])
  opened.defer(() => register.close())
  const patient = { limits: { ...profileAt('http://x').limits, answerTimeoutMs: 600_000 } }
  const silentOnes = Array.from({ length: handsPerLane.urgent * 2 }, (_, n) => ({
    ...profileAt(silent.address, patient),
    name: `silent-${n}`,
  }))
  const honest = { ...profileAt(register.address), name: 'honest' }
  const t = opened.use(await testApp([...silentOnes, honest]))
  const { app } = t
  for (const { name } of silentOnes) await openPasses(app, name)
  const hands = openHands(app, () => {}, { longMs: 20 })
  const takeUp = async () => {
    const { due } = await app.store.look([], app.sources.keys())
    hands.takeUp(due, ['urgent'])
  }
  const waiting = async () => {
    await takeUp()
    return silent.waiting.size
  }
  await expect.poll(waiting, { timeout: 30_000 }).toBe(silentOnes.length)

  await openPasses(app, 'honest')
  const staged = async () => {
    await takeUp()
    return (await app.store.overview.totals()).staged
  }
  await expect.poll(staged, { timeout: 30_000 }).toBe(1)
  expect(silent.waiting.size).toBe(silentOnes.length)
  expect(silentOnes.length).toBeLessThan(mostHands.urgent)
  for (const response of silent.waiting) response.destroy()
  hands.rest()
  await hands.empty()
}, 120_000)
