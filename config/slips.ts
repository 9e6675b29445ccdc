/** What a configuration may be read with and is surely not meant: the example's own words, and settings that nothing reads. */
import type { Profile } from '#connectors/index.ts'
import { fieldsNamed } from './sources.ts'

export interface Slip {
  readonly path: readonly (string | number)[]
  readonly says: string
}

export function slipsIn(content: unknown, sources: readonly Profile[]): Slip[] {
  return [...placeholders(content), ...sources.flatMap(notAskable), ...sources.flatMap(unused)]
}

/** As config/chidao.example.yaml has them. */
const ownWords = [
  /^ví dụ(?!\p{L})/iu,
  /…/u,
  /^mã hệ thống do trục cấp$/iu,
  /^văn bản cho phép$/iu,
  /(^|[/@.=])example([.,/:]|$)/iu,
]

function placeholders(value: unknown, path: readonly (string | number)[] = []): Slip[] {
  if (typeof value === 'string')
    return ownWords.some((words) => words.test(value.trim().normalize('NFC')))
      ? [{ path, says: leftAsItWas }]
      : []
  if (typeof value !== 'object' || value === null) return []
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
  return entries.flatMap(([key, inner]) => placeholders(inner, [...path, key]))
}

const leftAsItWas =
  'còn nguyên chữ của tệp mẫu; ghi giá trị thật / this is still the example’s own text: write what is true here'

/** A header holds nothing else: what cannot be written there cannot be asked. */
function notAskable(profile: Profile, index: number): Slip[] {
  if (profile.kind !== 'vxp' || /^[\x20-\x7e]*$/.test(profile.auth.systemId)) return []
  return [
    {
      path: ['sources', index, 'auth', 'systemId'],
      says: 'chỉ được gồm chữ ASCII không dấu / must be ASCII, without diacritics',
    },
  ]
}

function unused(profile: Profile, index: number): Slip[] {
  const slip = (path: readonly string[], says: string): Slip => ({
    path: ['sources', index, ...path],
    says,
  })
  if (profile.kind !== 'rest') return []
  const named = fieldsNamed(profile)
  const found = Object.keys(profile.map.fields)
    .filter((field) => !named.has(field))
    .map((field) =>
      slip(
        ['map', 'fields', field],
        'không quy tắc nào của gate hay urgency dùng tới; sửa tên hoặc bỏ / no rule of the gate or the urgency names it: correct or remove it',
      ),
    )
  const { mode, sendAs, self } = profile.replies
  if (mode === 'none' && profile.reply)
    found.push(
      slip(
        ['reply'],
        'không dùng tới vì replies.mode là none / nothing reads it, because replies.mode is none',
      ),
    )
  if (self && (mode === 'none' || sendAs !== 'self'))
    found.push(
      slip(
        ['replies', 'self'],
        'không dùng tới vì sendAs không phải self / nothing reads it, because sendAs is not self',
      ),
    )
  return found
}
