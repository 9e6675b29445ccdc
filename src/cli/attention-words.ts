import type { Places } from '#connectors/connector.ts'
import { sentencesOf } from '../alerts/wording.ts'
import type { AlertKind, Figures } from '../domain/alert.ts'
import type { Attention } from '../store/attention.ts'
import type { AttentionKind } from '../store/attention-kinds.ts'
import type { Pair, WhyTwo } from '../store/may-be-same.ts'
import { sideOf, whyTwo } from './copies-words.ts'
import { explainDoubt } from './doubt-words.ts'
import { explainFailure } from './failure-words.ts'
import { explainNotAdmitted } from './not-admitted-words.ts'
import { localTime } from './output.ts'
import { unusableWords } from './unusable-words.ts'
import { withheldBecause } from './withheld-words.ts'

/** Why it waits, Vietnamese first. Nothing here says what a directive is about. */
export function explainAttention(
  { kind, id, source, cause, detail }: Attention,
  places: Places = {},
): string {
  switch (kind) {
    case 'overdue':
      return 'đã quá hạn mà chưa phân loại; phân loại ngay / not classified, and its legal deadline has passed: classify it now'
    case 'dueSoon':
      return 'chưa phân loại mà sắp hết hạn; phân loại trước hạn / not classified, and its legal deadline is near: classify it in time'
    case 'releasedLate':
      return 'nguồn phát hành chậm: đến nơi thì đã hết hạn phân loại; vẫn phải phân loại, không quyết định mã thoát / released late by its source, when its legal time was over: it is still to be classified, and decides no exit code'
    case 'foundLate':
      return `tìm thấy muộn: ban hành ${detail.issuedOn}, lẽ ra một lượt đọc trước đã phải thấy; xem các lượt đọc của những ngày ấy, báo nhà phát triển nếu không rõ vì sao / found late: an earlier reading should have met it; look at the runs of its days, and report it where they do not say why`
    case 'withoutText':
      return `đã hết hạn phân loại mà chưa có toàn văn (${whyNot(cause)}); lấy lại, hoặc xin tệp của nơi gửi rồi nộp / its legal deadline has passed and its full text is not here: fetch it again, or ask its issuer and hand it in`
    case 'doubtedDate':
      return explainDoubt(cause, detail)
    case 'alert': {
      const told = { kind: cause as AlertKind, source, figures: detail as unknown as Figures }
      const { vi, en } = sentencesOf({ ...told, occasion: 'raised' })
      return `${vi} / ${en}`
    }
    case 'undelivered':
      return `cảnh báo qua ${id} chưa đến nơi (${cause}) / alerts by ${id} do not arrive`
    case 'stagingFailed':
    case 'conflict':
    case 'sourceFailing':
      return explainFailure(cause, places)
    case 'messageDeferred':
      return `${explainFailure(cause, places)}${detail.issuer ? `; của / from ${detail.issuer}` : ''}`
    case 'sendRejected':
      return `nguồn từ chối ${detail.answer ?? ''}; sửa rồi gửi lại, hoặc xử lý cách khác / the source refused it: mend it and send again, or deal with it otherwise`
    case 'sendUnconfirmed':
      return `chưa rõ nguồn đã nhận chưa (${explainFailure(cause)}) / whether the source has it is not known`
    case 'notAdmitted':
      return explainNotAdmitted(String(detail.act), cause)
    case 'withheld':
      return withheldBecause[cause as keyof typeof withheldBecause]
    case 'mayBeSame': {
      const { one, other } = detail as unknown as Pair
      return `${whyTwo[cause as WhyTwo]}: ${sideOf(one)}; ${sideOf(other)}`
    }
    case 'fuse':
      return `nguồn làm ${detail.counted} trên ${detail.outOf} văn bản ${fuseActs[cause] ?? cause}: đúng hay lỗi? / is the source right, or having a bad day?`
    case 'unmappedCode':
      return `hồ sơ nguồn chưa biết mã "${detail.code}" của ${detail.field}, gặp ${detail.count} lần / the profile does not know this code, met ${detail.count} times`
    case 'formRefused':
      return `${detail.count} văn bản đã ban hành, đúng phạm vi, chỉ vì trường "${detail.field}" thiếu hoặc không đọc được mà chưa vào được; trước đó không có. Nguồn đổi cách ghi? Xem lại map trong hồ sơ nguồn / issued documents in scope that the field "${detail.field}" alone keeps out, missing or unreadable, where there were none: does the source write it otherwise? Review map in its profile`
    case 'fileMissing':
      return `${detail.files} tệp chưa lấy được${detail.fullText ? ', trong đó có toàn văn' : ''} (${whyNot(cause)}); dịch vụ thử lại lúc ${localTime(new Date(String(detail.dueAt)))} / files that could not be fetched${detail.fullText ? ', the full text among them' : ''}; the service tries again by itself`
    case 'fileUnusable':
      return `đã chuyển nhưng thiếu ${detail.files} tệp: ${unusableWords[cause] ?? cause}; hỏi nơi gửi / staged without ${detail.files} of its files: ask its issuer for them`
    case 'undecided':
      return `${detail.count} mục chưa đọc được để quyết định (${explainFailure(cause)}) / items that cannot be read far enough to decide`
    case 'unbalanced':
      return `lượt đọc cho ${detail.allowed} mục nhưng chỉ ghi ${detail.accountedFor}; báo nhà phát triển / a reading that does not add up: report it`
    case 'listShort':
      return shortBy(detail)
    case 'nameGiven':
      return `nguồn dùng mã ${detail.name} của văn bản này cho văn bản khác (${detail.now ?? 'chưa chuyển'}): số, ngày và trích yếu đều khác; cả hai được giữ / its source gave its id to another document: number, day and subject all differ, and both are kept`
    case 'contradiction':
      return contradictions[cause] ?? cause
    case 'waitsForOther':
      return `${detail.resync ? 'yêu cầu đọc lại' : 'lượt đọc'} ngày ${detail.from} – ${detail.until} chờ nguồn ${detail.waitsFor}${detail.failure ? ` (${explainFailure(String(detail.failure))})` : ''}; sửa nguồn đó, hoặc không chờ nó / waits for ${detail.waitsFor}, which may call secret what this one does not: mend that one, or waive it`
    case 'sourcePaused':
      return `người tạm dừng: ${detail.by}: ${detail.reason} / paused by a person; legal clocks go on`
  }
}

/** Where it is always by as much, it may be rows that nobody is shown: then the profile says so, by authority. */
function shortBy({ counted, listed, from, until, surplus }: Attention['detail']): string {
  const isConstant = typeof surplus === 'number'
  const accepted = `list.totalCountsHidden: { rows: ${surplus}, authority: "…" }`
  const vi = [
    `nguồn đếm ${counted} dòng nhưng chỉ liệt kê ${listed}`,
    `các ngày ${from} – ${until} chưa được coi là đầy đủ`,
    isConstant
      ? `lần nào cũng hơn ${surplus}: nếu đơn vị vận hành nguồn xác nhận đó là dòng không ai được xem, khai trong hồ sơ nguồn ${accepted}`
      : 'hỏi đơn vị vận hành nguồn số nào đúng',
  ]
  const en = [
    `the source counts ${counted} rows and lists ${listed}`,
    'these days are not said to be complete',
    isConstant
      ? `always by ${surplus}: if its operators say that nobody is shown those rows, write in its profile ${accepted}`
      : 'ask its operators which of the two is right',
  ]
  return `${vi.join('; ')} / ${en.join('; ')}`
}

/** What settles it, as it is typed. */
export function settling({ kind, id, source, cause, code, detail }: Attention): string[] {
  const why = '--reason "…"'
  switch (kind) {
    case 'overdue':
    case 'dueSoon':
    case 'releasedLate':
      return [`chidao show ${quoted(code ?? id)}`]
    case 'foundLate':
      return [`chidao show ${quoted(code ?? id)}`, 'chidao runs']
    case 'withoutText':
      return [
        `chidao show ${quoted(code ?? id)}`,
        ...(detail.state === 'waiting' ? [`chidao files retry ${id} ${why}`] : []),
        `chidao files hand-in FILE PATH ${why} --yes`,
      ]
    case 'doubtedDate':
      return [
        `chidao show ${quoted(code ?? id)}`,
        ...['accept', 'keep'].map((act) => `chidao dates ${act} ${id} ${why} --yes`),
      ]
    case 'alert':
      return ['chidao alerts']
    case 'undelivered':
      return [`chidao alerts test --channel ${id}`]
    case 'stagingFailed':
      return [`chidao failed retry ${id} ${why}`, `chidao failed discard ${id} ${why} --yes`]
    case 'conflict':
      return [
        ...(code === null ? [] : [`chidao show ${quoted(code)}`]),
        `chidao failed discard ${id} ${why} --yes`,
      ]
    case 'messageDeferred':
      return [
        ...(cause === 'revoke'
          ? [`chidao recall ${code === null ? 'CODE' : quoted(code)} ${why} --authority "…" --yes`]
          : []),
        `chidao failed discard ${id} ${why} --yes`,
      ]
    case 'sendRejected':
    case 'sendUnconfirmed':
      return [
        ...(detail.sends === 'reply' ? [`chidao replies show ${id}`] : []),
        ...['delivered', 'again', 'settled'].map(
          (as) => `chidao replies settle ${id} --as ${as} ${why} --yes`,
        ),
      ]
    case 'notAdmitted':
      return [
        ...(code === null ? [] : [`chidao show ${quoted(code)}`]),
        `chidao failed discard ${id} ${why} --yes`,
      ]
    case 'fileMissing':
      return ['chidao files', `chidao files retry ${id} ${why}`]
    case 'fileUnusable':
      return [`chidao show ${quoted(code ?? id)}`, `chidao files settle ${id} ${why} --yes`]
    case 'withheld':
      return [
        `chidao withheld release ${id} ${why} --yes`,
        `chidao purge ${id} --authority "…" --dry-run`,
      ]
    case 'mayBeSame':
      return [
        'chidao copies',
        `chidao copies same ${id} ${why} --yes`,
        `chidao copies two ${id} ${why} --yes`,
      ]
    case 'fuse':
      return [
        `chidao fuses answer ${source} ${cause} --with keep ${why}`,
        `chidao fuses answer ${source} ${cause} --with proceed --count ${detail.counted} ${why} --yes`,
      ]
    case 'formRefused':
      return ['chidao check', `chidao resync ${source} --all ${why}`]
    case 'unmappedCode':
      return ['chidao check', `chidao resync ${source} --all ${why}`]
    case 'undecided':
    case 'listShort':
      return [
        `chidao runs ${detail.run}`,
        `chidao resync ${source} --since ${detail.from} --until ${detail.until} ${why}`,
      ]
    case 'nameGiven':
      return [
        `chidao show ${quoted(code ?? id)}`,
        ...(detail.nowId ? [`chidao show ${detail.nowId}`] : []),
        `chidao copies two ${id} ${why} --yes`,
      ]
    case 'contradiction':
      return [`chidao show ${quoted(code ?? id)}`]
    case 'unbalanced':
      return [`chidao runs ${id}`, `chidao resync ${source} --all ${why}`]
    case 'sourceFailing':
      return ['chidao check', `chidao pause ${source} --until 2h ${why}`]
    case 'waitsForOther':
      return [
        ...(detail.resync ? [`chidao resync show ${id}`] : []),
        'chidao check',
        `chidao waivers give ${detail.waitsFor} ${detail.resync ? `--resync ${id}` : `--for ${source}`} --until 1d ${why} --yes`,
      ]
    case 'sourcePaused':
      return [`chidao resume ${source} ${why}`]
  }
}

/** How it is called in one list and the other, Vietnamese first. */
export const kindWords: Readonly<Record<AttentionKind, string>> = {
  overdue: 'quá hạn phân loại / overdue',
  dueSoon: 'sắp hết hạn / due soon',
  withoutText: 'thiếu toàn văn / without full text',
  doubtedDate: 'ngày ban hành đáng ngờ / doubted date',
  foundLate: 'tìm thấy muộn / found late',
  alert: 'cảnh báo / alert',
  stagingFailed: 'chưa chuyển được / not staged',
  fileMissing: 'tệp chưa lấy được / files not fetched',
  fileUnusable: 'tệp không dùng được / unusable file',
  conflict: 'mâu thuẫn / conflict',
  messageDeferred: 'thông điệp chờ / message waiting',
  sendRejected: 'nguồn từ chối / refused',
  sendUnconfirmed: 'chưa rõ kết cục / unconfirmed',
  notAdmitted: 'nội dung ghi chưa được nhận / entry not admitted',
  withheld: 'đang giữ lại / withheld',
  mayBeSame: 'có thể là một văn bản / may be the same',
  fuse: 'chờ trả lời / question',
  unmappedCode: 'mã chưa khai báo / unmapped code',
  formRefused: 'trường thiếu hoặc không đọc được / form',
  undecided: 'chưa đọc được / undecided',
  unbalanced: 'số liệu không khớp / does not balance',
  listShort: 'danh sách thiếu so với số đếm / list short of its count',
  nameGiven: 'mã đã dùng cho văn bản khác / id given to another',
  contradiction: 'nguồn tự mâu thuẫn / contradiction',
  waitsForOther: 'chờ nguồn khác / waits for another source',
  sourceFailing: 'nguồn lỗi / source failing',
  sourcePaused: 'nguồn tạm dừng / source paused',
  releasedLate: 'phát hành chậm / released late',
  undelivered: 'cảnh báo chưa gửi được / alerts not delivered',
}

/** Of a file: why it was not fetched, or why nothing of it will be stored. */
function whyNot(cause: string): string {
  return unusableWords[cause] ?? explainFailure(cause)
}

/** A code is what its source wrote: it goes into a shell as one word, whatever stands in it. */
function quoted(text: string): string {
  return /^[\p{L}\p{N}/_.-]+$/u.test(text) && !text.startsWith('-')
    ? text
    : `'${text.replaceAll("'", String.raw`'\''`)}'`
}

const contradictions: Readonly<Record<string, string>> = {
  atOnce:
    'nguồn liệt kê văn bản này nhiều dòng khác nhau cùng lúc; kho giữ một; báo đơn vị vận hành nguồn / its source lists it in several rows that differ: the store keeps one, tell its operators',
  inTurns:
    'nguồn lúc trả nội dung này, lúc trả nội dung khác; kho giữ bản đọc sau cùng; báo đơn vị vận hành nguồn / its source shows now one version of it, now another: the store keeps what was read last, tell its operators',
}

const fuseActs: Readonly<Record<string, string>> = {
  withhold: 'bị giữ lại / withheld',
  recall: 'bị thu hồi / recalled',
  purge: 'bị xóa hẳn / purged',
}
