/** The example profile of the axis, pointed at a simulator: the file that operators copy is what is proven. */
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { LocalDate } from '#src/domain/local-date.ts'
import { type VxpProfile, vxpProfile } from './profile.ts'

const example = new URL('../../config/chidao.example.yaml', import.meta.url)
const simulatedSource = 'truc-vxp'

export function simulatedVxpProfile(at: {
  readonly baseUrl: string
  readonly systemId: string
  readonly secret: string
  readonly importFrom: LocalDate
  readonly liveFrom: LocalDate
}): VxpProfile {
  const { sources } = parse(readFileSync(example, 'utf8')) as { sources: { name: string }[] }
  const profile = sources.find((source) => source.name === simulatedSource)
  if (!profile) throw new Error(`config/chidao.example.yaml lost its source ${simulatedSource}`)
  const { systemId, secret, ...rest } = at
  return vxpProfile.parse({
    ...profile,
    ...rest,
    auth: { systemId, secret },
    insecureTransport: { authority: 'Mô phỏng trên máy này / simulated on this machine' },
  })
}
