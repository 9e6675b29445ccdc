/** As much of Markdown as it takes to follow a link the way a browser of repositories does. */

/** Titles in their order, without what stands in fences. */
export function headingsOf(markdown: string): string[] {
  return [...withoutFences(markdown).matchAll(/^#{1,6} +(.+?) *$/gm)].map(([, title]) => title!)
}

export function anchorsOf(markdown: string): Set<string> {
  const anchors = new Set<string>()
  for (const title of headingsOf(markdown)) {
    const plain = title.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').normalize('NFC')
    const anchor = plain
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-')
    let unique = anchor
    for (let n = 1; anchors.has(unique); n++) unique = `${anchor}-${n}`
    anchors.add(unique)
  }
  return anchors
}

/** Where links and images lead that leave neither the repository nor the page's own site. */
export function relativeLinksOf(markdown: string): string[] {
  const links = withoutFences(markdown).matchAll(/\]\(<?([^()\s>]+)>?(?: "[^"]*")?\)/g)
  return [...links].map(([, target]) => target!).filter((target) => !/^[a-z]+:/i.test(target))
}

function withoutFences(markdown: string): string {
  return markdown.replace(/^ *(```|~~~)[\s\S]*?^ *\1 *$/gm, '')
}
