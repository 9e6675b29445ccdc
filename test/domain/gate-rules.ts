import type { GateRules, Header, SignalRule } from '#src/domain/eligibility.ts'

/** The codings of secrecy found in real systems (wire §6, §11.3), as profiles would say them. */
export const codings = {
  ductv112: level('secret_id', [1], [2, 3, 4]),
  voffice: level('SecretLevel', [0], [1, 2, 3]),
  qlvbThanh: level('securityLevel', ['NORMAL'], ['CONFIDENTIAL', 'SECRET', 'TOP_SECRET']),
  ptsc: level('private_level', ['Thường'], ['Mật', 'Tối mật', 'Tuyệt mật']),
  spfx: level('SecretCode', ['BT'], ['M', 'TM', 'TUM']),
  mic: level('DO_MAT', ['THONG_THUONG'], ['MAT', 'TOI_MAT', 'TUYET_MAT']),
  benTre: level('DocSecurity', [0], [1, 2, 3]),
  odoo: level('do_mat', ['binh_thuong'], ['mat', 'toi_mat']),
  minusOne: level('securityLevelId', [-1], [0, 1, 2, 3]),
  lookup: level('vbdDoMat', ['Không'], ['Mật', 'Tuyệt mật', 'Tối mật']),
} as const

function level(
  field: string,
  normal: SignalRule['normal'],
  secret: SignalRule['secret'],
): SignalRule {
  return { field, kind: 'level', normal, secret }
}

/** Two signals of secrecy, a register, a distribution and an envelope, an issued state, a scope. */
export const rules: GateRules = {
  secrecy: [
    codings.ductv112,
    {
      field: 'secret_name',
      kind: 'label',
      normal: ['Thường'],
      secret: ['Mật', 'Tối mật', 'Tuyệt mật'],
    },
  ],
  signals: [
    { field: 'register', kind: 'register', normal: ['VBDI'], secret: ['VBM'] },
    { field: 'distribution', kind: 'distribution', normal: [1], secret: [2] },
    { field: 'envelope', kind: 'envelope', normal: [null], secret: ['A', 'B', 'C'] },
  ],
  issued: [
    { field: 'released', in: [true] },
    { field: 'approved', in: [true] },
  ],
  recalled: [
    { field: 'released', in: [true] },
    { field: 'approved', in: [false] },
  ],
  scope: {
    issuers: ['UBND tỉnh Quảng Trị', 'Chủ tịch UBND tỉnh'],
    types: ['Quyết định', 'Chỉ thị', 'Công văn'],
    receivers: null,
    fields: [],
  },
  harmlessSuffixes: [],
}

export const ordinary: Header = {
  fields: {
    secret_id: 1,
    secret_name: 'Thường',
    register: 'VBDI',
    distribution: 1,
    envelope: null,
    released: true,
    approved: true,
  },
  number: '780',
  symbol: 'UBND-NNMT',
  subject: 'Triển khai công tác phòng, chống thiên tai năm 2026',
  texts: [],
  fileNames: ['780_UBND-NNMT.pdf'],
  issuedOn: '2026-09-04',
  issuer: 'UBND tỉnh Quảng Trị',
  typeName: 'Công văn',
  receivers: ['Sở Nông nghiệp và Môi trường'],
  unknownElements: [],
}

export function headerWith(
  change: Omit<Partial<Header>, 'fields'> & { fields?: Record<string, unknown> },
): Header {
  const fields = Object.fromEntries(
    Object.entries({ ...ordinary.fields, ...change.fields }).filter(
      ([, value]) => value !== undefined,
    ),
  )
  return { ...ordinary, ...change, fields }
}
