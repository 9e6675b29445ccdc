/** How a profile says that documents are listed: by day of issue, page by page, and by day of change. */
import { z } from 'zod'
import { strict, text } from '#config/sources.ts'
import { writtenForms } from '#src/domain/written-date.ts'
import { headers, lacks, none, params, path, success, urlPath } from './call.ts'

const placeholders = ['from', 'until', 'page', 'offset', 'next', 'pageSize']

/** A second listing, of what was changed in the days, whatever its day of issue. What it leaves out is as in the first. */
const changed = strict({
  path: urlPath().optional(),
  params: params(...placeholders),
  headers,
  dateFormat: z.enum(writtenForms).optional(),
}).superRefine((call, context) => {
  if (lacks(call, 'from'))
    context.addIssue({ code: 'custom', path: ['params'], message: 'no parameter holds {from}' })
})

export const list = strict({
  path: urlPath(),
  params: params(...placeholders),
  headers,
  window: z.enum(['issued', 'none']).default('issued'),
  dateFormat: z.enum(writtenForms).default('iso'),
  firstPage: z.int().min(0).max(1).default(1),
  paging: z.enum(['offset', 'stable']).default('offset'),
  next: path.optional(),
  success,
  items: path,
  /** Never the end of a list: what came is compared with it. */
  total: path.optional(),
  /**
   * How many rows the total counts and the list never shows, and who of the source's operators said so. Up to so many
   * fewer are a whole list.
   */
  totalCountsHidden: strict({ rows: z.int().min(1).max(1000), authority: text }).optional(),
  none,
  /** True where a row shows every field that the gate names; otherwise only the detail is looked at. */
  rowsDecide: z.boolean().default(false),
  changed: changed.optional(),
}).superRefine((call, context) => {
  const problem = (message: string) =>
    context.addIssue({ code: 'custom', path: ['params'], message })
  if (call.totalCountsHidden && call.total === undefined)
    problem(
      'without list.total nothing counts hidden rows: remove totalCountsHidden, or give total',
    )
  const ways = waysOn(call)
  for (const name of ['page', 'offset', 'next'])
    if (call.changed && !lacks(call, name) && lacks(call.changed, name))
      context.addIssue({
        code: 'custom',
        path: ['changed', 'params'],
        message: `no parameter holds {${name}}, by which list.params go on`,
      })
  if (ways.length > 1) problem(`${ways.join(' and ')} are two ways to a further page: keep one`)
  if (!lacks(call, 'next') && call.next === undefined)
    problem('{next} needs list.next, the place of the next page’s mark in the answer')
  if (call.window === 'none') {
    if (!lacks(call, 'from') || !lacks(call, 'until'))
      problem('window: none says that no days can be asked for: remove {from} and {until}')
    if (ways.length > 0)
      problem('window: none is for a source that answers with all it has at once')
    return
  }
  for (const needed of ['from', 'until'])
    if (lacks(call, needed)) problem(`no parameter holds {${needed}}`)
  // A source that knows no pages is read whole, and only its total can prove that.
  if (ways.length === 0 && call.total === undefined)
    problem('no parameter holds {page} or {offset}, and neither next nor total is given')
})

type Paged = {
  readonly params: Readonly<Record<string, string>>
  readonly next?: string | undefined
}

function waysOn(call: Paged): string[] {
  return [
    ...(lacks(call, 'page') ? [] : ['{page}']),
    ...(lacks(call, 'offset') ? [] : ['{offset}']),
    ...(call.next === undefined ? [] : ['next']),
  ]
}

/** Otherwise what the first answer lists is all that can be asked for. */
export function hasPages({ list: call }: { readonly list: Paged }): boolean {
  return waysOn(call).length > 0
}
