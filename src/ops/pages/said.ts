import {
  type Act,
  demands,
  nameToType,
  type Refused,
  readable,
  type Saying,
} from '../../domain/act.ts'
import type { Purgeable } from '../../store/purging.ts'
import { type Html, html } from '../html/html.ts'
import { facts, reasonField } from '../html/parts.ts'
import { actWords } from '../words/acts.ts'
import type { Language } from '../words/both.ts'

export type Given = Readonly<Record<string, string | undefined>>

/** What is wrong with what was said, in sentences; nothing of it is in them. */
export function sentencesFor(refused: readonly Refused[], language: Language): string[] {
  return refused.map(({ saying, why }) => actWords[language].wrong[saying][why])
}

export function problemBox(sentences: readonly string[]): Html | null {
  if (sentences.length === 0) return null
  return html`<p class="consequence danger" role="alert">${sentences.map((sentence, n) => html`${n > 0 && html`<br>`}${sentence}`)}</p>`
}

/** Fields for what the act demands to be said, as it was given, but for what may not be kept. */
export function sayingFields(
  act: Act,
  given: Given,
  refused: readonly Refused[],
  language: Language,
): Html {
  const says: readonly Saying[] = demands[act].says
  const kept = (saying: Saying) =>
    refused.some((one) => one.saying === saying && one.why === 'marked')
      ? ''
      : readable(given[saying])
  const words = actWords[language]
  return html`${says.includes('authority') && html`<div class="field"><label for="authority">${words.authority}</label><input id="authority" name="authority" required maxlength="300" value="${kept('authority')}" aria-describedby="authority-hint"><p class="hint" id="authority-hint">${words.authorityHint}</p></div>`}
${says.includes('reason') && reasonField(language, kept('reason'))}`
}

/** The code, or of what is withheld its short id, has to be typed. */
export function nameField(named: { id: string; code: string | null }, language: Language): Html {
  const { typeCode, typeId } = actWords[language]
  const name = nameToType(named)
  return typedField(named.code === null ? typeId(name) : typeCode(name), 'text', language)
}

export function countField(n: number, language: Language): Html {
  return typedField(actWords[language].typeCount(n), 'numeric', language)
}

function typedField(label: string, mode: 'text' | 'numeric', language: Language): Html {
  return html`<div class="field"><label for="typed">${label}</label><input id="typed" name="typed" required inputmode="${mode}" autocomplete="off" aria-describedby="typed-hint"><p class="hint" id="typed-hint">${actWords[language].typeHint}</p></div>`
}

/** What a purge would take, as the command's look ahead tells it. */
export function whatGoes(found: Purgeable, language: Language): Html {
  const words = actWords[language]
  const { copies, files, tasks, replies } = found
  return html`<section><h2>${words.goes}</h2>${facts([
    [words.copies, copies],
    [words.files, files],
    [words.tasks, tasks],
    [words.replies, replies],
  ])}</section>`
}
