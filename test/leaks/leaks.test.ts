import { beforeAll, describe, expect, it } from 'vitest'
import { type Report, search } from '#src/cli/demo/leak-search.ts'
import { controlsOf } from './controls.ts'
import { placesOf } from './places.ts'
import { type Run, runService } from './run.ts'
import { leakDirectory, startLoudPostgres, startLoudRedis } from './servers.ts'
import { canariesOf, decoysFor } from './wanted.ts'

describe.each(['Redis', 'Postgres'] as const)('with its queue in %s', (queue) => {
  let run: Run
  let report: Report
  beforeAll(async () => {
    await using directory = leakDirectory()
    await using postgres = await startLoudPostgres(directory.path)
    await using redis = await startLoudRedis(directory.path)
    const used = queue === 'Redis' ? redis : null
    const seed = `clean-${queue.toLowerCase()}`
    run = await runService({ directory: directory.path, postgres, redis: used, seed })
    report = await search({
      controls: await controlsOf(run, postgres, used),
      places: placesOf(run, postgres, used),
      canaries: await canariesOf(run.register, run.paged),
      decoys: decoysFor(run.register, 600),
    })
  }, 300_000)

  it('has staged from both sources, answered, and met every kind of broken answer', () => {
    expect(Object.keys(run.staged).sort()).toEqual(run.sources.map(({ name }) => name).sort())
    for (const staged of Object.values(run.staged)) expect(staged).toBeGreaterThan(20)
    expect(run.answered).toBeGreaterThan(0)
    expect(run.faultsThatNeverCame).toEqual([])
  })

  it('stores what it admits where the search finds it, in every form', () => {
    expect(report.blind).toEqual([])
  })

  it('leaves nothing of what it must not show in any file, table, queue or memory of a server', () => {
    expect(report.leaks.filter(({ place }) => place !== 'Postgres log')).toEqual([])
  })

  it('tells a Postgres that logs the values of every statement nothing of it', () => {
    expect(report.leaks.filter(({ place }) => place === 'Postgres log')).toEqual([])
  })
})
