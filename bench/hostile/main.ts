/** The hostile far sides and honest ones, in a process of their own, so that what they cost is not counted. Prints its address. */
import { faces } from '#connectors/simulator/faces/all.ts'
import { startFaces } from '#connectors/simulator/faces/server.ts'
import { addDays, localDateOf } from '#src/domain/local-date.ts'

const today = localDateOf(new Date())
const server = await startFaces(faces, { ago: () => (days) => addDays(today, -days) })
process.stdout.write(`${server.urlOf({ ...faces[0]!, name: '' })}\n`)
