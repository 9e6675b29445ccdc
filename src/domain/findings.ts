import { markInCode, markInFileName, markInText } from './mark.ts'
import type { MarkFinding } from './mark-finding.ts'
import type { Neighbours } from './neighbours.ts'

/** What was found in each text of one message, and gone with it: its row in a list and its detail print mostly the same. */
export interface Findings {
  inText(text: string): MarkFinding
  /** In a symbol or a number. */
  inCode(code: string): MarkFinding
  inName(name: string, beside: Neighbours): MarkFinding
}

export function newFindings(): Findings {
  const names = new Map<Neighbours, (name: string) => MarkFinding>()
  return {
    inText: once(markInText),
    inCode: once(markInCode),
    inName: (name, beside) => {
      const known = names.get(beside) ?? once((one) => markInFileName(one, beside))
      names.set(beside, known)
      return known(name)
    },
  }
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
