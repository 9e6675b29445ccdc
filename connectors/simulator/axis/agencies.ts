/** The offices that the axis knows, by the names that the official client's classes read (wire §4.2). */

import { localDateOf } from '#src/domain/local-date.ts'
import { writeDate } from '#src/edxml/dates.ts'
import type { AxisOffice } from '../axis-offices.ts'

interface Agency {
  readonly code: string
  readonly parent: string
  readonly name: string
  readonly mail: string
}

export class AgencyBook {
  readonly #agencies: Map<string, Agency>

  constructor(offices: readonly AxisOffice[]) {
    this.#agencies = new Map(
      offices.map(({ organId, name }) => [organId, { code: organId, parent: '0', name, mail: '' }]),
    )
  }

  rows() {
    return this.#numbered().map(({ id, code, parent, name, mail }) => ({
      ...{ id, pid: parent, code, name, mail, oldCode: '' },
    }))
  }

  /** Level 1 are the provinces, whose code has one part (QĐ 20/2020/QĐ-TTg); without a level, all. */
  rowsOfQd20(level: string | undefined) {
    return this.#numbered()
      .filter(({ code }) => level === undefined || levelOf(code) === level)
      .map(({ id, code, name, mail }) => ({ id, code, name, mail, code102: code }))
  }

  units(at: Date) {
    return this.#numbered().map(({ id, code, parent, name, mail }) => ({
      ...{ id, pid: parent, code, name, mail, version: 1, centerCode: '' },
      ...{ deleted: false, modifyDate: writeDate(localDateOf(at)), isAgency: true },
    }))
  }

  /** False for what is no office: another one, or a changed one, is taken. */
  register(body: Buffer): boolean {
    const { code, pcode: parent = '0', name, mail = '' } = said(body)
    if (!code || !name) return false
    this.#agencies.set(code, { code, parent, name, mail })
    return true
  }

  remove(code: string | undefined): boolean {
    return code !== undefined && this.#agencies.delete(code)
  }

  #numbered() {
    return [...this.#agencies.values()].map((agency, at) => ({ id: String(at + 1), ...agency }))
  }
}

function levelOf(code: string): string {
  return String(code.split('.').filter((part) => !/^0+$/.test(part)).length)
}

function said(body: Buffer): Partial<Record<string, string>> {
  try {
    const value: unknown = JSON.parse(body.toString())
    if (typeof value !== 'object' || value === null) return {}
    return Object.fromEntries(
      Object.entries(value).filter(([, one]) => typeof one === 'string'),
    ) as Record<string, string>
  } catch {
    return {}
  }
}
