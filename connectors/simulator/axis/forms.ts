/** The forms in which messages come that the official builder did not write, or not last (wire §1.3, §1.4, §1.6). */

import { namespace } from '#src/edxml/dialect.ts'
import type { DocumentDraft, FileDraft } from '#src/edxml/draft.ts'
import { zipOf } from '#src/edxml/zip-writer.ts'
import { drawFrom } from '../draw.ts'
import { uuidFrom } from './names.ts'

export interface Form {
  readonly name: 'official' | 'no Bussiness' | 'no prefix' | 'wrapped' | 'zipped' | 'passed on'
  draft?(draft: DocumentDraft): DocumentDraft
  file?(file: FileDraft): FileDraft
  xml?(message: string): string
}

const official: Form = { name: 'official' }

const others: readonly Form[] = [
  {
    name: 'no Bussiness',
    draft: (draft) => ({
      ...draft,
      business: { ...draft.business, stated: false, reason: null, paper: null, staff: [] },
    }),
  },
  {
    name: 'no prefix',
    xml: (message) =>
      message.replaceAll(/(<\/?)edXML:/g, '$1').replaceAll(` xmlns:edXML="${namespace}"`, ''),
  },
  {
    name: 'wrapped',
    xml: (message) =>
      message.replaceAll(
        /(<edXML:ContentTransferEncoded[^>]*>)([^<]+)/g,
        (_whole, start: string, base64: string) =>
          `${start}\r\n${base64.replaceAll(/.{1,76}/g, '$&\r\n')}`,
      ),
  },
  // As the axis hands on what it has taken apart: a zip that goes under the name and the type of its file.
  {
    name: 'zipped',
    file: (file) => ({
      ...file,
      open: async () => zipOf(`${uuidFrom(file.id)}.pdf`, await file.open()),
    }),
  },
  {
    name: 'passed on',
    draft: (draft) => ({
      ...draft,
      trace: [...draft.trace, { organId: 'null', at: draft.trace[0]?.at ?? null }],
    }),
    xml: (message) =>
      message.replace('<edXML:SteeringType>', '<edXML:ResponseFor />\r\n<edXML:SteeringType>'),
  },
]

/** About a third comes in another form than the official; the same salt always in the same. */
export function formFor(salt: string, needsBussiness: boolean): Form {
  const draw = drawFrom(`${salt} form`)
  if (!draw.chance(0.35)) return official
  const possible = needsBussiness ? others.filter(({ name }) => name !== 'no Bussiness') : others
  return draw.pick(possible)
}
