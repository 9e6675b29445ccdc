import type { Attention } from '../store/attention.ts'
import { explainFailure } from './failure-words.ts'
import { withheldBecause } from './withheld-words.ts'

/** Why it waits, Vietnamese first. Nothing here says what a directive is about. */
export function explainAttention({ kind, cause, detail }: Attention): string {
  switch (kind) {
    case 'stagingFailed':
    case 'conflict':
    case 'messageDeferred':
    case 'sourceFailing':
      return explainFailure(cause)
    case 'sendRejected':
      return `nguồn từ chối ${detail.answer ?? ''}; sửa rồi gửi lại, hoặc xử lý cách khác / the source refused it: mend it and send again, or deal with it otherwise`
    case 'sendUnconfirmed':
      return `chưa rõ nguồn đã nhận chưa (${explainFailure(cause)}) / whether the source has it is not known`
    case 'withheld':
      return withheldBecause[cause as keyof typeof withheldBecause]
    case 'fuse':
      return `nguồn làm ${detail.counted} trên ${detail.outOf} văn bản ${fuseActs[cause] ?? cause}: đúng hay lỗi? / is the source right, or having a bad day?`
    case 'unmappedCode':
      return `hồ sơ nguồn chưa biết mã "${detail.code}" của ${detail.field}, gặp ${detail.count} lần / the profile does not know this code, met ${detail.count} times`
    case 'undecided':
      return `${detail.count} mục chưa đọc được để quyết định (${explainFailure(cause)}) / items that cannot be read far enough to decide`
    case 'unbalanced':
      return `lượt đọc cho ${detail.allowed} mục nhưng chỉ ghi ${detail.accountedFor}; báo nhà phát triển / a reading that does not add up: report it`
    case 'listShort':
      return `nguồn đếm ${detail.counted} dòng nhưng chỉ liệt kê ${detail.listed}; các ngày ${detail.from} – ${detail.until} chưa được coi là đầy đủ; hỏi đơn vị vận hành nguồn số nào đúng / the source counts ${detail.counted} rows and lists ${detail.listed}: these days are not said to be complete; ask its operators which of the two is right`
    case 'sourcePaused':
      return `người tạm dừng: ${detail.by}: ${detail.reason} / paused by a person; legal clocks go on`
  }
}

/** What settles it, as it is typed. */
export function settling({ kind, id, source, cause, code, detail }: Attention): string[] {
  const why = '--reason "…"'
  switch (kind) {
    case 'stagingFailed':
      return [`chidao failed retry ${id} ${why}`, `chidao failed discard ${id} ${why} --yes`]
    case 'conflict':
      return [
        ...(code === null ? [] : [`chidao show ${code}`]),
        `chidao failed discard ${id} ${why} --yes`,
      ]
    case 'messageDeferred':
      return [
        ...(cause === 'revoke' ? [`chidao recall CODE ${why} --authority "…" --yes`] : []),
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
    case 'withheld':
      return [
        `chidao withheld release ${id} ${why}`,
        `chidao purge ${id} --authority "…" --dry-run`,
      ]
    case 'fuse':
      return [
        `chidao fuses answer ${source} ${cause} --with keep ${why}`,
        `chidao fuses answer ${source} ${cause} --with proceed ${why} --yes`,
      ]
    case 'unmappedCode':
      return ['chidao check', `chidao resync ${source} --all ${why}`]
    case 'undecided':
      return [
        `chidao runs ${detail.run}`,
        `chidao resync ${source} --since ${detail.from} --until ${detail.until} ${why}`,
      ]
    case 'listShort':
      return [
        `chidao runs ${detail.run}`,
        `chidao resync ${source} --since ${detail.from} --until ${detail.until} ${why}`,
      ]
    case 'unbalanced':
      return [`chidao runs ${id}`, `chidao resync ${source} --all ${why}`]
    case 'sourceFailing':
      return ['chidao check', `chidao pause ${source} --until 2h ${why}`]
    case 'sourcePaused':
      return [`chidao resume ${source} ${why}`]
  }
}

const fuseActs: Readonly<Record<string, string>> = {
  withhold: 'bị giữ lại / withheld',
  recall: 'bị thu hồi / recalled',
  purge: 'bị xóa hẳn / purged',
}
