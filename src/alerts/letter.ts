import type { Notice } from '../store/alerts.ts'
import { adviceOf, sentencesOf, severityOf } from './wording.ts'

/** One e-mail for everything that is to be told now: Vietnamese first, the same in English below. */
export function letterOf(notices: readonly Notice[]): { subject: string; text: string } {
  const gravest = [...notices].sort((a, b) => weight(a) - weight(b))
  return {
    subject: `[Chỉ đạo] ${subjectOf(gravest)}`,
    text: `${[part(gravest, 'vi'), part(gravest, 'en')].join('\n\n----\n\n')}\n`,
  }
}

function subjectOf(notices: readonly Notice[]): string {
  const lasting = notices.filter(({ occasion }) => occasion !== 'recovered')
  if (lasting.length === 0) return `${notices.length} cảnh báo đã hết`
  const near = sum(lasting, 'deadlineNear')
  const passed = sum(lasting, 'deadlinePassed')
  const others = lasting.filter(({ kind }) => kind !== 'deadlineNear' && kind !== 'deadlinePassed')
  return [
    ...(passed > 0 ? [`${passed} văn bản quá hạn`] : []),
    ...(near > 0 ? [`${near} văn bản sắp hết hạn`] : []),
    ...(others.length > 0
      ? [near + passed > 0 ? `${others.length} cảnh báo khác` : `${others.length} cảnh báo`]
      : []),
  ].join(', ')
}

function part(notices: readonly Notice[], language: 'vi' | 'en'): string {
  const lines = notices.map((notice) => {
    const todo = notice.occasion === 'recovered' ? '' : `\n  -> ${adviceOf(notice.kind)[language]}`
    return `- ${sentencesOf(notice)[language]}${todo}`
  })
  return [heading[language], ...lines, '', ending[language]].join('\n')
}

const heading = {
  vi: 'Hệ thống Chỉ đạo báo:',
  en: 'The bridge of directives reports:',
}

const ending = {
  vi: 'Thư này không nêu văn bản nào. Xem chi tiết trên trang quản trị hoặc bằng lệnh: chidao alerts',
  en: 'This letter names no directive. See the pages of the service, or run: chidao alerts',
}

function weight({ kind, occasion }: Notice): number {
  return (occasion === 'recovered' ? 2 : 0) + (severityOf(kind) === 'critical' ? 0 : 1)
}

function sum(notices: readonly Notice[], kind: Notice['kind']): number {
  return notices
    .filter((notice) => notice.kind === kind)
    .reduce((total, { figures }) => total + figures.count, 0)
}
