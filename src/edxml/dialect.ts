import { type Attribute, localName } from './names.ts'

/** Who writes like this (wire §7). `unknown`: an edXML root in a namespace that is no profile. */
export type Dialect = 'qcvn102-java' | 'qcvn102-dotnet' | 'bkav' | 'edoc-2014' | 'unknown'

export const namespace = 'http://www.mic.gov.vn/TBT/QCVN_102_2016'

/** What the root alone tells; null for a root that belongs to no dialect of edXML. */
export function dialectOfRoot(root: string, attributes: readonly Attribute[]): Dialect | null {
  const local = localName(root)
  const values = attributes.map(({ value }) => value)
  if (values.some((value) => value.includes('www.e-doc.vn'))) return 'edoc-2014'
  if (local === 'Envelope') return 'edoc-2014'
  if (local !== 'edXML') return null
  const prefix = root.includes(':') ? root.slice(0, root.indexOf(':')) : ''
  const declaration = prefix === '' ? 'xmlns' : `xmlns:${prefix}`
  const declared = attributes.find(({ name }) => name === declaration)?.value
  // Messages without any namespace, and with an undeclared prefix, are read by the official parser.
  return declared === undefined || declared === namespace ? 'qcvn102-java' : 'unknown'
}

export function isReadable(dialect: Dialect): boolean {
  return dialect !== 'edoc-2014' && dialect !== 'unknown'
}

/** Marks inside a QCVN 102 message, by the names of its elements and attributes. */
export function dialectOfMarks(names: ReadonlySet<string>): Dialect {
  if (names.has('Business') || names.has('OrganInCharge')) return 'bkav'
  const dotnet = ['@href', '@mustUnderstand', '@actor', 'DigitalSignature']
  return dotnet.some((mark) => names.has(mark)) ? 'qcvn102-dotnet' : 'qcvn102-java'
}
