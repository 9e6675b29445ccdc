import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { profileSchema } from '#connectors/index.ts'
import type { GateRules } from '#src/domain/eligibility.ts'

type Tree = { [name: string]: Tree }

function example(): Tree {
  const file = readFileSync(new URL('../../config/chidao.example.yaml', import.meta.url), 'utf8')
  return (parse(file) as { sources: Tree[] }).sources[0] as Tree
}

/** What is wrong with the example after this change, as `path: sentence` lines. */
function problemsAfter(change: (profile: Tree) => void): string[] {
  const profile = example()
  change(profile)
  const parsed = profileSchema.safeParse(profile)
  if (parsed.success) return []
  return parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

/** Puts any value where the tree says there is a subtree. */
const any = (value: unknown) => value as Tree

describe("a source's profile", () => {
  it('is what the example shows', () => {
    expect(problemsAfter(() => {})).toEqual([])
    const rules: GateRules = profileSchema.parse(example()).gate
    expect(rules.secrecy).toHaveLength(2)
  })

  const refused: [string, (profile: Tree) => void, RegExp][] = [
    ['no secrecy rule', (p) => delete p.gate!.secrecy, /^gate\.secrecy: .*no default/],
    ['an empty list of secrecy rules', (p) => (p.gate!.secrecy = any([])), /admit everything/],
    [
      'secrecy absent without an authority',
      (p) => (p.gate!.secrecy = any({ absentMeansNormal: {} })),
      /^gate\.secrecy\.absentMeansNormal\.authority/,
    ],
    [
      'a literal that is ordinary and secret',
      (p) =>
        (p.gate!.secrecy = any([{ ...level, normal: ['Mật'], secret: ['Mật'.normalize('NFD')] }])),
      /ordinary and as secret/,
    ],
    [
      'a rule that nothing can satisfy',
      (p) => (p.gate!.secrecy = any([{ ...level, normal: [] }])),
      /nothing is ever admitted/,
    ],
    ['a misspelt setting', (p) => (p.gate!.singals = any([])), /unknown setting singals.*signals/],
    ['an unknown kind', (p) => (p.kind = any('soap')), /^kind: unknown kind.*rest/],
    ['a name that is no name', (p) => (p.name = any('QLVB tỉnh')), /^name: use/],
    ['no authority for the transfer', (p) => delete p.transferAuthority, /^transferAuthority/],
    [
      'a registry that ends before it begins',
      (p) => (p.registries = any([{ ...committee, until: '2025-06-30' }])),
      /^registries\.0\.until: must not be before from/,
    ],
    [
      'a registry without a first day',
      (p) => (p.registries = any([{ name: 'A', issuers: ['A'] }])),
      /^registries\.0\.from/,
    ],
    [
      'a registry that begins anew under its own name',
      (p) =>
        (p.registries = any([
          { ...committee, until: '2026-06-30' },
          { ...committee, name: 'ỦY BAN NHÂN DÂN tỉnh', from: '2026-07-01' },
        ])),
      /^registries\.1\.name: .*another name/,
    ],
    [
      'an issuer of two registries on one day',
      (p) =>
        (p.registries = any([
          { ...committee, until: '2026-07-01' },
          { name: 'Mới', issuers: ['uỷ ban nhân dân Tỉnh'], from: '2026-07-01' },
        ])),
      /^registries\.1\.issuers: .*on the same days/,
    ],
    ['a date that does not exist', (p) => (p.importFrom = any('2026-02-30')), /^importFrom/],
    [
      'going live before the import',
      (p) => (p.liveFrom = any('2025-12-31')),
      /^liveFrom: must not/,
    ],
    [
      'no word for an absent urgency',
      (p) => delete p.urgency!.absentMeans,
      /^urgency\.absentMeans/,
    ],
    [
      'an urgency mapped twice',
      (p) =>
        (p.urgency!.map = any([
          { is: 1, means: 'normal' },
          { is: 1, means: 'flash' },
        ])),
      /twice/,
    ],
    [
      'acknowledging what was refused without an authority',
      (p) => (p.refused = any('acknowledgeFail')),
      /^refused: .*authority/,
    ],
    ['plain http', (p) => (p.baseUrl = any('http://qlvb.test')), /^baseUrl: .*insecureTransport/],
    [
      'credentials in the address',
      (p) => (p.baseUrl = any('https://a:b@qlvb.test')),
      /credentials/,
    ],
    ['two tokens', (p) => (p.auth!.token = any('x')), /^auth: .*exactly one/],
    [
      'a gate field without a path',
      (p) => delete p.map!.fields!.register_code,
      /^map\.fields: .*register_code/,
    ],
    ['drafts taken for issued', (p) => (p.gate!.issued = any([])), /^gate\.issued: drafts/],
    ['a parameter that is unknown', (p) => (p.list!.params!.page = any('{pages}')), /\{pages\}/],
    [
      'a window without an end',
      (p) => delete p.list!.params!.to_date,
      /no parameter holds \{until\}/,
    ],
    [
      'a body that asks for the unknown',
      (p) => (p.reply!.send!.body!.x = any('{reply.y}')),
      /reply\.y/,
    ],
    ['replies without a way', (p) => delete p.reply, /^reply: say how/],
    ['our own name missing', (p) => (p.replies!.sendAs = any('self')), /^replies\.self/],
  ]
  const committee = { name: 'UBND tỉnh', issuers: ['UBND tỉnh'], from: '2025-07-01' }
  const level = { field: 'secret_id', kind: 'level', normal: [1], secret: [2] }
  for (const [what, change, sentence] of refused) {
    it(`is refused with ${what}`, () => {
      const problems = problemsAfter(change)
      expect(problems).toEqual(expect.arrayContaining([expect.stringMatching(sentence)]))
    })
  }

  it('keeps 1 and "1" apart', () => {
    const change = (p: Tree) => {
      p.gate!.secrecy = any([{ ...level, normal: [1], secret: ['1', null] }])
    }
    expect(problemsAfter(change)).toEqual([])
  })

  it('may use plain http where an authority is named, and fractions of minutes', () => {
    const change = (p: Tree) => {
      p.baseUrl = any('http://10.0.0.5:8080')
      p.insecureTransport = any({ authority: 'Công văn 1/VP' })
      p.replies!.lookUps = any({ times: 5, withinMinutes: 0.1 })
    }
    expect(problemsAfter(change)).toEqual([])
  })
})
