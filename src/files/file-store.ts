import type { Readable } from 'node:stream'

/** Where the full text of directives and replies is kept, encrypted under a key that the caller holds. */
export interface FileStore {
  /** Stores everything of `content`; returns only when it is durable. Nothing of it is ever on disk in clear. */
  write(content: Readable, key: Buffer, options?: { limitBytes?: number }): Promise<WrittenFile>
  /** The content; breaks with an error instead of handing out a byte that was altered, cut off or moved. */
  open(name: string, key: Buffer): Readable
  /** Removing what is not there is fine. */
  remove(name: string): Promise<void>
  /** Removes what nobody knows and is older than `before`, unfinished files included; returns how many. */
  removeOrphans(
    known: (names: readonly string[]) => Promise<ReadonlySet<string>>,
    before: Date,
  ): Promise<number>
}

export interface WrittenFile {
  /** Random; says nothing of the content. */
  readonly name: string
  /** Bytes of the content, before encryption. */
  readonly size: number
  /** Hex, of the content. */
  readonly sha256: string
}

export class FileTooLarge extends Error {
  constructor(limitBytes: number) {
    super(
      `The file is larger than the ${limitBytes} bytes its source may send. Raise limits.maxFileBytes if such files are expected.`,
    )
    this.name = 'FileTooLarge'
  }
}

export class DiskFull extends Error {
  constructor(directory: string, cause: unknown) {
    super(
      `The disk of ${directory} is full. Free some space: nothing was lost, and the files are fetched again by themselves.`,
      { cause },
    )
    this.name = 'DiskFull'
  }
}

export class FileDamaged extends Error {
  constructor(name: string) {
    super(
      `The stored file ${name} is damaged, cut off or under another key. Restore it from a backup, or ask its source again.`,
    )
    this.name = 'FileDamaged'
  }
}
