import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { DocumentDraft, FileDraft } from '#src/edxml/draft.ts'
import type { Organisation } from '#src/edxml/message.ts'
import { writeDocument } from '#src/edxml/writer.ts'

const office = (number: number): Organisation => ({
  organId: `000.00.${number}.H50`,
  inCharge: 'UBND tỉnh Quảng Trị',
  name: `Sở số ${number}`,
  address: `Số ${number} đường Hùng Vương`,
  email: `so-${number}@quangtri.example.vn`,
  telephone: `0233 38500${number}`,
  fax: `0233 38600${number}`,
  website: `https://so-${number}.quangtri.example.vn`,
})

/** Every element that the library of the axis writes, each with a value of its own. */
export const fullDraft: DocumentDraft = {
  from: { ...office(10), name: 'UBND tỉnh Quảng Trị' },
  to: [office(11), office(12)],
  documentId: '000.00.10.H50,2026/03/10,780/UBND-NNMT',
  number: '780',
  symbol: 'UBND-NNMT',
  place: 'Quảng Trị',
  issuedOn: '2026-03-10',
  type: { code: 2, detail: 18, name: 'Công văn' },
  subject: 'Về việc kiểm tra hồ đập trước mùa mưa',
  content: 'Kiểm tra hồ đập trên địa bàn tỉnh',
  signer: { competence: 'KT. CHỦ TỊCH', position: 'Phó Chủ tịch', name: 'Hoàng Nam' },
  dueOn: '2026-04-20',
  other: {
    priority: 1,
    sphere: 'Liên thông văn bản trong tỉnh',
    typist: 'VTM',
    copies: 30,
    pages: 4,
    replyFors: ['45/SNN-TL', '46/SNN-TL'],
    direction: true,
    referenceCodes: ['12/CT-TTg', '13/QĐ-UBND'],
    appendixes: ['Phụ lục 1: Danh mục hồ đập', 'Phụ lục 2: Biểu mẫu'],
  },
  responseFor: [
    {
      organId: '000.00.11.H50',
      code: '45/SNN-TL',
      documentId: '000.00.11.H50,2026/03/01,45/SNN-TL',
      issuedOn: '2026-03-01',
    },
  ],
  steering: 1,
  taskCodes: ['NV-01', 'NV-02'],
  applicationType: 'MCDT_DT',
  toPlaces: ['Như trên', 'Lưu: VT, NN'],
  business: {
    kind: 'replace',
    stated: true,
    documentId: '000.00.10.H50,2026/02/10,700/UBND-NNMT',
    reason: 'Thay thế văn bản cũ',
    paper: 1,
    changes: {
      content: true,
      receivers: false,
      receiverList: [
        { organId: '000.00.11.H50', change: 'added' },
        { organId: '000.00.13.H50', change: 'removed' },
      ],
    },
    replaces: [
      { documentId: '000.00.10.H50,2026/02/10,700/UBND-NNMT', organIds: ['000.00.11.H50'] },
      { documentId: '000.00.10.H50,2026/02/11,701/UBND-NNMT', organIds: ['000.00.12.H50'] },
    ],
    staff: [1, 2].map((number) => ({
      department: `Phòng Văn thư ${number}`,
      departmentId: `PB-${number}`,
      name: `Trần Thị Thư ${number}`,
      staffId: `NV-${number}`,
      email: `thu-${number}@quangtri.example.vn`,
      mobile: `090000000${number}`,
    })),
  },
  tracePaper: 1,
  trace: [
    { organId: '000.00.10.H50', at: new Date('2026-03-10T01:00:00Z') },
    { organId: '000.00.00.G22', at: new Date('2026-03-10T01:05:00Z') },
  ],
}

export const fullFiles: readonly FileDraft[] = [
  ['780-UBND-NNMT.pdf', '%PDF-1.7\nvăn bản'],
  ['Phụ lục 1.xlsx', 'phụ lục'],
].map(([name, content], index) => ({
  id: `tep-${index + 1}`,
  name: name!,
  description: `Tệp thứ ${index + 1}`,
  fieldName: `file${index + 1}`,
  mimeType: 'application/octet-stream',
  format: `dang-${index + 1}`,
  open: () => Readable.from([Buffer.from(content!)]),
}))

const digest = Buffer.alloc(20, 7).toString('base64')
const longValue = Buffer.alloc(256, 9).toString('base64')
const certificate = Buffer.concat([Buffer.from('30820122', 'hex'), Buffer.alloc(64, 5)])

/** As the official examples have it, with the parts that signing programs add. */
const signature = `<Signature Id="ky-so">
  <SignedInfo>
    <CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315" />
    <SignatureMethod Algorithm="http://www.w3.org/2000/09/xmldsig#rsa-sha1" />
    <Reference URI="#noi-dung">
      <Transforms><Transform Algorithm="http://www.w3.org/TR/xml-exc-c14n#" /></Transforms>
      <DigestMethod Algorithm="http://www.w3.org/2000/09/xmldsig#sha1" />
      <DigestValue>${digest}</DigestValue>
    </Reference>
  </SignedInfo>
  <SignatureValue>${longValue.replace(/(.{76})/g, '$1\n')}</SignatureValue>
  <KeyInfo>
    <KeyName>Văn thư UBND</KeyName>
    <KeyValue><RSAKeyValue><Modulus>${longValue}</Modulus><Exponent>AQAB</Exponent></RSAKeyValue></KeyValue>
    <X509Data>
      <X509IssuerSerial><X509IssuerName>CN=Ban Cơ yếu Chính phủ</X509IssuerName><X509SerialNumber>5404</X509SerialNumber></X509IssuerSerial>
      <X509SubjectName>CN=UBND tỉnh Quảng Trị, C=VN</X509SubjectName>
      <X509Certificate>${certificate.toString('base64')}</X509Certificate>
    </X509Data>
  </KeyInfo>
  <Object><SignatureProperties><SignatureProperty Target="#ky-so"><SigningTime>2026-03-10T08:00:00</SigningTime></SignatureProperty></SignatureProperties></Object>
</Signature>`

export async function fullMessage(): Promise<string> {
  const written = (await buffer(Readable.from(writeDocument(fullDraft, fullFiles)))).toString()
  return written
    .replace('<edXML:TraceHeaderList>', '<edXML:TraceHeaderList id="ID1" version="1.0">')
    .replace('</edXML:edXMLHeader>', `${signature}</edXML:edXMLHeader>`)
    .replaceAll('<edXML:Reference>', '<edXML:Reference role="tep-chinh" type="tai-lieu">')
}
