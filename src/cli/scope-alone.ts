import type { Connector } from '#connectors/connector.ts'
import type { Profile } from '#connectors/index.ts'
import { hasForm } from '../domain/eligibility.ts'
import { addDays, type LocalDate } from '../domain/local-date.ts'
import { judge } from '../flow/deciding.ts'

const days = 7
const mostRead = 50

/**
 * How many messages of listed issuers only the scope leaves out, of what an acknowledging source lists lately: a field such
 * as SteeringType is filled in by habit, and a scope that trusts it takes nothing from some offices. For the terminal only.
 */
export async function scopeAlone(
  connector: Pick<Connector, 'can' | 'list' | 'read'>,
  { gate, importFrom }: Pick<Profile, 'gate' | 'importFrom'>,
  today: LocalDate,
): Promise<string> {
  if (!connector.can.acknowledges) return ''
  const from = addDays(today, 1 - days)
  const window = { from: from > importFrom ? from : importFrom, until: today }
  const page = await connector.list(window, null)
  if (!page.ok) return ''
  let read = 0
  const fell = new Map<string, number>()
  for (const item of page.value.items.slice(-mostRead)) {
    if (item.unreadable) continue
    const message = await connector.read(item.ref)
    if (!message.ok) continue
    read += 1
    const decision = judge(message.value, gate)
    const fellAlone = !decision.admit && hasForm(message.value.header)
    const left = fellAlone ? leftOut[decision.reason] : undefined
    if (left) fell.set(left, (fell.get(left) ?? 0) + 1)
  }
  if (read === 0) return ''
  const counts = [...fell].map(([left, count]) => `${count} ${left}`).join(', ')
  return `; ${read} thông điệp gần đây, của cơ quan trong danh sách chỉ rơi vì phạm vi: ${counts || '0'} / of these messages, those of listed issuers that fell by scope alone`
}

/** The gate says these only of a document that nothing but its form may speak against, and of a listed issuer. */
const leftOut: Partial<Record<string, string>> = {
  typeOutOfScope: 'scope.types',
  receiverOutOfScope: 'scope.receivers',
  fieldOutOfScope: 'scope.fields',
}
