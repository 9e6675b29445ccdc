/** The text format of Prometheus, read strictly: what its own parser would refuse is an error here. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const sample =
  /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*",?)*)\})? ([Nn]a[Nn]|[+-]Inf|[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?)$/

export function readMetrics(text: string): Sample[] {
  if (!text.endsWith('\n')) throw new Error('the last line has no end')
  const typed = new Map<string, string>()
  const samples: Sample[] = []
  for (const line of text.split('\n')) {
    const type = /^# TYPE (\S+) (counter|gauge|histogram|summary|untyped)$/.exec(line)
    if (type) {
      if (typed.has(type[1]!)) throw new Error(`two types for ${type[1]}`)
      typed.set(type[1]!, type[2]!)
      continue
    }
    if (line === '' || /^# HELP \S+ \S/.test(line)) continue
    const [, name, labels = '', value] = sample.exec(line) ?? []
    if (!name) throw new Error(`not a sample: ${line}`)
    const family = name.replace(/_(bucket|sum|count)$/, '')
    if (!typed.has(name) && !typed.has(family)) throw new Error(`no type for ${name}`)
    samples.push({
      name,
      labels: labelsOf(labels),
      value: Number(value!.replace('Inf', 'Infinity')),
    })
  }
  const keys = samples.map(({ name, labels }) => `${name} ${JSON.stringify(labels)}`)
  const twice = keys.find((key, at) => keys.indexOf(key) !== at)
  if (twice) throw new Error(`twice: ${twice}`)
  return samples
}

function labelsOf(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, value]) => [name!, value!]),
  )
}
