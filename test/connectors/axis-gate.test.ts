import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { judgedFrom } from '#connectors/vxp/mapping.ts'
import { type Eligibility, eligibility, type GateRules } from '#src/domain/eligibility.ts'
import { newFindings } from '#src/domain/findings.ts'
import { readMessage } from '#src/edxml/reader.ts'
import { fullMessage } from '../edxml/full-message.ts'
import { changed, sample, withFiles, zip } from '../edxml/messages.ts'

const rules: GateRules = {
  secrecy: { absentMeansNormal: { authority: 'the official form has no such field' } },
  ...{ signals: [], issued: [], recalled: [] },
  scope: {
    issuers: ['UBND tỉnh Quảng Trị', 'UBND tỉnh Mẫu', 'Sở Thử nghiệm A'],
    types: ['Công văn', 'Công điện', 'Báo cáo'],
    ...{ receivers: null, fields: [] },
  },
  harmlessSuffixes: [],
}

const full = await fullMessage()

/** What is found in a text is found in it in every message. */
const findings = newFindings()

async function judge(message: string | Buffer): Promise<Eligibility | string> {
  const reading = await readMessage(Readable.from([Buffer.from(message)]))
  if (!reading.readable) return reading.problems.at(-1)!.code
  return eligibility(judgedFrom(reading).header, rules, findings)
}

/** What stands between these brackets anywhere in the message, but for the contents of files. */
function places(pattern: RegExp): { at: number; length: number; what: string }[] {
  return [...full.matchAll(pattern)]
    .filter((found) => !found[0].includes('ContentTransferEncoded'))
    .map((found) => {
      const value = found[1]!
      const at = found.index + found[0].lastIndexOf(value)
      return { at, length: value.length, what: `${found[0].slice(0, 40)} at ${at}` }
    })
}

const withInstead = ({ at, length }: { at: number; length: number }, text: string) =>
  full.slice(0, at) + text + full.slice(at + length)

describe('a message with every official element', () => {
  it('passes', async () => {
    expect(await judge(full)).toEqual({ admit: true })
  })

  const texts = places(/<(?:[\w:]+)(?: [^<>]*)?>([^<>]*\S[^<>]*)<\//g)

  it('has as many texts as the form has elements', () => {
    expect(texts.length).toBeGreaterThan(120)
  })

  it.each(['Mật', '(Tối mật)', 'TUYỆT MẬT'])('%s in any of its texts refuses', async (mark) => {
    const admitted: string[] = []
    for (const place of texts) {
      const value = full.slice(place.at, place.at + place.length)
      for (const text of [mark, `${value} (${mark})`, `${mark}: ${value}`]) {
        const verdict = await judge(withInstead(place, text))
        if (typeof verdict === 'string' || verdict.admit) admitted.push(`${place.what}: ${text}`)
      }
    }
    expect(admitted).toEqual([])
  })

  it('a mark in any value of an attribute refuses', async () => {
    const admitted: string[] = []
    const found = places(/ [\w:]+="([^"]*)"/g).filter(({ at }) => at > full.indexOf('?>'))
    expect(found.length).toBeGreaterThan(15)
    for (const place of found) {
      const verdict = await judge(withInstead(place, 'Độ mật: Tối mật'))
      // With another namespace it is no message of the axis at all.
      if (verdict !== 'dialectNotReadable' && (typeof verdict === 'string' || verdict.admit))
        admitted.push(place.what)
    }
    expect(admitted).toEqual([])
  })

  it.each([
    ['a comment', '<!-- Độ mật: Tối mật -->'],
    ['an instruction', '<?do-mat Tối mật?>'],
    ['the name of an instruction', '<?toi-mat 1?>'],
    ['a text in CDATA', '<![CDATA[ (Tối mật) ]]>'],
    ['an element', '<edXML:DoMat>Mật</edXML:DoMat>'],
  ])('%s with a mark refuses wherever it stands', async (_what, aside) => {
    const admitted: string[] = []
    for (const { index } of full.matchAll(/(?=<[\w/])/g)) {
      const isInFile = full.startsWith('</edXML:ContentTransferEncoded>', index)
      if (index === full.indexOf('<edXML ') || isInFile) continue
      const verdict = await judge(full.slice(0, index) + aside + full.slice(index))
      if (typeof verdict !== 'string' && verdict.admit) admitted.push(full.slice(index, index + 40))
    }
    expect(admitted).toEqual([])
  })

  it.each([
    [
      'before the root',
      `${full.slice(0, full.indexOf('?>') + 2)}<!-- TUYỆT MẬT -->${full.slice(full.indexOf('?>') + 2)}`,
    ],
    ['behind the root', `${full}<!-- TUYỆT MẬT -->`],
    ['in the declaration', full.replace('encoding=', 'do="Tối mật" encoding=')],
    [
      'in the content of a file',
      full.replace(/(base64<|ContentTransferEncoded[^>]*>)/, '$1<!-- Tối mật -->'),
    ],
    ['as stray text before the root', `TOI MAT ${full}`],
    [
      'as a prefix',
      full
        .replace('<edXML:Subject>', '<toi-mat:Subject>')
        .replace('</edXML:Subject>', '</toi-mat:Subject>'),
    ],
    ['as the name of a namespace', full.replace('<edXML ', '<edXML xmlns:toi-mat="urn:x" ')],
    ['as the address of a namespace', full.replace('<edXML ', '<edXML xmlns:x="urn:tuyet-mat" ')],
    [
      'in a second subject',
      full.replace(
        '</edXML:Subject>',
        '</edXML:Subject><edXML:Subject>(Tối mật) khác</edXML:Subject>',
      ),
    ],
    [
      'in a name that the manifest alone has',
      full.replace(
        '</edXML:edXMLManifest>',
        '<edXML:Reference><edXML:ContentId>cid:tep-1</edXML:ContentId><edXML:AttachmentName>780_MAT.pdf</edXML:AttachmentName></edXML:Reference></edXML:edXMLManifest>',
      ),
    ],
  ])('a mark refuses %s', async (_where, message) => {
    expect(message).not.toBe(full)
    expect(await judge(message)).toMatchObject({ admit: false })
  })
})

describe('a signature', () => {
  it.each([
    ['a digest', /(<DigestValue>)[^<]*/, 'Tối mật'],
    ['a digest of no such length', /(<DigestValue>)[^<]*/, 'VE9JTUFU'],
    ['a digest in parts', /(<DigestValue>)[^<]*/, 'TOI MAT TOI MAT TOI MAT TOI'],
    ['a certificate', /(<X509Certificate>)[^<]*/, 'TOIMATTOIMATTOIMAT'],
    ['an exponent', /(<Exponent>)[^<]*/, 'MAT='],
    ['a serial number', /(<X509SerialNumber>)[^<]*/, 'Mật 1'],
  ])('that holds something else as %s refuses', async (_what, from, to) => {
    expect(await judge(full.replace(from, `$1${to}`))).toMatchObject({ admit: false })
  })

  it.each([
    ['an empty one, as .NET writes it', '<edXML:DigitalSignature/>'],
    [
      'one that the axis cut short',
      '<Signature><SignedInfo/><KeyInfo><X509Data><X509SubjectName>CN=user05</X509SubjectName><X509Certificate>MIIFqTCCBJG</X509Certificate></X509Data></KeyInfo></Signature>',
    ],
    [
      'one with the time of signing',
      `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id="a"><ds:Object><xades:QualifyingProperties xmlns:xades="http://uri.etsi.org/01903/v1.3.2#" Target="#a"><xades:SignedProperties Id="p"><xades:SignedSignatureProperties><xades:SigningTime>2026-03-10T08:00:00Z</xades:SigningTime></xades:SignedSignatureProperties></xades:SignedProperties></xades:QualifyingProperties></ds:Object></ds:Signature>`,
    ],
  ])('passes: %s', async (_what, signature) => {
    const message = changed('</edXML:edXMLHeader>', `${signature}</edXML:edXMLHeader>`)
    expect(await judge(message)).toEqual({ admit: true })
  })
})

describe('the name inside the zip that wraps a file', () => {
  const pdf = Buffer.from('%PDF-1.7\nvăn bản')
  const wrapped = (entry: string | Buffer) => {
    const content = zip({ [String(entry)]: pdf })
    return withFiles(['125-UBND-VP.pdf', content.toString('base64'), 'application/zip'])
  }

  it.each(['125_MẬT.pdf', 'toi-mat.pdf', '125-UBND-VP (Tối mật).pdf', 'TUYET_MAT.pdf'])(
    'refuses as the name of a file does: %s',
    async (entry) => {
      expect(await judge(wrapped(entry))).toMatchObject({ admit: false, reason: 'markInFileName' })
    },
  )

  it.each(['7091b48b-9e89-4b11-bdb8-4265d0200f0e.pdf', '125.pdf', 'công văn.pdf', 'V?n b?n.pdf'])(
    'passes where it says nothing: %s',
    async (entry) => {
      expect(await judge(wrapped(entry))).toEqual({ admit: true })
    },
  )
})

describe('what an everyday message holds', () => {
  it.each([
    ...['01-new-one-attachment', '03-reply-responsefor', '06-update'],
    ...['08-priority-3-duedate-steering', '10-no-business-block', '12-xml-specials-in-text'],
  ])('passes: %s', async (name) => {
    expect(await judge(sample(name))).toEqual({ admit: true })
  })
})
