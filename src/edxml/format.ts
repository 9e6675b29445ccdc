import { printableName } from './names.ts'
import type { Problems } from './problem.ts'
import type { Element } from './scan.ts'

/** What may stand in an element: nothing but text, or these children. `*` marks those that may be repeated. */
interface Form {
  readonly children: Readonly<Record<string, Form>>
  readonly attributes: readonly string[]
  readonly text: boolean
}

/**
 * Reports every element and attribute that QCVN 102 and its dialects do not know at its place (wire §1), what
 * stands twice, and text between elements. Returns the names, for the gate.
 */
export function unknownElementsOf(root: Element, problems: Problems): string[] {
  const unknown = new Set<string>()
  const note = (name: string) => {
    if (unknown.size < 100) unknown.add(name)
  }
  const compare = (element: Element, form: Form, path: string) => {
    for (const attribute of element.attributes) {
      if (form.attributes.includes(attribute)) continue
      problems.note('unknownAttribute', `${path}/@${printableName(attribute)}`)
      note(`@${printableName(attribute)}`)
    }
    if (!form.text && element.text.trim() !== '') {
      problems.note('strayText', path)
      note(`${element.name}/text()`)
    }
    const seen = new Set<string>()
    for (const child of element.children) {
      const name = printableName(child.name)
      const repeatable = form.children[`${child.name}*`]
      const childForm = repeatable ?? own(form.children, child.name)
      if (!childForm) {
        const misspelt = name === 'Business' && element.name === 'TraceHeaderList'
        problems.note(misspelt ? 'businessMisspelt' : 'unknownElement', `${path}/${name}`)
        note(name)
        continue
      }
      if (!repeatable && seen.has(child.name)) {
        problems.note(name === 'Bussiness' ? 'severalBussiness' : 'repeated', `${path}/${name}`)
        note(name)
      }
      seen.add(child.name)
      compare(child, childForm, `${path}/${name}`)
    }
  }
  compare(root, edxml, 'edXML')
  return [...unknown]
}

function own(children: Form['children'], name: string): Form | undefined {
  return Object.hasOwn(children, name) ? children[name] : undefined
}

const leaf: Form = { children: {}, attributes: [], text: true }

function leaves(...names: string[]): Record<string, Form> {
  return Object.fromEntries(names.map((name) => [name, leaf]))
}

function of(children: Record<string, Form>, ...attributes: string[]): Form {
  return { children, attributes, text: false }
}

const organisation = of(
  leaves(
    'OrganId',
    'OrganizationInCharge',
    'OrganName',
    'OrganAdd',
    'Email',
    'Telephone',
    'Fax',
    'Website',
  ),
)
const staff = of(leaves('Department', 'DepartmentId', 'Staff', 'StaffId', 'Email', 'Mobile'))
const responseFor = of(leaves('OrganId', 'Code', 'DocumentId', 'PromulgationDate'))

const otherInfo = of({
  ...leaves(
    'Priority',
    'SphereOfPromulgation',
    'TyperNotation',
    'PromulgationAmount',
    'PageAmount',
    'Direction',
  ),
  // The names of these two lists are known, those of their items are concluded from `Appendixes/Appendix`.
  ReplyFors: { ...of(leaves('ReplyFor*')), text: true },
  ReferenceCodes: { ...of(leaves('ReferenceCode*')), text: true },
  Appendixes: of(leaves('Appendix*')),
})

const messageHeader = of({
  From: organisation,
  'To*': organisation,
  Code: of(leaves('CodeNumber', 'CodeNotation')),
  PromulgationInfo: of(leaves('Place', 'PromulgationDate')),
  DocumentType: of(leaves('Type', 'TypeDetail', 'TypeName')),
  ...leaves('DocumentId', 'Subject', 'Content', 'DueDate', 'SteeringType', 'ApplicationType'),
  SignerInfo: of(leaves('Competence', 'Position', 'FullName')),
  OtherInfo: otherInfo,
  'ResponseFor*': responseFor,
  ResponseForTask: of(leaves('TaskCode*')),
  ToPlaces: of(leaves('Place*')),
  // Of status messages:
  StaffInfo: staff,
  ...leaves('StatusCode', 'Description', 'Timestamp'),
})

const bussiness = of({
  ...leaves('DocumentId', 'BussinessDocType', 'BussinessDocReason', 'Paper'),
  BussinessDocumentInfo: of({
    ...leaves('DocumentInfo', 'DocumentReceiver'),
    ReceiverList: of({ 'Receiver*': of(leaves('OrganId', 'ReceiverType')) }),
  }),
  ReplacementInfoList: of({
    'ReplacementInfo*': of({
      ...leaves('DocumentId'),
      OrganIdList: of(leaves('OrganId*')),
    }),
  }),
  StaffInfo: staff,
})

/** Signatures are skipped by the scan and hold nothing here. */
const edxml = of(
  {
    edXMLEnvelope: of({
      edXMLHeader: of({
        MessageHeader: messageHeader,
        TraceHeaderList: of(
          { Bussiness: bussiness, 'TraceHeader*': of(leaves('OrganId', 'Timestamp')) },
          ...['id', 'version', 'mustUnderstand', 'actor'],
        ),
        Signature: { ...leaf, attributes: ['Id', 'id'] },
        DigitalSignature: { ...leaf, attributes: ['Id', 'id'] },
      }),
      edXMLBody: of({
        edXMLManifest: of(
          {
            'Reference*': of(
              leaves('ContentId', 'ContentType', 'Description', 'AttachmentName'),
              ...['href', 'role', 'type'],
            ),
          },
          'version',
        ),
      }),
    }),
    AttachmentEncoded: of({
      'Attachment*': of(
        leaves(
          'ContentId',
          'AttachmentName',
          'Description',
          'ContentType',
          'ContentTransferEncoded',
        ),
      ),
    }),
  },
  'schemaLocation',
)
