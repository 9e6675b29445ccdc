/** Who is registered on the simulated axis. Codes of QĐ 20/2020/QĐ-TTg's older form, in group H50. */
import { issuers } from './kinds.ts'
import { simulatedUnits } from './names.ts'

export interface AxisOffice {
  readonly organId: string
  readonly name: string
}

export const axisOffices: {
  /** Every directive of the register comes from here, also those that its chairman or its Office signs. */
  readonly issuer: AxisOffice
  /** Who receives: the bridge's own office. */
  readonly self: AxisOffice
  readonly units: readonly AxisOffice[]
} = {
  issuer: { organId: '000.00.00.H50', name: issuers.committee },
  self: { organId: '000.00.99.H50', name: 'Văn phòng Ủy ban nhân dân tỉnh' },
  units: simulatedUnits.map(({ code, name }) => ({
    organId: `000.00.${code.slice('H99.'.length)}.H50`,
    name,
  })),
}
