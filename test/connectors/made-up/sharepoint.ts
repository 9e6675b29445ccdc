/** A list of a SharePoint, made up: OData as verbose JSON, dates in UTC, lookups, files behind a call of their own. */
import { littleServer } from '#test/connectors/little-server.ts'
import { profileOf, scope } from './profile.ts'

export interface Item {
  readonly ID: number
  readonly DateIssued: string
  readonly Modified: string
  readonly [field: string]: unknown
}

const token = 'token-cua-thu-vien'
const list = "/_api/web/lists/getbytitle('ListDocumentGo')/items"
const pageSize = 2

export function item(id: number, more: Partial<Item> = {}): Item {
  return {
    ID: id,
    NumberSymbol: `${400 + id}/UBND-KT`,
    Compendium: `V/v rà soát tiến độ dự án số ${id}`,
    // 00:00 of 3 March in Vietnam.
    DateIssued: '2026-03-02T17:00:00Z',
    Modified: '2026-03-03T02:11:07Z',
    SecretCode: 'BT',
    SecretLevelName: '',
    UrgentCode: 'T',
    StatusID: 1,
    StatusName: 'Đã xử lý',
    DocTypeName: '39;#Công văn',
    Issuer: '4;#UBND tỉnh Quảng Trị',
    Signer: `7;#Nguyễn Văn ${id}`,
    Receivers: '4;#Sở Tài chính;#7;#UBND phường Đông Hà',
    ...more,
  }
}

export function fileOf(id: number, name: string): Buffer {
  return Buffer.from(`%PDF-1.7 ${id} ${name}`)
}

export async function sharePoint(items: Item[]) {
  const state = {
    /** The names of the files of an item. */
    files: (id: number): string[] => [`${400 + id}.pdf`, 'Phụ lục 1.pdf'],
    /** Instead of the list of files. */
    fileList: null as { status: number; body: string } | null,
    /** Instead of the list of what was changed. */
    changed: null as { status: number; body: string } | null,
  }
  const server = await littleServer(({ path, query, headers }, address) => {
    if (headers.authorization !== `Bearer ${token}`) return { status: 401, json: {} }
    const [, attached, name] =
      /^\/Lists\/ListDocumentGo\/Attachments\/(\d+)\/(.+)$/.exec(path) ?? []
    if (attached && name) return { body: fileOf(Number(attached), name) }
    // Without this header a SharePoint answers in Atom.
    if (headers.accept !== 'application/json;odata=verbose') return { status: 406, body: '<feed/>' }
    const [, id, files] = /items\((\d+)\)(\/AttachmentFiles)?$/.exec(path) ?? []
    const shown = (one: Item) => ({
      ...one,
      AttachmentFiles: { __deferred: { uri: `${address}${list}(${one.ID})/AttachmentFiles` } },
    })
    if (files && state.fileList) return state.fileList
    if (files) {
      const results = state.files(Number(id)).map((FileName) => ({
        FileName,
        ServerRelativeUrl: `/Lists/ListDocumentGo/Attachments/${id}/${FileName}`,
      }))
      return { json: { d: { results } } }
    }
    if (id) {
      const found = items.find(({ ID }) => ID === Number(id))
      return found ? { json: { d: shown(found) } } : { status: 404, json: { error: {} } }
    }
    if (path !== list) return { status: 404, json: { error: {} } }
    if (state.changed && query.$filter?.startsWith('Modified')) return state.changed
    const inside = items.filter((one) => matches(one, query.$filter ?? ''))
    const skip = Number(query.$skiptoken ?? 0)
    const results = inside.slice(skip, skip + pageSize).map(shown)
    const next = new URL(`${address}${list}`)
    for (const [key, value] of Object.entries(query)) next.searchParams.set(key, value)
    next.searchParams.set('$skiptoken', String(skip + pageSize))
    const more = skip + pageSize < inside.length
    return { json: { d: { results, ...(more && { __next: next.href }) } } }
  })
  const profile = profileOf('sharepoint', server.address, {
    auth: { token },
    request: { headers: { Accept: 'application/json;odata=verbose' } },
    gate: {
      secrecy: [
        { field: 'SecretCode', kind: 'level', normal: ['BT'], secret: ['M', 'TM', 'TUM'] },
        { field: 'SecretLevelName', kind: 'label', normal: ['', 'Thường'], secret: ['Mật'] },
      ],
      signals: [],
      issued: [{ field: 'StatusID', in: [1] }],
      recalled: [{ field: 'StatusName', in: ['Bị thu hồi'] }],
      scope,
    },
    urgency: {
      field: 'UrgentCode',
      map: [
        { is: 'T', means: 'normal' },
        { is: 'HT', means: 'flash' },
      ],
      absentMeans: 'normal',
    },
    can: { recheck: 'byRef', reconcile: 'listing' },
    list: {
      path: list,
      params: {
        $filter: "DateIssued ge datetime'{from}' and DateIssued le datetime'{until}'",
        $top: '{pageSize}',
      },
      dateFormat: 'isoInstant',
      paging: 'stable',
      items: '/d/results',
      next: '/d/__next',
      rowsDecide: true,
      changed: {
        params: {
          $filter: "Modified ge datetime'{from}' and Modified le datetime'{until}'",
          $top: '{pageSize}',
        },
      },
    },
    detail: { path: `${list}({id})`, root: 'd' },
    map: {
      id: 'ID',
      code: 'NumberSymbol',
      subject: 'Compendium',
      issuer: { path: 'Issuer' },
      typeName: { path: 'DocTypeName' },
      issuedOn: { path: 'DateIssued', format: 'isoInstant' },
      signer: { name: 'Signer' },
      receivers: { path: 'Receivers' },
      lookups: true,
      fields: {
        SecretCode: 'SecretCode',
        SecretLevelName: 'SecretLevelName',
        UrgentCode: 'UrgentCode',
        StatusID: 'StatusID',
        StatusName: 'StatusName',
      },
    },
    files: {
      list: { url: '/AttachmentFiles/__deferred/uri' },
      items: '/d/results',
      name: 'FileName',
      url: 'ServerRelativeUrl',
    },
  })
  return { server, profile, state, items }
}

/** As much of `$filter` as the profile writes. */
function matches(one: Item, filter: string): boolean {
  const [, field, from, , until] =
    /^(\w+) ge datetime'([^']+)' and (\w+) le datetime'([^']+)'$/.exec(filter) ?? []
  const at = Date.parse(String(one[field ?? '']))
  return at >= Date.parse(from ?? '') && at <= Date.parse(until ?? '')
}
