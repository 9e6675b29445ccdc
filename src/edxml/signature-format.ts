/**
 * What may stand in a signature (XML-DSig with the usual parts of XAdES). It proves nothing here (wire §1.5), but a
 * message is not stored with anything in it that nobody has looked at: of digests, signatures and certificates the form
 * is tested, and all the rest is printed text.
 */
import { type Form, leaf, leaves, of, text } from './form.ts'

/** Base64 in one piece or in lines, as long as what it should hold. */
function base64(fits: (bytes: Buffer, value: string) => boolean): (value: string) => boolean {
  return (value) => {
    const joined = value.trim().replace(/\s*\n\s*/g, '')
    return /^[A-Za-z0-9+/]+={0,2}$/.test(joined) && fits(Buffer.from(joined, 'base64'), joined)
  }
}

const digest = text(base64(({ length }) => [16, 20, 28, 32, 48, 64].includes(length)))
const longValue = base64(({ length }) => length >= 40)
/** DER begins a sequence of more than 255 bytes so; official examples cut a certificate short. */
const certificate = text(base64((bytes) => bytes[0] === 0x30 && bytes[1] === 0x82))
const exponent = text(base64((_bytes, value) => ['AQAB', 'Aw==', 'EQ=='].includes(value)))
const keyId = text(base64(({ length }) => length === 20 || length === 32))
const serial = text((value) => /^\d{1,60}$/.test(value.trim()))

const method: Form = { ...of({ HMACOutputLength: leaf }, 'Algorithm'), text: 'printed' }
const transforms = of({
  'Transform*': { ...of({ 'XPath*': leaf }, 'Algorithm'), text: 'printed' },
})
const digested = { DigestMethod: method, DigestValue: digest }
const issuerSerial = of({ X509IssuerName: leaf, X509SerialNumber: serial })
const signed = text(longValue, 'Id', 'id')

const certificates = of({
  'Cert*': of({ CertDigest: of(digested), IssuerSerial: issuerSerial }, 'URI'),
})
const timestamp = of(
  { CanonicalizationMethod: method, 'EncapsulatedTimeStamp*': text(longValue, 'Id', 'Encoding') },
  'Id',
)
const qualifying = of(
  {
    SignedProperties: of(
      {
        SignedSignatureProperties: of(
          {
            SigningTime: leaf,
            SigningCertificate: certificates,
            SigningCertificateV2: certificates,
            SignaturePolicyIdentifier: of({ SignaturePolicyImplied: leaf }),
            SignatureProductionPlace: of(
              leaves('City', 'StateOrProvince', 'PostalCode', 'CountryName'),
            ),
            SignerRole: of({ ClaimedRoles: of({ 'ClaimedRole*': leaf }) }),
          },
          'Id',
        ),
        SignedDataObjectProperties: of(
          {
            'DataObjectFormat*': of(
              leaves('Description', 'ObjectIdentifier', 'MimeType', 'Encoding'),
              'ObjectReference',
            ),
          },
          'Id',
        ),
      },
      'Id',
    ),
    UnsignedProperties: of(
      { UnsignedSignatureProperties: of({ 'SignatureTimeStamp*': timestamp }, 'Id') },
      'Id',
    ),
  },
  'Id',
  'Target',
)

export const signature = of(
  {
    SignedInfo: of(
      {
        CanonicalizationMethod: method,
        SignatureMethod: method,
        'Reference*': of({ Transforms: transforms, ...digested }, 'Id', 'URI', 'Type'),
      },
      'Id',
    ),
    SignatureValue: signed,
    KeyInfo: of(
      {
        'KeyName*': leaf,
        'KeyValue*': of({ RSAKeyValue: of({ Modulus: text(longValue), Exponent: exponent }) }),
        'X509Data*': of({
          'X509IssuerSerial*': issuerSerial,
          'X509SKI*': keyId,
          'X509SubjectName*': leaf,
          'X509Certificate*': certificate,
          'X509CRL*': certificate,
        }),
      },
      'Id',
    ),
    'Object*': of(
      {
        SignatureProperties: of(
          { 'SignatureProperty*': of(leaves('SigningTime'), 'Id', 'Target') },
          'Id',
        ),
        QualifyingProperties: qualifying,
      },
      'Id',
      'MimeType',
      'Encoding',
    ),
  },
  'Id',
  'id',
)
