import { html } from 'ghtml'

export interface LoginPage {
  readonly csrf: string
  /** Where to go afterwards; already known to be a path of this server. */
  readonly next: string
  readonly trouble: LoginTrouble | null
}

export type LoginTrouble = 'refused' | 'directoryAway' | 'tooMany' | 'stale'

/** One sentence for every refusal: which part was wrong is not told. */
const troubles: Readonly<Record<LoginTrouble, readonly [string, string]>> = {
  refused: [
    'Không đăng nhập được: sai tên, sai mật khẩu, hoặc tài khoản đang bị khóa. Sai nhiều lần thì tài khoản bị khóa một lúc.',
    'No login: the name or the password is wrong, or the account is locked. Several wrong passwords lock it for a while.',
  ],
  directoryAway: [
    'Máy chủ tài khoản thư công vụ không trả lời; tài khoản riêng của hệ thống vẫn đăng nhập được. Hãy thử lại sau.',
    'The directory of mail accounts does not answer; accounts of this system can still log in. Try again later.',
  ],
  tooMany: [
    'Quá nhiều lần thử từ địa chỉ này. Hãy chờ một phút.',
    'Too many tries from this address. Wait a minute.',
  ],
  stale: [
    'Trang đăng nhập đã cũ. Hãy đăng nhập lại.',
    'This login page was too old. Please log in again.',
  ],
}

export function loginPage({ csrf, next, trouble }: LoginPage): string {
  const [vi, en] = trouble ? troubles[trouble] : []
  return page(
    'Đăng nhập',
    html`<h1>Chỉ đạo</h1>
      <h2>Đăng nhập <span lang="en">Log in</span></h2>
      !${trouble ? html`<p role="alert">${vi}<br /><span lang="en">${en}</span></p>` : ''}
      <form method="post" action="/login">
        <input type="hidden" name="_csrf" value="${csrf}" />
        <input type="hidden" name="next" value="${next}" />
        <p>
          <label for="name">Tên tài khoản <span lang="en">Account</span></label><br />
          <input
            id="name"
            name="name"
            autocomplete="username"
            autocapitalize="none"
            spellcheck="false"
            maxlength="64"
            required
            autofocus
          />
        </p>
        <p>
          <label for="password">Mật khẩu <span lang="en">Password</span></label><br />
          <input
            id="password"
            name="password"
            type="password"
            autocomplete="current-password"
            maxlength="256"
            required
          />
        </p>
        <p><button>Đăng nhập <span lang="en">Log in</span></button></p>
      </form>`,
  )
}

/** What a browser shows that may not see or do something. */
export function refusalPage(vi: string, en: string): string {
  return page(
    'Không thực hiện được',
    html`<h1>Chỉ đạo</h1>
      <p role="alert">${vi}<br /><span lang="en">${en}</span></p>
      <p><a href="/">Về trang đầu <span lang="en">To the first page</span></a></p>`,
  )
}

/**
 * A link in another site's page or in a mail brings no cookie with it (SameSite=Strict). Asked for once more from
 * here, the same address does.
 */
export function againPage(here: string): string {
  return page(
    'Chỉ đạo',
    html`<p>
      <a href="${here}">Tiếp tục <span lang="en">Continue</span></a>
    </p>`,
    html`<meta http-equiv="refresh" content="0" />`,
  )
}

function page(title: string, body: string, head = ''): string {
  return html`<!doctype html>
    <html lang="vi">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Chỉ đạo</title>
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/assets/pages.css" />
        !${head}
      </head>
      <body>
        <main class="alone">!${body}</main>
      </body>
    </html> `
}
