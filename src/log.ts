import pino from 'pino'
import { answerWord } from './log/answer-word.ts'
import { folding } from './log/folding.ts'

/** The only fields an event may carry. None of them can hold anything of a document (docs/decisions/0003). */
interface Fields {
  readonly source?: string
  /** The source that another one waits for. */
  readonly waitsFor?: string
  readonly pass?: string
  readonly intake?: string
  /** By its random id. */
  readonly directive?: string
  readonly outbox?: string
  readonly kind?: string
  readonly operation?: string
  readonly failure?: string
  /** A variable, a file or a key of the configuration. */
  readonly setting?: string
  readonly outcome?: string
  readonly count?: number
  readonly seen?: number
  readonly allowed?: number
  readonly notEligible?: number
  readonly undecided?: number
  readonly unchanged?: number
  readonly job?: string
  readonly worker?: string
  readonly role?: string
  readonly address?: string
  readonly error?: unknown
}

const fieldNames = [
  'source',
  'waitsFor',
  'pass',
  'intake',
  'directive',
  'outbox',
  'kind',
  'operation',
  'failure',
  'setting',
  'outcome',
  'count',
  'seen',
  'allowed',
  'notEligible',
  'undecided',
  'unchanged',
  'job',
  'worker',
  'role',
  'address',
] as const satisfies readonly (keyof Fields)[]

/** Every event of the service, worded here and nowhere else. */
const events = {
  started: ['info', 'The service has started.'],
  stopping: ['info', 'The service is stopping: it finishes or hands back what it holds.'],
  stopped: ['info', 'The service has stopped.'],
  passEnded: ['info', 'A reading of a source has ended.'],
  passFailed: ['warn', 'A reading of a source failed. The same window is read again by itself.'],
  sourceNotAsked: [
    'error',
    'Không hỏi được nguồn vì cấu hình của nó còn thiếu; các nguồn khác vẫn chạy. A source cannot be asked, because something of its configuration is missing: put right the variable, file or key under "setting". It is looked at again at every poll; after a variable was set the service must be started again.',
  ],
  undecided: [
    'error',
    'Items of a source could not be read far enough to decide. They are asked for again; look at the source.',
  ],
  leaseLost: [
    'warn',
    'The lease passed to another worker while this one was away. This one wrote nothing more.',
  ],
  stagingFailed: [
    'error',
    'An admitted directive could not be staged. It is listed under "chidao failed" and tried again.',
  ],
  filePostponed: [
    'warn',
    'Files could not be fetched or stored. Their directive shows without them; they are listed under "chidao files" and tried again.',
  ],
  fileFailed: [
    'error',
    'Files could not be kept by a mistake of ours. Their directive shows without them; they are listed under "chidao files" and tried again.',
  ],
  sendNotEligible: [
    'error',
    'A reply or a status was not eligible for this system. Nothing of it was sent, and it was removed; it is listed under "chidao attention".',
  ],
  writingNotAdmitted: [
    'error',
    'Something that the tracking software wrote was not admitted, and was removed. It is listed under "chidao attention".',
  ],
  writingFailed: [
    'error',
    'Something that the tracking software wrote could not be taken in by a mistake of ours. It waits and is tried again.',
  ],
  sendingFailed: [
    'error',
    'Something could not be sent back by a mistake of ours. Its row says whether it may have left; it is listed under "chidao replies".',
  ],
  sent: ['info', 'Something was pushed back to a source.'],
  jobFailed: [
    'error',
    'A job failed by a mistake of ours. Its work is in Postgres and is taken up again.',
  ],
  queueTrouble: [
    'warn',
    'The queue refuses or is silent. All work goes on without it, by the sweep of each process; mend the queue.',
  ],
  sweepFailed: ['warn', 'A sweep could not finish. The next one comes by itself.'],
  retaken: ['warn', 'Readings of a worker that is gone were put back in line.'],
  opsListening: ['info', 'The ops server answers at this address.'],
  opsClosed: [
    'warn',
    'There is no account: the ops server answers /healthz and nothing else. Make the first one: chidao user add NAME --role administrator. It opens by itself.',
  ],
  accountLocked: [
    'warn',
    'Several wrong passwords in a row: an account is locked for a while. The history says which; chidao user enable unlocks it.',
  ],
  directoryTrouble: [
    'error',
    'The directory of mail accounts could not be asked. Accounts of the store can log in; see chidao check.',
  ],
  opsTrouble: ['error', 'The ops server could not answer a request.'],
  withheld: [
    'warn',
    'Directives were withheld from every view, because their source gives reason to doubt them. They are listed under "chidao attention".',
  ],
  fuseTripped: [
    'error',
    'A source suddenly says that unusually many directives should go. Nothing went: answer under "chidao attention".',
  ],
  purged: ['warn', 'What its source calls secret was purged. Only counts remain.'],
  storeWentBack: [
    'error',
    'The store has lost commits: it came out of a backup, or from a standby that lagged behind. Directives are asked for again at their sources, and withheld until then where the keys are as old. The history says how much is lost; docs/backup.md says what to do.',
  ],
  historyCut: [
    'error',
    'The end of the history that was sealed last is not in the store. Nothing is sealed until it is known why: chidao audit verify.',
  ],
  calendarReplaced: [
    'info',
    'Another list of working days is in force; deadlines are computed with it from now on.',
  ],
  deadlinesRecomputed: [
    'warn',
    'Open deadlines that another list of working days had given were computed anew. Each that moved is in the history of its directive.',
  ],
  deadlinePassed: [
    'error',
    'Legal deadlines have passed without a classification. Each is in the history of its directive; they are listed under "chidao status".',
  ],
  alertRaised: ['error', 'Something needs a person. See "chidao alerts".'],
  alertRecovered: ['info', 'What needed a person has passed.'],
  alertNotDelivered: [
    'error',
    'An alert could not be delivered. It is tried again; check the channel with "chidao alerts test".',
  ],
  heartbeatWithheld: [
    'error',
    'No sign of life is given, because work does not really go through.',
  ],
  heartbeatFailed: ['warn', 'The receiver of the signs of life did not take one.'],
  sentinelUnreadable: [
    'error',
    'The document of a source that must be readable is not. Look at the source and at its access rights.',
  ],
  orphansRemoved: ['info', 'Files without a row, left by a process that died, were removed.'],
} as const satisfies Record<string, readonly ['info' | 'warn' | 'error', string]>

type Event = keyof typeof events

/** What a fault that lasts says again and again. What it is about is in the store, row by row. */
const troubles: ReadonlySet<Event> = new Set<Event>([
  'passFailed',
  'sourceNotAsked',
  'stagingFailed',
  'filePostponed',
  'fileFailed',
  'writingFailed',
  'sendingFailed',
  'leaseLost',
  'jobFailed',
  'queueTrouble',
  'sweepFailed',
  'historyCut',
  'directoryTrouble',
  'opsTrouble',
  'alertNotDelivered',
  'heartbeatWithheld',
  'heartbeatFailed',
])

export type Log = { readonly [event in keyof typeof events]: (fields: Fields) => void }

/** JSON lines on `stream` (standard error by default), one vocabulary for the whole service. */
export function openLog({
  level,
  stream = process.stderr,
}: {
  level: string
  stream?: pino.DestinationStream
}): Log {
  const flushes: (() => void)[] = []
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  )
  const entries = Object.entries(events).map(([event, [severity, message]]) => {
    const write = (told: object) => logger[severity]({ event, ...told }, message)
    if (!troubles.has(event as Event)) return [event, (fields: Fields) => write(only(fields))]
    const folded = folding(write)
    flushes.push(folded.flush)
    return [event, (fields: Fields) => folded.say(...keyed(only(fields)))]
  })
  const log = Object.fromEntries(entries) as Log
  return {
    ...log,
    // The last line of a service: what was counted until then comes before it.
    stopped(fields) {
      for (const flush of flushes) flush()
      log.stopped(fields)
    },
  }
}

/** Which line is the same as another: all but what differs from one to the next of the same trouble. */
function keyed(told: Record<string, unknown>): [key: string, told: Record<string, unknown>] {
  const { source, kind, job, operation, failure, outcome, error, code } = told
  return [JSON.stringify([source, kind, job, operation, failure, outcome, error, code]), told]
}

/** An error is told by name and code alone: its message and its SQL may quote what it failed on. */
function only(fields: Fields): Record<string, unknown> {
  const told: Record<string, unknown> = {}
  for (const name of fieldNames) if (fields[name] !== undefined) told[name] = fields[name]
  if (fields.error instanceof Error) {
    const word = answerWord(fields.error)
    if (word !== null) told.failure = word
    told.error = fields.error.name
    told.code = (fields.error as { code?: unknown }).code
    // The stack begins with the message, which may have several lines.
    told.at = fields.error.stack
      ?.slice(Math.max(0, fields.error.stack.indexOf('\n    at ')))
      .split('\n')
      .find((line) => line.includes('.ts:') && !line.includes('node_modules'))
      ?.trim()
      .replace(/^at |file:\/\/\S*?(?=\/(src|jobs|connectors)\/)/g, '')
  }
  return told
}
