import type { Knex } from 'knex'
import { directivePage } from './directive.ts'
import { figures } from './figures.ts'
import { wayBackPage } from './replies.ts'
import { runsPage } from './runs.ts'
import { search } from './search.ts'
import { waiting } from './waiting.ts'

/** What the operators' pages are made of. Nothing that is withheld is in any of it, but for how much that is. */
export function pages(db: Knex) {
  return {
    waiting: waiting(db),
    search: search(db),
    directive: directivePage(db),
    figures: figures(db),
    wayBack: wayBackPage(db),
    runs: runsPage(db),
  }
}
