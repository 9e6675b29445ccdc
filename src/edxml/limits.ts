/** What a message from outside may cost (docs/decisions/0019). One reading holds at most `textTotal` characters. */
export interface Limits {
  readonly messageBytes: number
  /** Of one file, after it has been unpacked. */
  readonly fileBytes: number
  /** Of all zipped files of a message together, unpacked: many small ones cost as much as a large one. */
  readonly unpackedBytes: number
  readonly files: number
  readonly depth: number
  readonly elements: number
  readonly attributes: number
  /** Characters of a name or an attribute value. */
  readonly name: number
  /** Characters of one value, and of all values together; file contents do not count. */
  readonly text: number
  readonly textTotal: number
  /** Characters of markup without any content, such as a comment. */
  readonly markup: number
}

const KiB = 1024
const MiB = 1024 * KiB

export const defaultLimits: Limits = {
  messageBytes: 1024 * MiB,
  fileBytes: 1024 * MiB,
  unpackedBytes: 2048 * MiB,
  files: 500,
  depth: 32,
  elements: 50_000,
  attributes: 32,
  name: 2 * KiB,
  text: 256 * KiB,
  textTotal: 4 * MiB,
  markup: 64 * KiB,
}
