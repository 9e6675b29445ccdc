/** What `sync.sought_words` puts into the index of words, as a question asks for it. */

/** Marks a word as one of the issuer's, or of the signer's. */
type Kind = '' | 'i:' | 's:'

export const hasWords = `sync.sought_words(d.code, d.subject, d.summary, d.type_name, d.issuer, d.signer_name, d.source, d.issued_on)`

/** All of these words; the last may go on, as somebody is still typing it, unless it is a number or a year. */
export function asQuery(words: readonly string[], kind: Kind = ''): string {
  return words
    .map(
      (word, at) =>
        `'${kind}${word}'${at === words.length - 1 && !isNumber.test(word) ? ':*' : ''}`,
    )
    .join(' & ')
}

export function ofSource(name: string): string {
  return `'f:${name.replaceAll(/['\\]/g, '$&$&')}'`
}

const isNumber = /^\d+$/
