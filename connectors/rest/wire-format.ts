/** In what a source answers, as its profile says. Both are read by a careful reader, and both may hold lists. */

import { Bounds, XmlBounds } from '../http/bounds.ts'
import { parseStrictJson } from '../http/strict-json.ts'
import { stepsOf } from './field.ts'
import type { RestProfile } from './profile.ts'
import { parseStrictXml } from './strict-xml.ts'

export interface WireFormat {
  readonly accept: string
  /** Throws `SyntaxError` at what is not whole. */
  parse(answer: Uint8Array | string): unknown
  /** One item as it stands in a list or a detail, by itself. */
  parseItem(item: string | Uint8Array): unknown
  /** For one answer, whose bytes it is shown before they are parsed. */
  bounds(): Bounds | XmlBounds
}

export function wireFormatOf(profile: RestProfile): WireFormat {
  switch (profile.answers) {
    case 'json':
      return {
        accept: 'application/json',
        parse: parseStrictJson,
        parseItem: parseStrictJson,
        bounds: () => new Bounds(),
      }
    case 'xml': {
      const lists = listsOf(profile)
      return {
        accept: 'application/xml',
        bounds: () => new XmlBounds(),
        parse: (answer) => parseStrictXml(bytesOf(answer), lists.ofAnswers),
        parseItem: (item) => {
          const name =
            /^\s*<([^\s/>]+)/
              .exec(Buffer.from(bytesOf(item)).toString())?.[1]
              ?.replace(/^.*:/, '') ?? ''
          const parsed = parseStrictXml(
            bytesOf(item),
            lists.ofItem.map((path) => `${name}.${path}`),
          )
          return Object.values(parsed as object)[0]
        },
      }
    }
  }
}

/** XML does not say what is a list: the profile does, by where it finds items. */
function listsOf({ list, detail, files, reply }: RestProfile) {
  const ofItem = files && files.list === undefined ? [joined(files.items)] : []
  const below = (root: string) => ofItem.map((path) => (root ? `${root}.${path}` : path))
  const ofFiles = files?.list ? [joined(files.items)] : []
  const root = detail === 'row' ? '' : (detail.root ?? '')
  const lookUp = reply && reply.lookUp !== 'none' ? [joined(reply.lookUp.items)] : []
  const items = joined(list.items)
  return {
    ofItem,
    ofAnswers: [
      ...[items, ...below(items), ...indexed(root), ...below(joined(root)), ...ofFiles, ...lookUp],
    ],
  }
}

/** As the reader of XML names an element: its place among others of its name does not count. */
function joined(path: string): string {
  return stepsOf(path)
    .filter((step) => !/^\d+$/.test(step))
    .join('.')
}

/** What the profile takes one of, by its place, is a list. */
function indexed(path: string): string[] {
  const steps = stepsOf(path)
  return steps.flatMap((step, n) => (/^\d+$/.test(step) ? [steps.slice(0, n).join('.')] : []))
}

function bytesOf(answer: Uint8Array | string): Uint8Array {
  return typeof answer === 'string' ? Buffer.from(answer) : answer
}
