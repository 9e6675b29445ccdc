/** What must be found: strings of admitted documents where they are stored, and every form where it was put. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import pg from 'pg'
import {
  formsOfDigest,
  formsOfHashes,
  formsOfNumber,
  formsOfText,
  formsOfUuid,
} from '#src/cli/demo/forms.ts'
import type { Control } from '#src/cli/demo/leak-search.ts'
import type { Needle } from '#src/cli/demo/needles.ts'
import type { Run } from './run.ts'
import type { LoudPostgres, LoudRedis } from './servers.ts'

export async function controlsOf(
  run: Run,
  postgres: LoudPostgres,
  redis: LoudRedis | null,
): Promise<Control[]> {
  const client = new pg.Client({ connectionString: run.storeUrl })
  await client.connect()
  try {
    const { rows: directives } = await client.query(
      `select d.id, d.subject, f.sha256 from tracking.directives d join tracking.directive_files f on f.directive_id = d.id
       order by d.id limit 3`,
    )
    const { rows: passes } = await client.query(
      `select id from sync.pass where state = 'done' limit 1`,
    )
    const planted = await plantedForms(client, directives[0], redis)
    const stored = directives.flatMap(({ id, subject, sha256 }): Control[] => [
      ...at(['Postgres data', 'Postgres WAL', 'Postgres log', 'tables'], utf8(subject)),
      ...at(['Postgres data', 'Postgres WAL'], form(formsOfUuid(id, id), 'raw')),
      ...at(['tables'], form(formsOfUuid(id, id), 'UTF-8')),
      ...at(['Postgres data', 'tables'], form(formsOfDigest(id, sha256), 'digest in hex')),
    ])
    const pass = form(formsOfUuid(`reading ${passes[0].id}`, passes[0].id), 'UTF-8')
    const source = utf8(run.paged.name)
    return [
      ...stored,
      ...planted,
      ...at(['service log', 'Postgres log'], pass),
      // A ring carries nothing; what was done under it is all that stands in a queue.
      ...at(
        redis
          ? ['Redis files', 'Redis keys', 'Redis memory', 'job data']
          : ['Postgres WAL', 'job data'],
        utf8('take-head'),
      ),
      ...at(['data directory', 'service log'], source),
      ...at(run.shown.length > 0 ? ['metrics and pages'] : [], source),
      ...at(['process and sessions'], utf8(run.folders.data)),
      ...at(['file store'], await pieceOfAFile(join(run.folders.data, 'files'))),
    ]
  } finally {
    await client.end()
    await postgres.flush()
    await redis?.snapshot()
  }
}

/** Of an admitted document every form there is, put where nothing may hide it, and once inside what pglz would compress. */
async function plantedForms(
  client: pg.Client,
  { id, subject }: { id: string; subject: string },
  redis: LoudRedis | null,
): Promise<Control[]> {
  const number = 823_456_789
  const needles = [
    ...formsOfText('planted subject', subject),
    ...formsOfNumber('planted number', number),
    ...formsOfUuid('planted uuid', id),
    ...formsOfHashes('planted hash', subject),
  ]
  await client.query('create table planted (form text, content bytea)')
  for (const { form, bytes } of needles)
    await client.query('insert into planted values ($1, $2)', [form, bytes])
  const long = 'planted among what repeats itself'
  const repeated = 'lặp đi lặp lại '.repeat(500)
  await client.query(`create table planted_long (content text, "values" jsonb)`)
  await client.query('insert into planted_long values ($1, $2)', [
    `${repeated}${long} as text${repeated}`,
    JSON.stringify({ repeated, long: `${long} as jsonb`, number: number + 1 }),
  ])
  if (redis) {
    const connection = new Redis(redis.url)
    for (const { form, name, bytes } of needles)
      await connection.set(`planted:${name}:${form}`, Buffer.concat([marks, bytes, marks]))
    await connection.quit()
  }
  const everywhere = redis
    ? ['Postgres data', 'Postgres WAL', 'Redis memory', 'Redis keys']
    : ['Postgres data', 'Postgres WAL']
  return [
    ...needles.flatMap((needle) => at(everywhere, needle)),
    ...[`${long} as text`, `${long} as jsonb`].flatMap((text) =>
      at(['Postgres data', 'Postgres WAL'], utf8(text)),
    ),
    ...at(
      ['Postgres data'],
      form(formsOfNumber('a number in a jsonb', number + 1), 'Postgres numeric'),
    ),
  ]
}

/** Around what would be digits alone: Redis keeps those as a number. */
const marks = Buffer.from('<>')

/** Encrypted, so nothing of a document can be looked for in it; but that the search reads it can be seen. */
async function pieceOfAFile(files: string): Promise<Needle> {
  const entries = await readdir(files, { recursive: true, withFileTypes: true })
  const one = entries.find((entry) => entry.isFile())!
  const bytes = await readFile(join(one.parentPath, one.name))
  return { name: 'a stored file', form: 'as it lies there', bytes: bytes.subarray(-64) }
}

function at(places: readonly string[], needle: Needle): Control[] {
  return places.map((place) => ({ place, needle }))
}

function utf8(text: string): Needle {
  return form(formsOfText(text, text), 'UTF-8')
}

function form(needles: readonly Needle[], wanted: string): Needle {
  const needle = needles.find((one) => one.form === wanted)
  if (!needle) throw new Error(`no form ${wanted}`)
  return needle
}
