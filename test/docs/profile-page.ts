/** `docs/profile.md`, made from the schema, the sentences of `docs/profile/keys.yaml` and the examples beside them. */
import { stringify } from 'yaml'
import { restProfile } from '#connectors/rest/profile.ts'
import type { Example } from './profile-example.ts'
import { type Key, keysOf } from './profile-keys.ts'

export type Sentences = Readonly<Record<string, string>>

export const keys = keysOf(restProfile)

/** A key's own sentence, or the one of all that end like it. */
export function sentenceOf(path: string, sentences: Sentences): string | undefined {
  const endings = Object.keys(sentences).filter(
    (one) => one.startsWith('*.') && path.endsWith(one.slice(1)),
  )
  const longest = endings.sort((a, b) => b.length - a.length)[0]
  return sentences[path] ?? (longest === undefined ? undefined : sentences[longest])
}

export function pageOf(sentences: Sentences, examples: readonly Example[]): string {
  const sections = [...new Set(keys.map(({ path }) => path.split(/[.[]/)[0]!))]
  const alone = sections.filter((section) => keysIn(section).length === 1)
  const tables = [
    table('The source', alone.flatMap(keysIn)),
    ...sections
      .filter((one) => !alone.includes(one))
      .map((one) => table(`\`${one}\``, keysIn(one))),
  ]
  return `${intro}\n${tables.join('\n')}\n${examples.map(exampleText).join('\n')}`

  function table(title: string, rows: readonly Key[]): string {
    const lines = rows.map((key) => {
      const { path, takes, without } = key
      const missing = without === undefined ? 'required' : without === null ? '' : `\`${without}\``
      return `| \`${path}\` | ${takes || 'settings'} | ${missing} | ${cell(sentenceOf(path, sentences) ?? '')} | ${shown(path, examples)} |`
    })
    const head =
      '| key | takes | without it | what it says | example |\n| --- | --- | --- | --- | --- |'
    return `## ${title}\n\n${head}\n${lines.join('\n')}\n`
  }
}

function keysIn(section: string): Key[] {
  return keys.filter(({ path }) => path.split(/[.[]/)[0] === section)
}

/** As the first example has it, with the way to all of that. */
function shown(path: string, examples: readonly Example[]): string {
  for (const { name, title, profile } of examples) {
    const found = valuesAt(profile, path)[0]
    if (found === undefined) continue
    const text = JSON.stringify(found)
    const short = text.length <= 60 ? `\`${cell(text)}\`, ` : ''
    return `${short}[${name}](#${anchor(title)})`
  }
  return ''
}

/** Of `gate.signals[].field` every signal's. A word that stands for settings is not them. */
export function valuesAt(profile: unknown, path: string): unknown[] {
  const steps = path.replaceAll('[]', '.[]').split('.')
  return steps.reduce<unknown[]>(
    (nodes, step) =>
      nodes.flatMap((node) => {
        if (step === '[]') return Array.isArray(node) ? node : []
        const isObject = typeof node === 'object' && node !== null && !Array.isArray(node)
        return isObject && Object.hasOwn(node, step)
          ? [(node as Record<string, unknown>)[step]]
          : []
      }),
    [profile],
  )
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}

function anchor(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s-]/gu, '')
    .replaceAll(' ', '-')
}

function exampleText({ title, says, written, exchanges, shows }: Example): string {
  const wire = exchanges.map(({ ask, with: carried = {}, body, answer }) =>
    [
      ask,
      ...Object.entries(carried).map(([name, value]) => `${name}: ${value}`),
      ...(body === undefined ? [] : [body]),
      `  ${answer.status ?? 200} ${answer.json === undefined ? (answer.body ?? '') : JSON.stringify(answer.json)}`,
    ].join('\n'),
  )
  return [
    `## ${title}\n\n${says}\n`,
    `\`\`\`yaml\n${stringify(written, { lineWidth: 110, aliasDuplicateObjects: false }).trimEnd()}\n\`\`\`\n`,
    `What is asked, and answered:\n\n\`\`\`text\n${wire.join('\n\n')}\n\`\`\`\n`,
    `What comes of it:\n\n\`\`\`yaml\n${stringify(shows, { lineWidth: 110 }).trimEnd()}\n\`\`\`\n`,
  ].join('\n')
}

const intro = `# The profile of a REST source

<!-- Made by \`npm run profile-page\` from the schema, docs/profile/keys.yaml and the examples beside it. -->

How another document-management system is connected without code. Begin with the example that is most like it, put in its
places and literals, and hold it against the source: \`chidao check\`, then \`chidao gate NAME --stdin\` with a document of each
kind, a secret one among them, then \`chidao resync NAME --dry-run --reason TEXT\`.

A **place** is where a value stands in an answer or an item. It is the name of a field, exactly as the source writes it
(\`@odata.count\`), or a JSON pointer (RFC 6901) for a field of a field: \`/pagination/total\`, \`/data/0\`; \`~1\` stands for \`/\` and \`~0\`
for \`~\` in a name. The empty text is the whole. Names joined by dots (\`pagination.total\`) are fields of fields as well, where no
field has that very name.

A **literal** counts only as it is written: \`1\` and \`"1"\` differ, and so do \`Thường\` and \`thường\`.

What is *required* is so where its section is there. \`{name}\` in a path or a parameter is filled in. An address that the source itself gives is followed on the host of \`baseUrl\` only.
`
