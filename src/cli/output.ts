import { coloured } from './colour.ts'

/** Where commands write. JSON for programs is one document; text for people is Vietnamese first. */
export interface Output {
  line(text: string): void
  json(value: unknown): void
}

export const standardOutput: Output = {
  line: (text) => void process.stdout.write(`${printable(text)}\n`),
  json: (value) => void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`),
}

/** What a document says must not move the cursor or turn the line around: of controls only line ends, tabs and colours stay. */
export function printable(text: string): string {
  return text.replace(/(?![\n\t])(?!\p{Cc}\[[\d;]*m)[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '')
}

/** Columns padded to their widest cell; the last column is left ragged. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const [titles = '', ...lines] = [header, ...rows].map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column]!)))
      .join('  '),
  )
  return [coloured('title', titles), ...lines].join('\n')
}

/** An instant as a wall clock in Vietnam shows it, or a dash. */
export function localTime(at: Date | null | undefined): string {
  if (!at) return '–'
  return new Date(at.getTime() + 7 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ')
}
