/**
 * The worst CPU time of the gate: texts of 20,000 letters that repeat what its rules look for, and items of 200,000 letters
 * made of the slowest. Run it beside load as well: what counts is CPU time and not the clock.
 * `npm run bench -- gate` fails where one of them takes more than half a second.
 */
import { eligibility, type GateRules, type Header } from '#src/domain/eligibility.ts'
import { markInCode, markInFileName, markInText } from '#src/domain/mark.ts'

const letters = 20_000
const itemLetters = 200_000
const mostMs = 500

const fragments = [
  ...[
    'a',
    'm',
    'M',
    'mậ',
    'ật',
    'm ',
    'm-',
    'M - ',
    'mật ',
    'MẬT',
    'mật, ',
    'MAT_',
    'mat ',
    'ma t',
    '(M',
    '(M, ',
    '(',
    '[[',
  ],
  ...[
    ' ',
    '  ',
    '\t',
    '\n',
    '\n ',
    '_',
    '__',
    '-',
    ' - ',
    '.',
    '…',
    '“',
    '”',
    'Ý”',
    '|',
    '/',
    '\\',
    '\\u',
    '=',
    '=?',
    '=\n',
  ],
  ...[
    '%',
    '%25',
    '%E1',
    '&',
    '&amp;',
    '&#',
    '&#x0000',
    '&#x1EAC;',
    '<',
    '<b>',
    '<a ',
    '_x',
    '_x1EAC_',
    'U+',
    'U+1EAC',
    '\\x{',
  ],
  ...[
    'a1',
    'aB',
    'TeG6rXQ=',
    'UGjG',
    'Máº­t',
    'á»',
    'Ã',
    'ß║',
    'a\u0323\u0302',
    'ậ'.normalize('NFD'),
    '\u200b',
    '\u00ad',
  ],
  ...[
    'bảo ',
    'bảo mật ',
    'bí mật nhà nước ',
    'BMNN ',
    'BMNN-',
    'giải mật ',
    '(giải mật',
    'độ mật: ',
    'thu hồi ',
    '(bản số 1 ',
  ],
  ...[
    'kế hoạch ',
    'văn bản ',
    'tài liệu thu hồi ',
    'có nội dung ',
    'thuộc danh mục ',
    'V/v ',
    'về việc ',
    'không ',
    'trích yếu ',
  ],
  ...[
    '780 ',
    '780_',
    '1',
    '1.',
    '(1)',
    'signed_',
    '.signed',
    '.pdf',
    '_v1',
    '_ky_so',
    '05092026_',
    'UBND-',
    'UBND M ',
    'TM ',
    'TuM ',
  ],
  ...[
    'tối ',
    'tuyệt mật ',
    't o i ',
    's e c r e t ',
    'secret',
    'conf ',
    'Nguyễn Văn ',
    'ông Mật ',
    'xã Hà Thanh ',
    'm?t',
    'М',
    '秘',
    '\ud83d',
  ],
]

const rules: GateRules = {
  secrecy: { absentMeansNormal: { authority: 'bench' } },
  signals: [],
  issued: [],
  recalled: [],
  scope: { issuers: ['UBND tỉnh'], types: ['Công văn'], receivers: null, fields: [] },
  harmlessSuffixes: ['-M'],
  harmlessNames: ['Mật Sơn', 'Đồng Mật'],
}
const ordinary: Header = {
  ...{ fields: {}, number: '780', symbol: 'UBND-NNMT', subject: 'Phòng, chống thiên tai năm 2026' },
  ...{
    texts: [],
    fileNames: [],
    issuedOn: '2026-09-04',
    issuer: 'UBND tỉnh',
    typeName: 'Công văn',
  },
  ...{ receivers: [], unknownElements: [] },
}
const looks: Readonly<Record<string, (text: string) => unknown>> = {
  text: markInText,
  name: markInFileName,
  code: markInCode,
  subject: (text) => eligibility({ ...ordinary, subject: text }, rules),
  symbol: (text) => eligibility({ ...ordinary, symbol: text }, rules),
  file: (text) => eligibility({ ...ordinary, fileNames: [text] }, rules),
}

function cpuMs(work: () => unknown): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

const filled = (fragment: string, length: number) =>
  fragment.repeat(Math.ceil(length / fragment.length)).slice(0, length)

const found = fragments.flatMap((fragment) =>
  Object.entries(looks).map(([as, look]) => {
    const text = filled(fragment, letters)
    const ends = [text, `${text.slice(0, -5)} mật`, `(${text.slice(0, -2)}`]
    return { fragment, as, ms: Math.max(...ends.map((one) => cpuMs(() => look(one)))) }
  }),
)
found.sort((one, other) => other.ms - one.ms)
const print = (line: string) => process.stdout.write(`${line}\n`)
print(`${found.length} texts of ${letters} letters; the slowest, in ms of CPU:`)
for (const { fragment, as, ms } of found.slice(0, 8))
  print(`${ms.toFixed(0).padStart(6)}  ${as}  ${JSON.stringify(fragment)}`)

const items = [...new Set(found.slice(0, 12).map(({ fragment }) => fragment))].map((fragment) => {
  const parts = Array.from({ length: itemLetters / letters }, (_, nth) =>
    filled(fragment, letters - 40 - nth),
  )
  const asTexts = cpuMs(() => eligibility({ ...ordinary, texts: parts }, rules))
  const asNames = cpuMs(() => eligibility({ ...ordinary, fileNames: parts }, rules))
  return { fragment, ms: Math.max(asTexts, asNames) }
})
items.sort((one, other) => other.ms - one.ms)
print(`items of ${itemLetters} letters:`)
for (const { fragment, ms } of items.slice(0, 5))
  print(`${ms.toFixed(0).padStart(6)}  ${JSON.stringify(fragment)}`)

const worst = Math.max(found[0]?.ms ?? 0, items[0]?.ms ?? 0)
if (worst > mostMs) process.exitCode = 1
