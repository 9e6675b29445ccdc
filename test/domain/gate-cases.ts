import type { GateRules, Header, Refusal } from '#src/domain/eligibility.ts'
import { codings, headerWith, ordinary, rules } from './gate-rules.ts'
import { innocentFileNames, innocentSubjects } from './innocent-texts.ts'

/** Name, the header, the reason it is refused for (null: it passes), whether something says secret for certain. */
type Case = readonly [
  name: string,
  header: Header,
  reason: Refusal | null,
  positive?: boolean,
  rules?: GateRules,
]

const levels: Case[] = Object.entries(codings).flatMap(([system, rule]) => {
  const only: GateRules = { ...rules, secrecy: [rule], signals: [] }
  const at = (value: unknown) => headerWith({ fields: { [rule.field]: value } })
  const otherTypes = [...rule.normal, ...rule.secret].map((value) =>
    typeof value === 'number' ? String(value) : `${value} `,
  )
  return [
    ...rule.normal.map(
      (value): Case => [`${system} ${value} is ordinary`, at(value), null, false, only],
    ),
    ...rule.secret.map(
      (value): Case => [`${system} ${value} is secret`, at(value), 'secrecyPositive', true, only],
    ),
    ...otherTypes.map(
      (value): Case => [
        `${system} ${JSON.stringify(value)} is another literal`,
        at(value),
        'secrecyUnknown',
        false,
        only,
      ],
    ),
    [`${system} null`, at(null), 'secrecyUnknown', false, only],
    [`${system} empty`, at(''), 'secrecyUnknown', false, only],
    [`${system} missing`, at(undefined), 'secrecyMissing', false, only],
  ]
})

const signals: Case[] = [
  [
    'the label says Mật where the code says Thường',
    headerWith({ fields: { secret_name: 'Mật' } }),
    'secrecyPositive',
    true,
  ],
  [
    'the code says Mật where the label says Thường',
    headerWith({ fields: { secret_id: 2 } }),
    'secrecyPositive',
    true,
  ],
  ['the label is empty', headerWith({ fields: { secret_name: '' } }), 'secrecyUnknown'],
  ['the label is null', headerWith({ fields: { secret_name: null } }), 'secrecyUnknown'],
  ['the label is missing', headerWith({ fields: { secret_name: undefined } }), 'secrecyMissing'],
  [
    'the label is in another Unicode form',
    headerWith({ fields: { secret_name: 'Thường'.normalize('NFD') } }),
    'secrecyUnknown',
  ],
  [
    'one signal is unknown and another secret',
    headerWith({ fields: { secret_id: 9, secret_name: 'Tối mật' } }),
    'secrecyPositive',
    true,
  ],
  ['the level is an object', headerWith({ fields: { secret_id: { id: 1 } } }), 'secrecyUnknown'],
  ['the level is a list', headerWith({ fields: { secret_id: [1] } }), 'secrecyUnknown'],
  ['the level is true', headerWith({ fields: { secret_id: true } }), 'secrecyUnknown'],
  ['a secret register', headerWith({ fields: { register: 'VBM' } }), 'signalPositive', true],
  ['an unknown register', headerWith({ fields: { register: 'VBX' } }), 'signalUnknown'],
  ['no register', headerWith({ fields: { register: undefined } }), 'signalMissing'],
  ['a null register', headerWith({ fields: { register: null } }), 'signalUnknown'],
  ['distribution "đi mật"', headerWith({ fields: { distribution: 2 } }), 'signalPositive', true],
  ['an unknown distribution', headerWith({ fields: { distribution: 3 } }), 'signalUnknown'],
  ['envelope A', headerWith({ fields: { envelope: 'A' } }), 'signalPositive', true],
  ['envelope B', headerWith({ fields: { envelope: 'B' } }), 'signalPositive', true],
  ['envelope C', headerWith({ fields: { envelope: 'C' } }), 'signalPositive', true],
  ['an unknown envelope', headerWith({ fields: { envelope: 'D' } }), 'signalUnknown'],
  ['no field for the envelope', headerWith({ fields: { envelope: undefined } }), 'signalMissing'],
  [
    'an unknown element of the format',
    headerWith({ unknownElements: ['Secret'] }),
    'unknownElement',
  ],
]

const absent: GateRules = {
  ...rules,
  secrecy: { absentMeansNormal: { authority: 'QĐ …' } },
  signals: [],
}
const declassified: GateRules = {
  ...rules,
  signals: [
    {
      field: 'giaiMat',
      kind: 'declassified',
      normal: [null],
      secret: [],
      absentMeansNormal: { authority: 'QĐ …' },
    },
  ],
}
const declared: Case[] = [
  ['a wire without secrecy, declared', headerWith({}), null, false, absent],
  [
    'the same with an unknown element',
    headerWith({ unknownElements: ['DoMat'] }),
    'unknownElement',
    false,
    absent,
  ],
  ['the same with a mark', headerWith({ subject: 'Về việc (MẬT)' }), 'markInSubject', true, absent],
  ['a declared field that is absent', headerWith({}), null, false, declassified],
  [
    'a declared field that is null and null is listed',
    headerWith({ fields: { giaiMat: null } }),
    null,
    false,
    declassified,
  ],
  [
    'a stated declassification',
    headerWith({ fields: { giaiMat: '2026-01-01' } }),
    'declassificationStated',
    false,
    declassified,
  ],
]

export const marks: readonly (readonly [string, string])[] = [
  ['in brackets', 'Về việc điều động lực lượng (MẬT)'],
  ['in brackets, lower case', 'Về việc điều động lực lượng (mật)'],
  ['in square brackets', '[Tối mật] Phương án bảo vệ'],
  ['in angle brackets', '<<TUYỆT MẬT>> Phương án bảo vệ'],
  ['in brackets without diacritics', 'Phương án bảo vệ (MAT)'],
  ['in brackets without diacritics, two words', 'Phương án bảo vệ (Toi mat)'],
  ['in brackets without diacritics, the highest', 'Phương án bảo vệ [TUYET MAT]'],
  ['before a dash', 'MẬT - Phương án bảo vệ mục tiêu'],
  ['after a dash', 'Phương án bảo vệ mục tiêu - Mật'],
  ['after a full stop', 'Phương án bảo vệ mục tiêu. Mật'],
  ['after a colon', 'Độ mật: Mật. Phương án bảo vệ'],
  ['on a line of its own', 'Phương án bảo vệ\nTỐI MẬT\nmục tiêu'],
  ['between slashes', 'Phương án/mật/bảo vệ'],
  ['between underscores', 'Phương án_mật_bảo vệ'],
  ['between commas', 'Phương án, tuyệt mật, bảo vệ'],
  ['alone', 'MẬT'],
  ['alone, lower case', 'mật'],
  ['at the start of mixed text', 'MẬT Phương án bảo vệ mục tiêu'],
  ['at the start, before V/v', 'MẬT V/v điều động lực lượng'],
  ['at the end of mixed text', 'Phương án bảo vệ mục tiêu TUYỆT MẬT'],
  ['in the middle of mixed text', 'Phương án MẬT bảo vệ mục tiêu'],
  ['in text that is all capitals', 'PHƯƠNG ÁN MẬT BẢO VỆ MỤC TIÊU'],
  ['beside a phrase, set as a stamp', 'Phương án bảo MẬT'],
  ['capitalised in a sentence', 'Phương án Mật bảo vệ mục tiêu'],
  ['as a degree', 'Phương án có độ Tối mật'],
  ['as a degree, the highest', 'Tài liệu đóng dấu độ tuyệt mật'],
  ['as a level', 'Tài liệu mức độ Tuyệt mật'],
  ['decomposed', 'Phương án (MẬT)'.normalize('NFD')],
  ['compatibility capitals', 'Phương án (ＭẬＴ)'],
  ['mathematical letters', 'Phương án (𝐌Ậ𝐓)'],
  ['with zero-width spaces', 'Phương án (M\u200bẬ\u200bT)'],
  ['with a soft hyphen', 'Phương án (MẬ\u00adT)'],
  ['with a word joiner', 'Phương án (M\u2060ẬT)'],
  ['with a byte order mark', 'Phương án (\ufeffMẬT)'],
  ['with a strike through it', 'Phương án (M\u0336Ậ\u0336T\u0336)'],
  ['with variation selectors', 'Phương án (M\ufe0fẬT\ufe0f)'],
  ['with Cyrillic letters', 'Phương án (МẬТ)'],
  ['with a Cyrillic base under the marks', 'Phương án (МА\u0323\u0302Т)'],
  ['with Greek letters', 'Phương án (ΜẬΤ)'],
  ['spaced', 'Phương án M Ậ T'],
  ['spaced, lower case', 'm ậ t phương án'],
  ['spaced by dots', 'Phương án M.Ậ.T'],
  ['spaced by no-break spaces', 'Phương án M\u00a0Ậ\u00a0T'],
  ['spaced by dashes', 'M-Ậ-T Phương án'],
  ['half spaced', 'Phương án MẬ T'],
  ['with two spaces inside', '(TỐI  MẬT) Phương án'],
  ['run together', '(TUYỆTMẬT) Phương án'],
  ['TCVN3', 'Ph­¬ng ¸n (MËT)'],
  ['TCVN3, lower case', 'Phương án (mËt)'],
  ['TCVN3, two words', 'Phương án (tèi mËt)'],
  ['TCVN3, the highest', 'Phương án (tuyÖt mËt)'],
  ['VNI', 'Phöông aùn (MAÄT)'],
  ['VNI, lower case', 'Phöông aùn (maät)'],
  ['VNI, two words', 'Phöông aùn (TOÁI MAÄT)'],
  ['UTF-8 read as Latin-1', 'Phương án (Máº¬T)'],
  ['VIQR', 'Phuong an (MA^.T)'],
  ['Telex', 'Phuong an (maatj)'],
  ['as entities', 'Phương án (M&#7852;T)'],
  ['SECRET', 'Phương án SECRET'],
  ['TOP SECRET in brackets', 'Phương án (Top Secret)'],
  ['CONFIDENTIAL', 'CONFIDENTIAL - Phương án'],
  ['in quotation marks', 'Phương án “Mật” bảo vệ'],
  ['between asterisks', '*** MẬT *** Phương án'],
]

const illegible: readonly (readonly [string, string])[] = [
  ['private-use letters', 'Phương án \ue123\ue124\ue125'],
  ['replacement characters', 'Phương án m\ufffdt'],
  ['half a surrogate', 'Phương án \ud800'],
  ['another script', 'Phương án 秘密'],
  ['Cyrillic words', 'Секретно: phương án'],
]

const symbols: readonly (readonly [string, Refusal])[] = [
  ['UBND-M', 'secretSuffix'],
  ['UBND/M', 'secretSuffix'],
  ['UBND(M)', 'secretSuffix'],
  ['UBND-NC-TM', 'secretSuffix'],
  ['UBND.M', 'secretSuffix'],
  ['UBND - m', 'secretSuffix'],
  ['UBND-М', 'secretSuffix'],
  ['UBND [M]', 'secretSuffix'],
  ['UBND-Mật', 'secretSuffix'],
  ['UBND-MAT', 'secretSuffix'],
  ['UBND-TUM', 'secretSuffix'],
  ['UBND_M', 'secretSuffix'],
  ['UBND\u200b-\u200bM', 'secretSuffix'],
  ['MẬT/UBND', 'secretSuffix'],
  ['UBND-\ufffd', 'undecipherable'],
]
const innocentSymbols = [
  'UBND-NNMT',
  'UBND-TNMT',
  'QĐ-UBND',
  'CĐ-UBND',
  'CTr-UBND',
  'KH-UBND',
  'UBND-KGVX',
  'UBND-KT',
  'TB-VP',
  '2016/QĐ-UBND',
  'UBND-XDM',
  'UBND-VXM',
  'QĐ.UBND',
]

const secretFileNames: readonly (readonly [string, Refusal])[] = [
  ['CV 123 (MAT).pdf', 'markInFileName'],
  ['780_UBND_mat.pdf', 'markInFileName'],
  ['tuyet-mat_01.docx', 'markInFileName'],
  ['toi_mat.pdf', 'markInFileName'],
  ['Công văn 780 (mật).pdf', 'markInFileName'],
  ['MẬT_780.pdf', 'markInFileName'],
  ['780-MAT.PDF', 'markInFileName'],
  ['CV123MAT.pdf', 'markInFileName'],
  ['tuyetmat.pdf', 'markInFileName'],
  ['780.MAT', 'markInFileName'],
  ['Phụ lục kèm theo_MAT.pdf', 'markInFileName'],
  ['780 TOP SECRET.pdf', 'markInFileName'],
  ['780_confidential.pdf', 'markInFileName'],
  ['mat.pdf', 'markInFileName'],
  ['\ue000\ue001.pdf', 'undecipherable'],
  ['780_M\u200bAT.pdf', 'markInFileName'],
]

const stateAndScope: Case[] = [
  ['a draft', headerWith({ fields: { released: false } }), 'notIssued'],
  ['no state', headerWith({ fields: { released: undefined } }), 'notIssued'],
  ['a state of another type', headerWith({ fields: { released: 'true' } }), 'notIssued'],
  ['a recalled one', headerWith({ fields: { approved: false } }), 'recalled'],
  [
    'a recalled one that is secret',
    headerWith({ fields: { approved: false, secret_id: 3 } }),
    'secrecyPositive',
    true,
  ],
  [
    'a recalled one with a mark',
    headerWith({ fields: { approved: false }, subject: '(MẬT) phương án' }),
    'markInSubject',
    true,
  ],
  ['no number', headerWith({ number: null }), 'numberMissing'],
  ['an empty number', headerWith({ number: ' ' }), 'numberMissing'],
  [
    'a draft without number',
    headerWith({ number: null, fields: { released: false } }),
    'numberMissing',
  ],
  [
    'recalled and not issued',
    headerWith({ fields: { approved: false } }),
    'recalled',
    false,
    { ...rules, issued: [{ field: 'approved', in: [true] }] },
  ],
  [
    'a recalled one whose level is unknown',
    headerWith({ fields: { approved: false, secret_id: 9 } }),
    'secrecyUnknown',
    false,
  ],
  [
    'a sure mark where the level is unknown',
    headerWith({ fields: { secret_id: 9 }, subject: 'Phương án (MẬT)' }),
    'markInSubject',
    true,
  ],
  [
    'a doubtful mark where the level is unknown',
    headerWith({ fields: { secret_id: 9 }, subject: 'QUẢN LÝ VĂN BẢN MẬT' }),
    'secrecyUnknown',
    false,
  ],
  [
    'an unknown element of a draft out of scope',
    headerWith({ fields: { released: false }, issuer: null, unknownElements: ['Secret'] }),
    'unknownElement',
    false,
  ],
  ['a number with a suffix', headerWith({ number: '05-M' }), 'secretSuffix', true],
  ['a number with a letter', headerWith({ number: '780a' }), null],
  ['no date', headerWith({ issuedOn: null }), 'issueDateMissing'],
  ['no subject', headerWith({ subject: null }), 'subjectMissing'],
  ['an empty subject', headerWith({ subject: '  ' }), 'subjectMissing'],
  ['a subject of punctuation', headerWith({ subject: '…' }), 'subjectMissing'],
  ['no files', headerWith({ fileNames: [] }), null],
  ['another issuer', headerWith({ issuer: 'Sở Tài chính' }), 'issuerOutOfScope'],
  ['no issuer', headerWith({ issuer: null }), 'issuerOutOfScope'],
  [
    'the issuer spelled apart',
    headerWith({ issuer: ' UBND  TỈNH Quảng Trị'.normalize('NFD') }),
    null,
  ],
  ['an invitation', headerWith({ typeName: 'Giấy mời' }), 'typeOutOfScope'],
  ['a report', headerWith({ typeName: 'Báo cáo' }), 'typeOutOfScope'],
  ['no type', headerWith({ typeName: null }), 'typeOutOfScope'],
  [
    'not among the receivers',
    ordinary,
    'receiverOutOfScope',
    false,
    { ...rules, scope: { ...rules.scope, receivers: ['Sở Xây dựng'] } },
  ],
  [
    'among the receivers',
    ordinary,
    null,
    false,
    { ...rules, scope: { ...rules.scope, receivers: ['Sở Nông nghiệp và Môi trường'] } },
  ],
  [
    'not a steering document',
    headerWith({ fields: { steering: 0 } }),
    'fieldOutOfScope',
    false,
    { ...rules, scope: { ...rules.scope, fields: [{ field: 'steering', in: [1] }] } },
  ],
  ['a mark in the summary', headerWith({ texts: ['Tài liệu (TỐI MẬT)'] }), 'markInText', true],
]

export const cases: readonly Case[] = [
  ['an ordinary directive', ordinary, null],
  ...levels,
  ...signals,
  ...declared,
  ...marks.map(
    ([how, subject]): Case => [`a mark ${how}`, headerWith({ subject }), 'markInSubject'],
  ),
  ...illegible.map(([what, subject]): Case => [what, headerWith({ subject }), 'undecipherable']),
  ...symbols.map(([symbol, reason]): Case => [`symbol ${symbol}`, headerWith({ symbol }), reason]),
  ...innocentSymbols.map((symbol): Case => [`symbol ${symbol}`, headerWith({ symbol }), null]),
  [
    'symbol UBND-TM where it is listed',
    headerWith({ symbol: 'UBND-TM' }),
    null,
    false,
    { ...rules, harmlessSuffixes: ['-TM'] },
  ],
  [
    'symbol UBND-M where only -TM is listed',
    headerWith({ symbol: 'UBND-M' }),
    'secretSuffix',
    true,
    { ...rules, harmlessSuffixes: ['-TM'] },
  ],
  ...secretFileNames.map(
    ([name, reason]): Case => [`file ${name}`, headerWith({ fileNames: ['1.pdf', name] }), reason],
  ),
  ...stateAndScope,
  ...innocentSubjects.map((subject): Case => [subject, headerWith({ subject }), null]),
  ...innocentFileNames.map(
    (name): Case => [`file ${name}`, headerWith({ fileNames: [name] }), null],
  ),
]
