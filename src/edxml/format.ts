/** QCVN 102 as the axis operator's own library writes and reads it, and its dialects (wire §1): every name, and how often. */
import { type Form, leaf, leaves, of, text } from './form.ts'
import { signature } from './signature-format.ts'

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
    'ReplyFors',
    'ReferenceCodes',
  ),
  Appendixes: of(leaves('Appendix*')),
})

const messageHeader = of({
  From: organisation,
  'To*': organisation,
  Code: of({ CodeNumber: text('named'), CodeNotation: text('named') }),
  PromulgationInfo: of(leaves('Place', 'PromulgationDate')),
  DocumentType: of(leaves('Type', 'TypeDetail', 'TypeName')),
  Subject: text('named'),
  ...leaves('DocumentId', 'Content', 'DueDate', 'SteeringType', 'ApplicationType'),
  SignerInfo: of(leaves('Competence', 'Position', 'FullName')),
  OtherInfo: otherInfo,
  'ResponseFor*': responseFor,
  ResponseForTask: of(leaves('TaskCode*')),
  ToPlaces: of(leaves('Place*')),
  // Of status messages:
  StaffInfo: staff,
  ...leaves('StatusCode', 'Description', 'Timestamp'),
})

/** The library keeps lists of these four; writers repeat them where one would do (wire §1.3). */
const bussiness = of({
  ...leaves('DocumentId', 'BussinessDocType', 'BussinessDocReason', 'Paper'),
  'BussinessDocumentInfo*': of({
    ...leaves('DocumentInfo', 'DocumentReceiver'),
    'ReceiverList*': of({ 'Receiver*': of(leaves('OrganId', 'ReceiverType')) }),
  }),
  'ReplacementInfoList*': of({
    'ReplacementInfo*': of({
      ...leaves('DocumentId'),
      OrganIdList: of(leaves('OrganId*')),
    }),
  }),
  'StaffInfo*': staff,
})

const fileName = text('fileName')

const manifest = of(
  {
    'Reference*': of(
      { ...leaves('ContentId', 'ContentType', 'Description'), AttachmentName: fileName },
      ...['href', 'role', 'type'],
    ),
  },
  'version',
)

export const edxml: Form = of(
  {
    edXMLEnvelope: of({
      edXMLHeader: of({
        MessageHeader: messageHeader,
        TraceHeaderList: of(
          {
            Bussiness: bussiness,
            Paper: leaf,
            'TraceHeader*': of(leaves('OrganId', 'Timestamp')),
          },
          ...['id', 'version', 'mustUnderstand', 'actor'],
        ),
        Signature: signature,
        DigitalSignature: signature,
      }),
      // The library takes both names.
      edXMLBody: of({ edXMLManifest: manifest, Manifest: manifest }),
    }),
    AttachmentEncoded: of({
      'Attachment*': of({
        ...leaves('ContentId', 'Description', 'ContentType', 'ContentTransferEncoded'),
        ...leaves('FieldName', 'MimeType', 'Format'),
        AttachmentName: fileName,
      }),
    }),
  },
  ...['schemaLocation', 'noNamespaceSchemaLocation'],
)
