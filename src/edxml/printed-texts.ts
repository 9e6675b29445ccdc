import type { DocumentMessage } from './message.ts'

/** Everything a person wrote in which a mark may stand, but number, symbol, subject and the names of files. */
export function printedTexts(message: DocumentMessage): string[] {
  const { type, signer, other, business } = message
  return [
    message.content,
    message.place,
    type.name,
    signer.competence,
    signer.position,
    signer.name,
    other?.sphere,
    other?.typist,
    ...(other?.appendixes ?? []),
    ...(other?.replyFors ?? []),
    ...(other?.referenceCodes ?? []),
    message.applicationType,
    ...message.toPlaces,
    ...message.responseFor.map((one) => one.code),
    business.reason,
    business.staff?.department,
    ...message.files.flatMap((file) => [file.description, file.manifestDescription]),
  ].filter((text) => text !== null && text !== undefined)
}

/** Both names where attachment and manifest differ. */
export function fileNamesOf(message: DocumentMessage): string[] {
  return message.files
    .flatMap(({ name, manifestName }) => [name, manifestName])
    .filter((name) => name !== null)
    .filter((name) => name !== '')
}
