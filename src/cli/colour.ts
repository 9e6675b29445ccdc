import type { WriteStream } from 'node:tty'
import { styleText } from 'node:util'

/**
 * Colours where a terminal shows them. Node decides for each stream: none without a terminal, with NO_COLOR or
 * with TERM=dumb; FORCE_COLOR overrules all three. What a colour says is always said by a word or a sign as well.
 */
type Meaning = 'title' | 'term' | 'good' | 'attention' | 'bad'

const styles = {
  title: 'bold',
  term: 'cyan',
  good: 'green',
  attention: 'yellow',
  bad: 'red',
} as const satisfies Record<Meaning, Parameters<typeof styleText>[0]>

export function coloured(
  meaning: Meaning,
  text: string,
  stream: NodeJS.WriteStream | WriteStream = process.stdout,
): string {
  return styleText(styles[meaning], text, { stream })
}

export function hasColours(stream: NodeJS.WriteStream | WriteStream): boolean {
  return coloured('bad', 'x', stream) !== 'x'
}
