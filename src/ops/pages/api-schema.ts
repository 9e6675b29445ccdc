/** What OpenAPI says of the JSON API. Rows have the fields of the pages; further ones may come. */
const anything = { type: 'object', additionalProperties: true } as const

const answer = (description: string, schema: object = anything) => ({
  description,
  response: { 200: { description, ...schema } },
})

const listed = {
  type: 'object',
  required: ['rows', 'after', 'before'],
  properties: {
    rows: { type: 'array', items: anything },
    after: {
      type: ['string', 'null'],
      description: 'Give it back as "after" for the next page; null at the end.',
    },
    before: { type: ['string', 'null'], description: 'The same for the page before.' },
  },
} as const

export const answers = {
  overview: answer(
    'Deadlines, what is past them without its full text, sources, the oldest that waits, and how much needs attention.',
  ),
  directive: answer(
    'One directive with its files (each waiting, stored or unusable, and why), timeline, messages, sends and tasks; "servedBy": the copy of the same document whose files serve it while its own full text is not here.',
  ),
  run: answer('One reading of a source with its balance.'),
  list: answer('A page of rows.', listed),
}

const text = (description: string) => ({ type: 'string', description }) as const
const paging = {
  after: text('Where the page begins: "after" of the page before.'),
  before: text('Where the page ends: "before" of the page behind.'),
  limit: text('How many rows, 500 at most; 50 unless told.'),
}

const asked = (summary: string, properties: object) => ({
  summary,
  querystring: { type: 'object', properties },
})

export const questions = {
  deadlines: asked(
    'What is not classified yet, nearest deadline first, with whether its full text and all files are here.',
    {
      pressing: text('overdue, soon (within 24 hours) or later'),
      urgency: text('normal, urgent, veryUrgent, flash or unreadable'),
      source: text('Name of a source'),
      kind: text('Type of document'),
      issuer: text('Words of the issuer, with or without diacritics'),
      day: text('Due on this date, YYYY-MM-DD'),
      ...paging,
    },
  ),
  directives: asked('Directives, newest first; with state=open by time left.', {
    q: text('A code as printed or normalised, or words of the subject without diacritics'),
    issuer: text('Words of the issuer'),
    signer: text('Words of the signer'),
    from: text('Issued from, YYYY-MM-DD'),
    until: text('Issued until, YYYY-MM-DD'),
    state: text('open, classified, refused or recalled'),
    source: text('Name of a source'),
    ...paging,
  }),
  attention: asked(
    'What waits for a person: overdue, soon due, without full text, alerts, then the nearest endangered deadline.',
    {
      kind: text('One kind'),
      source: text('Name of a source'),
      page: text('Number of the page'),
      limit: paging.limit,
    },
  ),
  runs: asked('Readings of the sources, newest first.', {
    source: text('Name of a source'),
    kind: text('head, deep, backfill, recheck, resync or rolling'),
    state: text('due, running, done, open or failed'),
    ...paging,
  }),
}
