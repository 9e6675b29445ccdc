import { beforeAll, describe, expect, it } from 'vitest'
import { formsOfText } from '#src/cli/demo/forms.ts'
import { type Control, type Report, search } from '#src/cli/demo/leak-search.ts'
import type { Needle } from '#src/cli/demo/needles.ts'
import { captured, type Place } from '#src/cli/demo/places.ts'
import { type Answer, type Shown, showEverything, visitors } from './shown.ts'
import { canariesOf, decoysFor } from './wanted.ts'

const isExport = (path: string) => path.startsWith('/api/')
const isMetrics = (path: string) => path === '/metrics'

describe('whatever is shown to anybody', () => {
  let shown: Shown
  let refused: Report
  let admitted: Report
  beforeAll(async () => {
    shown = await showEverything('shown')
    const places = placesOf(shown)
    refused = await search({
      places,
      controls: controlsOf(shown),
      canaries: await canariesOf(shown.register, shown.paged),
      decoys: decoysFor(shown.register, 300),
    })
    admitted = await search({
      places: places.filter(({ name }) => isForNobody(name)),
      canaries: shown.admitted.flatMap(({ subject, code }) => [
        ...formsOfText(`subject ${subject}`, subject),
        ...formsOfText(`code ${code}`, code),
      ]),
    })
  }, 600_000)

  it('was asked for at every route, as everybody', () => {
    expect(shown.routes.length).toBeGreaterThan(40)
    for (const as of visitors)
      expect(shown.answers[as].length, as).toBeGreaterThan(shown.routes.length)
    const ok = (as: (typeof visitors)[number]) =>
      shown.answers[as].filter(({ status }) => status === 200).length
    expect(ok('viewer')).toBeGreaterThan(50)
    expect(ok('administrator')).toBeGreaterThan(ok('viewer'))
    const failed = visitors.flatMap((as) => shown.answers[as]).filter(({ status }) => status >= 500)
    expect(failed.map(({ path, status }) => `${status} ${path}`)).toEqual([])
    expect(shown.admitted.length).toBeGreaterThan(20)
    const { documents } = shown.register
    expect(documents.filter(({ expected }) => expected === 'notEligible').length).toBeGreaterThan(
      20,
    )
  })

  it('holds what it must, where the search finds it', () => {
    expect(refused.blind).toEqual([])
  })

  it('holds nothing of a document that was refused: no page, export, metric, alert or trace', () => {
    expect(refused.leaks).toEqual([])
  })

  it('tells strangers, metrics, alerts and traces nothing of a document that was admitted either', () => {
    expect(admitted.leaks).toEqual([])
  })
})

function placesOf({ answers, alerts, traces }: Shown): Place[] {
  const of = (name: string, some: readonly Answer[]) =>
    captured(name, async function* () {
      for (const { path, said } of some) yield [path, said]
    })
  return [
    of('what strangers see', answers.anonymous),
    ...(['viewer', 'administrator'] as const).flatMap((as) => [
      of(
        `pages of the ${as}`,
        answers[as].filter(({ path }) => !isExport(path) && !isMetrics(path)),
      ),
      of(
        `exports of the ${as}`,
        answers[as].filter(({ path }) => isExport(path)),
      ),
    ]),
    of(
      'metrics',
      answers.viewer.filter(({ path }) => isMetrics(path)),
    ),
    captured('alerts', async function* () {
      for (const [n, alert] of alerts.entries()) yield [`alert ${n}`, alert]
    }),
    captured('traces', async function* () {
      yield ['traces', traces]
    }),
  ]
}

function isForNobody(place: string): boolean {
  return ['what strangers see', 'metrics', 'alerts', 'traces'].includes(place)
}

/** An admitted document stands where it belongs, and each place is read at all. */
function controlsOf({ admitted, paged }: Shown): Control[] {
  const listed = ['pages of the viewer', 'pages of the administrator']
  const exported = ['exports of the viewer', 'exports of the administrator']
  const some = admitted.filter(({ subject }) => !/[&<>"'`]/.test(subject)).slice(0, 3)
  return [
    ...some.flatMap(({ subject }) => at([...listed, ...exported], subject)),
    ...at(['what strangers see'], 'Đăng nhập'),
    ...at(['metrics', 'traces'], paged.name),
    ...at(['alerts'], 'văn bản chỉ đạo'),
  ]
}

function at(places: readonly string[], text: string): Control[] {
  const needle: Needle = formsOfText(text, text).find(({ form }) => form === 'UTF-8')!
  return places.map((place) => ({ place, needle }))
}
