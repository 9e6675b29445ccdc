/** Where to go after the login: an address of this server and nothing that a browser would take for another's. */
export function localPath(asked: unknown): string {
  if (typeof asked !== 'string' || asked.length > 2000 || !/^\/(?![/\\])[\x21-\x7e]*$/.test(asked))
    return '/'
  const here = 'http://here.invalid'
  const url = URL.canParse(asked, here) ? new URL(asked, here) : null
  if (url?.origin !== here || url.pathname.startsWith('//')) return '/'
  return /^\/(login|logout)\b/.test(url.pathname) ? '/' : url.pathname + url.search
}
