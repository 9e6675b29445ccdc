import { longest, shortestAuthority } from '../../domain/act.ts'
import { both } from './both.ts'

/** What an act demands of whoever does it, and what was wrong with what was given. */
export const actWords = both(
  {
    authority: 'Căn cứ',
    authorityHint: `Bắt buộc, ở lại vĩnh viễn: văn bản hoặc ý kiến làm căn cứ, có chữ và có số, ví dụ “CV 12/VP-TH” hoặc “ý kiến Chánh Văn phòng ngày 5/9”. Không ghi nội dung mật.`,
    wrong: {
      reason: {
        missing: 'Phải ghi lý do.',
        marked: 'Lý do chưa đủ điều kiện ghi vào hệ thống; không giữ lại gì của nó. Hãy viết lại.',
        tooLong: `Lý do dài quá ${longest.reason} ký tự; hãy viết ngắn hơn.`,
        unfounded: 'Lý do chưa rõ; hãy viết lại.',
      },
      authority: {
        missing: 'Phải ghi căn cứ.',
        marked: 'Căn cứ chưa đủ điều kiện ghi vào hệ thống; không giữ lại gì của nó. Hãy viết lại.',
        tooLong: `Căn cứ dài quá ${longest.authority} ký tự; hãy viết ngắn hơn.`,
        unfounded: `Căn cứ phải nêu văn bản hoặc ý kiến: ít nhất ${shortestAuthority} ký tự, có chữ và có số, ví dụ “CV 12/VP-TH”.`,
      },
    },
    typeCode: (name: string) => `Gõ số/ký hiệu ${name} để xác nhận`,
    typeId: (name: string) => `Gõ mã ${name} của văn bản để xác nhận`,
    typeCount: (n: number) => `Gõ số văn bản (${n}) để xác nhận`,
    typeHint: 'Để chắc chắn rằng đây là điều muốn làm.',
    wrongName: 'Số/ký hiệu hoặc mã đã gõ không đúng; chưa làm gì.',
    wrongCount: 'Số đã gõ không đúng; chưa làm gì.',
    oneByOne: 'Xóa hẳn thì làm từng văn bản một; chưa làm gì.',
    goes: 'Sẽ mất hẳn',
    copies: 'Văn bản và bản trùng',
    files: 'Tệp',
    tasks: 'Nhiệm vụ',
    replies: 'Trả lời',
    done: {
      purge: 'Đã xóa hẳn.',
      withhold: 'Đã giữ lại; văn bản không còn hiện ở đâu.',
      recall: 'Đã thu hồi; thời hạn đã dừng.',
      undoRecall: 'Đã lấy lại việc thu hồi; thời hạn chạy tiếp.',
    },
    purgedAs: (id: string) => `Mã của việc xóa: ${id}.`,
    tellSource: 'Báo nguồn',
    tell: { done: 'đã nhận', fail: 'không nhận được' },
    tellHint: 'Nguồn được báo khi không còn tệp nào của thông điệp phải chờ.',
  },
  {
    authority: 'Authority',
    authorityHint:
      'Required, and it stays for ever: the decision that this rests on, with a letter and a digit, such as “CV 12/VP-TH” or “the Chief of Office, 5 September”. Nothing secret here.',
    wrong: {
      reason: {
        missing: 'A reason has to be given.',
        marked: 'The reason is not eligible; nothing of it was kept. Write it differently.',
        tooLong: `The reason is longer than ${longest.reason} characters; write it shorter.`,
        unfounded: 'The reason is not clear; write it differently.',
      },
      authority: {
        missing: 'An authority has to be given.',
        marked: 'The authority is not eligible; nothing of it was kept. Write it differently.',
        tooLong: `The authority is longer than ${longest.authority} characters; write it shorter.`,
        unfounded: `The authority must name a decision: ${shortestAuthority} characters at least, with a letter and a digit, such as “CV 12/VP-TH”.`,
      },
    },
    typeCode: (name) => `Type the code ${name} to confirm`,
    typeId: (name) => `Type the id ${name} of the directive to confirm`,
    typeCount: (n) => `Type the number of directives (${n}) to confirm`,
    typeHint: 'To be sure that this is what is wanted.',
    wrongName: 'The code or id typed is not the right one; nothing was done.',
    wrongCount: 'The number typed is not the right one; nothing was done.',
    oneByOne: 'Removing for good goes one directive at a time; nothing was done.',
    goes: 'Will be gone for good',
    copies: 'Directive and copies',
    files: 'Files',
    tasks: 'Tasks',
    replies: 'Replies',
    done: {
      purge: 'Removed for good.',
      withhold: 'Withheld; it is shown nowhere any more.',
      recall: 'Recalled; its clocks have stopped.',
      undoRecall: 'The recall is taken back; its clocks run on.',
    },
    purgedAs: (id) => `Id of the removal: ${id}.`,
    tellSource: 'Tell the source',
    tell: { done: 'it was taken', fail: 'it was not' },
    tellHint: 'It is told when no file of its message is waited for any more.',
  },
)
