import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { openLog } from '#src/log.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function opened() {
  const lines: Record<string, unknown>[] = []
  const log = openLog({ level: 'info', stream: { write: (line) => lines.push(JSON.parse(line)) } })
  return { log, lines }
}

/** As ioredis hands on what a Redis answers. */
function answer(message: string): Error {
  return Object.assign(new Error(message), { name: 'ReplyError' })
}

it('writes what is said again once a minute, with how often', () => {
  const { log, lines } = opened()
  const say = () => log.queueTrouble({ error: answer('OOM command not allowed') })
  for (let n = 0; n < 100_000; n++) say()
  expect(lines).toMatchObject([{ event: 'queueTrouble', failure: 'OOM' }])
  vi.advanceTimersByTime(60_000)
  expect(lines).toHaveLength(2)
  expect(lines[1]).toMatchObject({ failure: 'OOM', repeated: 99_999 })
  for (let n = 0; n < 3; n++) say()
  vi.advanceTimersByTime(60_000)
  expect(lines[2]).toMatchObject({ repeated: 3 })
})

it('begins anew after a quiet minute', () => {
  const { log, lines } = opened()
  log.sweepFailed({ error: new TypeError('x') })
  vi.advanceTimersByTime(120_000)
  log.sweepFailed({ error: new TypeError('x') })
  expect(lines).toHaveLength(2)
  expect(lines[1]).not.toHaveProperty('repeated')
})

it('keeps apart what is of another source, or another word', () => {
  const { log, lines } = opened()
  for (const source of ['a', 'b'])
    for (const failure of ['timeout', 'unreachable']) log.passFailed({ source, failure })
  expect(lines).toHaveLength(4)
  log.passFailed({ source: 'a', failure: 'timeout', pass: 'another' })
  expect(lines).toHaveLength(4)
})

it('loses no count when the service stops', () => {
  const { log, lines } = opened()
  for (let n = 0; n < 5; n++) log.jobFailed({ job: 'poll-source' })
  log.stopped({})
  expect(lines.map(({ event, repeated }) => [event, repeated])).toEqual([
    ['jobFailed', undefined],
    ['jobFailed', 4],
    ['stopped', undefined],
  ])
})

it('loses no count when the process ends in another way', () => {
  const { log, lines } = opened()
  for (let n = 0; n < 3; n++) log.jobFailed({ job: 'poll-source' })
  process.emit('exit', 1)
  expect(lines.at(-1)).toMatchObject({ event: 'jobFailed', repeated: 2 })
})

it('writes every line of what people do and what becomes of directives', () => {
  const { log, lines } = opened()
  for (let n = 0; n < 3; n++) {
    log.purged({ count: 1 })
    log.withheld({ source: 'a', count: 1 })
    log.passEnded({ source: 'a' })
  }
  expect(lines).toHaveLength(9)
})

it.each([
  ['READONLY', "READONLY You can't write against a read only replica."],
  ['MISCONF', 'MISCONF Redis is configured to save RDB snapshots'],
  [
    'OOM',
    "ERR Error running script (call to f_ab): @user_script:9: -OOM command not allowed when used memory > 'maxmemory'",
  ],
  ['NOPERM', "NOPERM User default has no permissions to run the 'evalsha' command"],
  [
    'NOPERM',
    "ERR ACL failure in script: User default has no permissions to run the 'lpush' command",
  ],
  [
    'NOPERM',
    "ERR The user executing the script can't run this command or subcommand script: 5ab4, on @user_script:589.",
  ],
  ['NOAUTH', 'NOAUTH Authentication required.'],
  ['WRONGPASS', 'WRONGPASS invalid username-password pair or user is disabled.'],
  ['CLUSTERDOWN', 'CLUSTERDOWN Hash slot not served'],
  ['LOADING', 'LOADING Redis is loading the dataset in memory'],
  ['MASTERDOWN', 'MASTERDOWN Link with MASTER is down'],
])('names %s, and nothing else of the answer', (word, message) => {
  const { log, lines } = opened()
  log.queueTrouble({ error: answer(`${message} 780/UBND-NNMT`) })
  expect(lines[0]).toMatchObject({ failure: word, error: 'ReplyError' })
  expect(JSON.stringify(lines)).not.toContain('UBND')
})

it.each([
  ['an error of ours', new Error('OOM'), undefined],
  ['a word it does not know', answer('MẬT UBND'), undefined],
  [
    'the node of a cluster',
    Object.assign(new Error('Failed'), { lastNodeError: answer('OOM x') }),
    'OOM',
  ],
])('takes no word from %s that it should not', (_what, error, word) => {
  const { log, lines } = opened()
  log.queueTrouble({ error })
  expect(lines[0]!.failure).toBe(word)
})
