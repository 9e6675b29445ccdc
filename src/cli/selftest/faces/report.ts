import { table } from '../../output.ts'
import { type FaceTrial, isRight } from './run.ts'
import type { Telling } from './telling.ts'

/** One line for each face. */
export function facesTable(trials: readonly FaceTrial[]): string {
  const header = [
    ...[
      'nguồn',
      'mất',
      'trùng',
      'sai tệp',
      'báo đủ sai',
      'báo thừa',
      'báo sau (lần hỏi)',
      'kết quả',
    ],
    'sai thế nào',
  ]
  return table(
    header,
    trials.map((trial) => [
      ...[trial.face, trial.lost, trial.doubled, trial.wrongFiles].map(String),
      String(trial.falselyComplete),
      trial.untrue.join(' ') || '0',
      toldIn(trial),
      isRight(trial) ? 'ok' : 'NOT OK',
      trial.title,
    ]),
  )
}

function toldIn({ told, toldOfAct }: FaceTrial): string {
  const words = [told, toldOfAct].filter((one) => one !== undefined).map(wordOf)
  return words.length === 0 ? 'tự khắc phục / mended' : words.join('; ')
}

function wordOf(telling: Telling): string {
  return telling === null ? 'chưa báo / not told' : String(telling)
}
