/**
 * The example profile, pointed at a simulator. Read from the file that operators copy, so that the demo
 * and the tests prove that file and not a second version of it.
 */
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { LocalDate } from '#src/domain/local-date.ts'
import { type RestProfile, restProfile } from './profile.ts'

const example = new URL('../../config/chidao.example.yaml', import.meta.url)
const simulatedSource = 'qlvb-tinh'

export function simulatedRestProfile(at: {
  readonly baseUrl: string
  readonly token: string
  readonly importFrom: LocalDate
  readonly liveFrom: LocalDate
}): RestProfile {
  const { sources } = parse(readFileSync(example, 'utf8')) as { sources: { name: string }[] }
  const profile = sources.find((source) => source.name === simulatedSource)
  if (!profile) throw new Error(`config/chidao.example.yaml lost its source ${simulatedSource}`)
  const { token, ...rest } = at
  return restProfile.parse({
    ...profile,
    ...rest,
    auth: { token },
    insecureTransport: { authority: 'Mô phỏng trên máy này / simulated on this machine' },
  })
}
