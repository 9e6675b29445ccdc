import type { Readable } from 'node:stream'

/** Where the full text of directives and replies is kept, encrypted under a key that the caller holds. */
export interface FileStore {
  /**
   * Stores everything of `content`; returns only when it is durable. Nothing of it is ever on disk in clear.
   * `key` is 32 bytes; `limitBytes` counts content. Throws FileTooLarge, DiskFull, or what `content` broke with;
   * then nothing is kept and `content` is destroyed.
   */
  write(content: Readable, key: Buffer, options?: { limitBytes?: number }): Promise<WrittenFile>
  /**
   * The content. Breaks with FileMissing, or with FileDamaged instead of handing out a byte that was altered or
   * moved; of a file that was cut off or has another key, not even the first byte. Nothing is held until read.
   */
  open(name: string, key: Buffer): Readable
  /** Removing what is not there is fine. */
  remove(name: string): Promise<void>
  /** Everything this store has written and still holds, unfinished files included; nothing else. */
  list(): AsyncIterable<ListedFile>
  /**
   * Removes what nobody knows and is older than `before`, and what is unfinished and was not written to since
   * `unfinishedBefore`; returns how many.
   */
  removeOrphans(known: KnownNames, before: Date, unfinishedBefore: Date): Promise<number>
}

/** Which of these names a row still points to. */
export type KnownNames = (names: readonly string[]) => Promise<ReadonlySet<string>>

export interface WrittenFile {
  /** Random; says nothing of the content. */
  readonly name: string
  /** Bytes of the content, before encryption. */
  readonly size: number
  /** Hex, of the content. */
  readonly sha256: string
  /** What a zip holds, by name; empty for any other file, and where its directory cannot be read. */
  readonly entryNames: readonly string[]
}

export interface ListedFile {
  readonly name: string
  readonly modifiedAt: Date
  /** Bytes as stored: a little more than the content. */
  readonly size: number
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

export class FileMissing extends Error {
  constructor(name: string) {
    super(
      `The stored file ${name} is not there. Restore it from a backup, or ask its source again.`,
    )
    this.name = 'FileMissing'
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
