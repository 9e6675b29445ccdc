/** What the profiles of made-up systems have in common: whose documents are transferred, and by whose authority. */
import { type RestProfile, restProfile } from '#connectors/rest/profile.ts'

export function profileOf(
  name: string,
  baseUrl: string,
  more: Record<string, unknown>,
): RestProfile {
  return restProfile.parse({
    name,
    kind: 'rest',
    title: name,
    transferAuthority: 'Quyết định 1/QĐ-VP',
    importFrom: '2026-02-20',
    liveFrom: '2026-03-01',
    baseUrl,
    insecureTransport: { authority: 'Chạy trên máy này' },
    replies: { mode: 'none' },
    retries: { times: 0 },
    ...more,
  })
}

export const scope = {
  issuers: ['UBND tỉnh Quảng Trị', 'Chủ tịch UBND tỉnh'],
  types: ['Công văn', 'Quyết định', 'Chỉ thị'],
  receivers: null,
  fields: [],
}
