import { markInCode, markInFileName, markInText } from './mark.ts'
import type { MarkFinding } from './mark-finding.ts'

/** What was found in each text of one message, and gone with it: its row in a list and its detail print mostly the same. */
export interface Findings {
  inText(text: string): MarkFinding
  inName(name: string): MarkFinding
  /** In a symbol or a number. */
  inCode(code: string): MarkFinding
}

export function newFindings(): Findings {
  return { inText: once(markInText), inName: once(markInFileName), inCode: once(markInCode) }
}

function once(look: (text: string) => MarkFinding): (text: string) => MarkFinding {
  const found = new Map<string, MarkFinding>()
  return (text) => {
    const known = found.get(text)
    if (known !== undefined) return known
    const finding = look(text)
    found.set(text, finding)
    return finding
  }
}
