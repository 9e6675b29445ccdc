/** What must not be found anywhere, of every document that a register must not show. */
import { listedFrom } from '#connectors/rest/mapping.ts'
import type { RestProfile } from '#connectors/rest/profile.ts'
import { mailAt } from '#connectors/simulator/axis/mailbox.ts'
import { docIdOf, documentIdOf } from '#connectors/simulator/axis/names.ts'
import { axisOffices } from '#connectors/simulator/axis-offices.ts'
import { rowAt, type SimulatedDocument } from '#connectors/simulator/document.ts'
import { makeRegister, type Register } from '#connectors/simulator/register.ts'
import {
  formsOfCanary,
  formsOfDigest,
  formsOfHashes,
  formsOfText,
  formsOfUuid,
} from '#src/cli/demo/forms.ts'
import type { Needle } from '#src/cli/demo/needles.ts'
import { normaliseCode } from '#src/domain/code.ts'

export async function canariesOf(register: Register, profile: RestProfile): Promise<Needle[]> {
  const hidden = register.documents.filter(({ expected }) => expected === 'notEligible')
  const shown = register.documents.filter(({ expected }) => expected === 'eligible')
  const innocent = shown.flatMap(textsOf).join('\n')
  const mail = await messagesOf(register)
  return hidden.flatMap((document) => {
    const [stem, ...ids] = document.canaries
    const name = `${stem} (${document.way ?? document.fate})`
    return [
      ...onTheAxis(name, document, mail.get(docIdOf(document))),
      ...[stem!, ...ids].flatMap((canary) => formsOfCanary(name, canary)),
      ...beginningsOf(document, innocent).flatMap((text) =>
        formsOfText(name, text).map((needle) => ({
          ...needle,
          form: `beginning in ${needle.form}`,
        })),
      ),
      ...[stem!, ...ids, ...spokenOf(document, profile.name)].flatMap((said) =>
        formsOfHashes(name, said),
      ),
      ...versionsOf(document, profile).flatMap((version) => formsOfDigest(name, version)),
    ]
  })
}

/** The axis knows it by other names: the id of its message, its DocumentId, and the hash of the whole. */
function onTheAxis(
  name: string,
  document: SimulatedDocument,
  message: Buffer | undefined,
): Needle[] {
  const docId = docIdOf(document)
  const documentId = documentIdOf(document)
  return [
    ...formsOfUuid(name, docId),
    ...formsOfText(name, documentId),
    ...[docId, documentId].flatMap((said) => formsOfHashes(name, said)),
    ...(message ? formsOfHashes(name, message) : []),
  ]
}

async function messagesOf(register: Register): Promise<Map<string, Buffer>> {
  const ever = new Date('2100-01-01')
  const mail = mailAt({ register, self: axisOffices.self, largeShare: 0 }, ever)
  return new Map(
    await Promise.all(mail.map(async (item) => [item.docId, await item.bytes()] as const)),
  )
}

/** Made in the same way, and no document's. */
export function decoysFor(register: Register, canaries: number): Needle[] {
  const taken = new Set(register.documents.flatMap((document) => document.canaries))
  const other = makeRegister({
    seed: 'nobody’s',
    from: '2026-01-05',
    until: '2026-12-31',
    secretShare: 0.85,
  })
  return other.documents
    .flatMap((document) => document.canaries)
    .filter((canary) => !taken.has(canary))
    .slice(0, canaries)
    .flatMap((canary) => {
      const name = `decoy ${canary}`
      return [...formsOfCanary(name, canary), ...formsOfHashes(name, canary)]
    })
}

const telling = 24

/** What would be seen of a text that was cut before its canary, where no other document begins so. */
function beginningsOf({ row, content, files }: SimulatedDocument, innocent: string): string[] {
  return [row.abstract, content, ...files.map((file) => file.name)]
    .map((text) => text.slice(0, telling))
    .filter((text) => text.length === telling && !innocent.includes(text))
}

function textsOf({ row, content, files, changes }: SimulatedDocument): string[] {
  const later = changes.map((change) => (change.kind === 'update' ? change.subject : ''))
  return [row.abstract, content, ...files.map((file) => file.name), ...later]
}

/** What a careless index might be a hash of. */
function spokenOf({ id, row, files }: SimulatedDocument, source: string): string[] {
  const code = row.notation
  const names = files.map((file) => file.name)
  return [
    `${source} ${id}`,
    `${source}:${id}`,
    `"${id}"`,
    code,
    normaliseCode(code),
    row.abstract,
  ].concat(names)
}

/** As the connector names the versions of the document in the list, at every turn of its life. */
function versionsOf(document: SimulatedDocument, profile: RestProfile): string[] {
  const turns = [document.createdAt, document.releasedAt, ...document.changes.map(({ at }) => at)]
  return turns.flatMap((at) => {
    const row = rowAt(document, at)
    const listed = row && listedFrom(JSON.parse(JSON.stringify(row)), profile)
    return listed && !listed.unreadable ? [listed.version] : []
  })
}
