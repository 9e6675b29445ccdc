import { Explained } from '../../domain/errors.ts'

export type Cell = string | number | boolean | Date | null

/** As a spreadsheet shows them: the first row is line 1. */
export type Cells = readonly (readonly Cell[])[]

export const mostRows = 100_000

export function tooManyRows(): Explained {
  return new Explained(
    `Sổ có hơn ${mostRows} dòng: hãy tách ra, ví dụ theo năm. The register has more than ${mostRows} rows: split it, for example by year.`,
    2,
  )
}
