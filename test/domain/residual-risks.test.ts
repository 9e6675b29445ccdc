import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { eligibility, type GateRules, type Header } from '#src/domain/eligibility.ts'
import { headerWith, ordinary, rules } from './gate-rules.ts'

/** What the Office signs: docs/rui-ro-con-lai.md. Each of its examples passes; once one is caught, it leaves the list. */
const document = readFileSync(join(import.meta.dirname, '../../docs/rui-ro-con-lai.md'), 'utf8')

const admitted: readonly (readonly [example: string, header: Header, by?: Partial<GateRules>])[] = [
  ...[
    'Kế hoạch (A)',
    'Chấn chỉnh việc soạn thảo văn bản mật trên máy nối mạng',
    'Bí mật nhà nước',
    'Tập huấn nghiệp vụ (BMNN)',
    '(Restricted access) kế hoạch',
    '(Tôi mâtj) kế hoạch',
    'Kế hoạch M năm 2026',
    'Hàng loại đặc biệt',
  ].map((subject) => [subject, headerWith({ subject })] as const),
  ['bi_mat_nha_nuoc.pdf', headerWith({ fileNames: ['bi_mat_nha_nuoc.pdf'] })],
  ['MẬT SƠN LA …', headerWith({ subject: 'MẬT SƠN LA PHỐI HỢP' }), { harmlessNames: ['Mật Sơn'] }],
  [
    'thong_bao_mat.pdf',
    headerWith({
      subject: 'Thông báo mật độ khí thải',
      fileNames: ['thong_bao_mat.pdf'],
    }),
  ],
  ['UBND-TM', headerWith({ symbol: 'UBND-TM' }), { harmlessSuffixes: ['-TM'] }],
]

describe('what the gate cannot see, as the Office signs it', () => {
  for (const [example, header, by] of admitted)
    it(`names ${example}, which passes`, () => {
      expect(document).toContain(`\`${example}\``)
      expect(eligibility(header, { ...rules, ...by })).toEqual({ admit: true })
    })

  it('names every disguise of this set that passes, and they are one in ten at most', () => {
    const passing = disguised.filter(
      (subject) => eligibility({ ...ordinary, subject }, rules).admit,
    )
    for (const subject of passing) expect(document).toContain(`\`${subject}\``)
    expect(passing.length).toBeLessThanOrEqual(disguised.length / 10)
  })
})

/** Marks disguised on purpose. */
const disguised = [
  ...['(MÂTJ) kế hoạch', '(M&#x0000001EAC;T) kế hoạch', '(M&amp;amp;amp;amp;#7852;T) kế hoạch'],
  ...[
    '(MU+1EACT) kế hoạch',
    '(Conf) kế hoạch',
    '(NOFORN) kế hoạch',
    '(Restricted access) kế hoạch',
  ],
  ...['RESTRICTED: kế hoạch', '(S/NF) kế hoạch', 'KẾ HOẠCH HUYỆN VĨNH BẢO MẬT'],
  ...[
    'PHƯƠNG ÁN PHƯỜNG HÀ XUÂN MẬT',
    'MẬT ONG SÁT THỦ TẤN CÔNG',
    'MẬT GẤU TRÚC 1',
    'MẬT MÃ PÌ LÈNG',
  ],
  ...['MẬT ĐỘ CAO BAY', 'MẬT KHẨU ĐỘI', 'ĐỘ MẬT: THƯỜNG TRỰC', 'Kế hoạch Châu Thanh Mật'],
  ...['(M4T) kế hoạch', '(M@T) kế hoạch', '(M_T) kế hoạch', '(M-T) kế hoạch', '(MAẬT) kế hoạch'],
  ...[
    '(MẬẬT) kế hoạch',
    '(M\\x{1EAC}T) kế hoạch',
    '(M&Acirc;&#803;T) kế hoạch',
    '(MAA5T) kế hoạch',
  ],
  ...[
    '(Tôi mâtj) kế hoạch',
    'M.Ậ.T kế hoạch',
    '(мật) kế hoạch',
    'TeG6rXQ= kế hoạch',
    'Máº­t kế hoạch',
  ],
]
