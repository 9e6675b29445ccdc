/** The same address with these parameters set; null takes one away. */
export function withQuery(
  address: string,
  change: Readonly<Record<string, string | null>>,
): string {
  const url = new URL(address, 'http://chidao')
  for (const [name, value] of Object.entries(change)) {
    if (value === null) url.searchParams.delete(name)
    else url.searchParams.set(name, value)
  }
  return url.pathname + url.search
}
