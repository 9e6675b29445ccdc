/**
 * The simulator alone, for whoever develops against it:
 * `node connectors/simulator/main.ts --seed 7 --port 8099`. Prints one line of JSON when it listens,
 * with `--axis` also of the face of the national axis.
 */
import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { parseClock } from '#src/domain/clock.ts'
import { addDays, localDateOf } from '#src/domain/local-date.ts'
import { axisOffices } from './axis-offices.ts'
import { makeRegister } from './register.ts'
import { startSimulator } from './simulator.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    port: { type: 'string', default: '0' },
    from: { type: 'string' },
    until: { type: 'string' },
    'per-day': { type: 'string', default: '4' },
    'secret-share': { type: 'string', default: '0.1' },
    changes: { type: 'boolean', default: false },
    token: { type: 'string' },
    clock: { type: 'string', default: 'wall' },
    faults: { type: 'string', default: '{}' },
    axis: { type: 'boolean', default: false },
    'axis-system': { type: 'string', default: 'sys.simulator.01' },
    'axis-secret': { type: 'string' },
    'axis-organ': { type: 'string', default: axisOffices.self.organId },
    'axis-large-share': { type: 'string', default: '0.005' },
  },
})

const clock = parseClock(values.clock)
const today = localDateOf(clock.now())
const register = makeRegister({
  seed: values.seed,
  from: values.from ?? addDays(today, -183),
  until: values.until ?? addDays(today, 30),
  perWorkingDay: Number(values['per-day']),
  secretShare: Number(values['secret-share']),
  changes: values.changes,
})
const token = values.token ?? randomBytes(16).toString('hex')
const axis = values.axis
  ? {
      systemId: values['axis-system'],
      secret: values['axis-secret'] ?? randomBytes(16).toString('hex'),
      organId: values['axis-organ'],
    }
  : null
const faults = JSON.parse(values.faults)
const simulator = await startSimulator({
  register,
  clock,
  token,
  port: Number(values.port),
  faults,
  ...(axis && { axis, axisLargeShare: Number(values['axis-large-share']) }),
})
const told = axis && { axis: { url: simulator.axis?.url, ...axis } }
process.stdout.write(`${JSON.stringify({ url: simulator.url, token, ...told })}\n`)
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void simulator.stop())
}
