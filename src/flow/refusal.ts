import type { ListedMessage } from '#connectors/connector.ts'
import type { App, Source } from '../app.ts'
import type { FormField } from '../domain/eligibility.ts'
import { isPlainlySame, type NamedDocument, type Printed, sameDates } from '../domain/identity.ts'
import { addDays, type LocalDate } from '../domain/local-date.ts'
import type { Refused } from '../domain/refused-memory.ts'
import type { Admitted } from '../store/admitted.ts'
import { documentNamed } from '../store/directives.ts'
import type { Pass } from '../store/passes.ts'
import type { Because } from '../store/reasons.ts'
import { eachAlone } from './each-alone.ts'
import type { CalledSecret, Tally } from './tally.ts'

/**
 * Remembered in this process only, so that the next reading need not ask again. A queue-like source may be told
 * that the message was not taken, if its profile names who allowed that; never that it was.
 */
export async function refuse(
  { profile, connector, refused }: Source,
  { ref, version }: ListedMessage,
  as: Refused,
  form: FormField | null = null,
): Promise<void> {
  refused.add(ref.transportRef, version, as, form)
  if (profile.refused !== 'leave' && connector.can.acknowledges)
    await connector.send({ kind: 'acknowledge', ref, as: 'fail' })
}

/**
 * What says secret is compared here with what the store has: its reference goes nowhere. Each stands alone: one that
 * somebody sits on keeps no other in view.
 */
export async function withhold(
  app: App,
  { profile, connector }: Source,
  pass: Window | null,
  called: readonly CalledSecret[],
): Promise<void> {
  if (called.every(({ secret }) => secret.length === 0)) return
  const { withholding, failures } = app.store
  const shown = await withholding.shown(profile.name, since({ connector }, pass))
  const doubted = await withholding.doubted(profile.name)
  const found = called.flatMap((one) =>
    one.secret.flatMap((sourceRef) => {
      const id = shown.get(sourceRef) ?? doubted.get(sourceRef)
      return id ? [() => withholding.withhold(id, calledSecret(one), app.clock.now())] : []
    }),
  )
  const secret = new Set(called.flatMap((one) => one.secret))
  const discarded = (await failures.discarded(profile.name))
    .filter(({ sourceRef }) => secret.has(sourceRef))
    .map(
      ({ id }) =>
        () =>
          failures.forget(id, app.clock.now()),
    )
  const silenced = (await failures.waiting(profile.name))
    .filter(({ sourceRefs }) => sourceRefs.some((ref) => secret.has(ref)))
    .map(
      ({ id }) =>
        () =>
          failures.silence(id),
    )
  await eachAlone([...found, ...discarded, ...silenced])
}

type Window = Pick<Pass, 'kind' | 'from'>

/**
 * From which day of issue on a reading looks for what it called secret; null: among all. A row keeps about its day of
 * issue, and once a day all are compared; what a message is about may be of any age.
 */
function since({ connector }: Pick<Source, 'connector'>, pass: Window | null): LocalDate | null {
  const isRecent = pass !== null && pass.kind !== 'deep' && connector.can.revises === 'inPlace'
  return isRecent ? addDays(pass.from, -daysAround) : null
}

/** What is stored is purged only if it plainly is what is called secret; in any case it is withheld. */
export function calledSecret({ printed }: CalledSecret) {
  return (stored: Printed): Because =>
    printed !== null && isPlainlySame(stored, printed) ? 'secret' : 'otherSecret'
}

/**
 * What was refused since the last time goes out of every view at once, whatever source it came through, and whether or
 * not the store still has the first copy. Compared here: the store is never asked by what was refused.
 */
export async function withholdGathered(
  app: App,
  source: Source,
  pass: Window | null,
  tally: Tally,
): Promise<void> {
  await eachAlone([
    () => withhold(app, source, pass, tally.newSecrets()),
    () => withholdAny(app, tally.newDocuments(), pass && since(source, pass)),
  ])
}

async function withholdAny(
  app: App,
  documents: readonly NamedDocument[],
  from: LocalDate | null,
): Promise<void> {
  if (documents.length === 0) return
  const { withholding } = app.store
  const stored = await withholding.documents(from)
  const ids = documents.flatMap(({ key, issuedOn }) =>
    sameDates(issuedOn).flatMap((date) => stored.get(`${key} ${date}`) ?? []),
  )
  await eachAlone(ids.map((id) => () => withholding.withhold(id, 'takenAlong', app.clock.now())))
}

/** Whether another message says that this document is secret; this one says by now that it is not. */
export function isSecretElsewhere(app: App, source: string, admitted: Admitted): boolean {
  const document = documentNamed(admitted)
  app.secrets.takeBack(document, source, admitted.sourceRef)
  return app.secrets.has(document)
}

/** Asked again behind a staging: the other source may have been read meanwhile. */
export async function withholdIfSecret(app: App, admitted: Admitted): Promise<boolean> {
  const document = documentNamed(admitted)
  if (!app.secrets.has(document)) return false
  await withholdAny(app, [document], null)
  return true
}

const daysAround = 60
