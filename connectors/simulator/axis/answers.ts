/** The envelope of every JSON answer of the axis. What real answers hold beyond it was not seen (wire §4.2). */
import type { Answer } from '../answer.ts'
import { json } from '../answer.ts'

/** Codes of the only table that is known, that of an LGSP (wire §5). */
export const codes = {
  badFile: '10',
  unauthorized: '15',
  unknownReceiver: '18',
  senderNotRegistered: '19',
  systemError: '20',
  fileError: '21',
  badEdxml: '22',
} as const

export function done(more: Readonly<Record<string, unknown>> = {}): Answer {
  return json(200, { status: 'OK', ErrorCode: '0', ErrorDesc: 'Thanh cong', ...more })
}

export function failed(code: keyof typeof codes, description: string, status = 200): Answer {
  return json(status, { status: 'FAIL', ErrorCode: codes[code], ErrorDesc: description })
}
