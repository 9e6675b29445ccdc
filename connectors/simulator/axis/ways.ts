/**
 * How a document that must not pass says so on an axis that has no field for it: what is printed stands there as
 * it is; what a register only says in its own fields is an element or attribute nobody knows, or a mark in a text.
 */
import type { DocumentDraft } from '#src/edxml/draft.ts'
import type { SimulatedDocument } from '../document.ts'
import { drawFrom } from '../draw.ts'
import { ways } from '../secrecy-ways.ts'

export interface AxisWay {
  readonly name: string
  readonly needsBussiness?: true
  draft?(draft: DocumentDraft): DocumentDraft
  /** A change to the message as the official builder writes it, or to its end behind the header. */
  xml?(message: string): string
  readonly fileDescription?: string
}

const unknown: readonly AxisWay[] = [
  // Where the format of 2014 had its field (wire §6).
  inserted('element in OtherInfo', '</edXML:OtherInfo>', '<edXML:Secret>Mật</edXML:Secret>'),
  inserted(
    'element in MessageHeader',
    '</edXML:MessageHeader>',
    '<edXML:SecurityLevel>2</edXML:SecurityLevel>',
  ),
  {
    ...inserted('element in Bussiness', '</edXML:Bussiness>', '<edXML:DoMat>1</edXML:DoMat>'),
    needsBussiness: true,
  },
  inserted('element in Attachment', '</Attachment>', '<Secret>Tối mật</Secret>'),
  inserted('element empty', '</edXML:SignerInfo>', '<edXML:SecretId></edXML:SecretId>'),
  attribute('attribute of OtherInfo', 'edXML:OtherInfo', 'DoMat="Mật"'),
  attribute('attribute of Subject', 'edXML:Subject', 'secret="2"'),
  attribute('attribute of MessageHeader', 'edXML:MessageHeader', 'securityLevel="TOP"'),
  attribute('attribute of Attachment', 'Attachment', 'envelope="B"'),
]

const marks: readonly AxisWay[] = [
  { name: 'mark in sphere', draft: (draft) => other(draft, { sphere: 'Tối mật' }) },
  {
    name: 'mark in appendix',
    draft: (draft) => other(draft, { appendixes: ['Danh mục nhiệm vụ (Mật)'] }),
  },
  {
    name: 'mark in nơi nhận',
    draft: (draft) => ({ ...draft, toPlaces: [...draft.toPlaces, 'Lưu: VT (Mật)'] }),
  },
  { name: 'mark in content', draft: (draft) => ({ ...draft, content: `[Mật] ${draft.content}` }) },
  { name: 'mark in a description', fileDescription: 'Toàn văn - Tuyệt mật' },
  {
    name: 'mark in reason',
    needsBussiness: true,
    draft: (draft) => ({
      ...draft,
      business: { ...draft.business, reason: `[TUYỆT MẬT] ${draft.business.reason}` },
    }),
  },
]

const outOfScope = {
  issuer: { name: 'issuer' },
  type: { name: 'type' },
  steering: { name: 'steering 2', draft: reporting },
} satisfies Record<string, AxisWay>

export const axisWays: readonly AxisWay[] = [
  ...unknown,
  ...marks,
  ...Object.values<AxisWay>(outOfScope),
]

/** Null for what may pass. */
export function axisWayOf(document: SimulatedDocument): AxisWay | null {
  const draw = drawFrom(`${document.salt} way`)
  if (document.expected === 'eligible') return null
  if (document.fate === 'outOfScope') {
    if (document.row.doc_type_code === 'CV') return outOfScope.issuer
    return draw.pick([outOfScope.type, outOfScope.steering])
  }
  const way = ways.find(({ name }) => name === document.way)
  const isPrinted = way?.subject || way?.symbol || way?.summary || way?.fileName
  if (way && isPrinted) return { name: way.name }
  return draw.pick([...unknown, ...marks])
}

function inserted(where: string, before: string, what: string): AxisWay {
  return {
    name: `unknown ${where}`,
    // A function, because of what a dollar sign means in a replacement.
    xml: (message) => message.replace(before, () => `${what}\r\n${before}`),
  }
}

function attribute(where: string, element: string, what: string): AxisWay {
  return {
    name: `unknown ${where}`,
    xml: (message) => message.replace(`<${element}>`, () => `<${element} ${what}>`),
  }
}

function other(
  draft: DocumentDraft,
  change: Partial<NonNullable<DocumentDraft['other']>>,
): DocumentDraft {
  return draft.other ? { ...draft, other: { ...draft.other, ...change } } : draft
}

/** Its type is one that assigns tasks, so that only the steering says that this one does not. */
function reporting(draft: DocumentDraft): DocumentDraft {
  return { ...draft, steering: 2, type: { code: 1, detail: 0, name: 'Công văn' } }
}
