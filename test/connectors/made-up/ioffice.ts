/** An integration service of an iOffice, made up: a login, everything in one answer, files as base64 in their rows. */
import { littleServer } from '#test/connectors/little-server.ts'
import { profileOf, scope } from './profile.ts'

export type Dossier = Readonly<Record<string, unknown>>

export const password = 'mat-khau-cua-thu-vien'

export function dossier(id: number, more: Dossier = {}): Dossier {
  return {
    dossierId: `88${id}`,
    soKyHieu: `${780 + id}/UBND-NNMT`,
    ngayBanHanh: '03/03/2026',
    trichYeu: `V/v triển khai nhiệm vụ số ${id}`,
    loaiVanBan: 'Công văn',
    coQuanBanHanh: 'Chủ tịch UBND tỉnh',
    doMat: 'Thường',
    doKhan: '0',
    daBanHanh: 'TRUE',
    files: [file(`${id}.pdf`), file(`phu-luc-${id}.pdf`)],
    ...more,
  }
}

export function contentOf(name: string): Buffer {
  return Buffer.from(`%PDF-1.7 ${name}`)
}

export function file(fileName: string, fileData: unknown = contentOf(fileName).toString('base64')) {
  // The size is that of another thing: the sender writes how many pages it has.
  return { fileName, fileType: 'pdf', fileSize: 3, fileData }
}

export async function iOffice(dossiers: Dossier[]) {
  const state = {
    logins: 0,
    /** Tokens that are taken. */
    taken: new Set<string>(),
    /** What a token that is not taken any more is answered with. */
    expired: { json: { status: { code: '401' }, data: null } } as {
      status?: number
      json: unknown
    },
  }
  const server = await littleServer(({ method, path, headers, body }) => {
    if (method === 'POST' && path === '/login/v3/') {
      state.logins += 1
      const { username, password: given } = JSON.parse(body)
      if (username !== 'chidao' || given !== password)
        return { json: { status: { code: '2' }, data: null } }
      const token = `the-${state.logins}`
      state.taken.add(token)
      return { json: { status: { code: '0' }, data: { token, seconds: 300 } } }
    }
    if (path !== '/shared/congvan_stc/get_result/') return { status: 404, json: {} }
    if (!state.taken.has(String(headers['x-authentication-token']))) return state.expired
    return { json: { status: { code: '0' }, data: dossiers } }
  })
  const success = { field: '/status/code', in: ['0'] }
  const profile = profileOf('ioffice', server.address, {
    auth: {
      header: 'X-Authentication-Token',
      prefix: '',
      login: {
        path: '/login/v3/',
        json: { username: '{user}', password: '{password}' },
        user: 'chidao',
        password,
        success,
        token: '/data/token',
        validSeconds: '/data/seconds',
        expired: { field: '/status/code', in: ['401'] },
      },
    },
    gate: {
      secrecy: [{ field: 'doMat', kind: 'label', normal: ['Thường'], secret: ['Mật', 'Tối mật'] }],
      signals: [],
      issued: [{ field: 'daBanHanh', in: ['TRUE'] }],
      recalled: [],
      scope,
    },
    urgency: {
      field: 'doKhan',
      map: [
        { is: '0', means: 'normal' },
        { is: '3', means: 'flash' },
      ],
      absentMeans: 'normal',
    },
    can: { recheck: 'byWindow', reconcile: 'listing' },
    list: { path: '/shared/congvan_stc/get_result/', window: 'none', success, items: 'data' },
    detail: 'row',
    map: {
      id: 'dossierId',
      code: 'soKyHieu',
      subject: 'trichYeu',
      issuer: { path: 'coQuanBanHanh' },
      typeName: { path: 'loaiVanBan' },
      issuedOn: { path: 'ngayBanHanh', format: 'dd/MM/yyyy' },
      fields: { doMat: 'doMat', daBanHanh: 'daBanHanh', doKhan: 'doKhan' },
    },
    files: { items: 'files', name: 'fileName', content: 'fileData' },
  })
  return { server, profile, state, dossiers }
}
