import { type Html, html } from './html.ts'

export interface Series {
  readonly name: string
  /** Of the style sheet: the pattern differs as well as the colour. */
  readonly look: 'first' | 'second' | 'third'
  readonly values: readonly number[]
}

export interface Chart {
  readonly title: string
  /** What the picture shows, for whoever does not see it. */
  readonly summary: string
  /** One for each column; an empty one is not written below it. */
  readonly labels: readonly string[]
  /** What a column is called where each is named by itself. */
  readonly names: readonly string[]
  readonly series: readonly Series[]
}

const width = 620
const height = 150
const left = 44
const right = 18
const bottom = 22
const top = 8

/** Columns, those of one place on top of each other; drawn here, so that no script has to run. */
export function columns({ title, summary, labels, names, series }: Chart): Html {
  const totals = labels.map((_, at) =>
    series.reduce((sum, { values }) => sum + (values[at] ?? 0), 0),
  )
  const highest = niceCeiling(Math.max(1, ...totals))
  const room = height - top - bottom
  const step = (width - left - right) / Math.max(1, labels.length)
  const yOf = (value: number) => top + room - (value / highest) * room
  const bars = labels.map((_, at) => {
    let below = 0
    return series.map(({ look, name, values }) => {
      const value = values[at] ?? 0
      const y = yOf(below + value)
      const tall = yOf(below) - y
      below += value
      return value === 0
        ? null
        : html`<rect class="${look}" x="${(left + at * step + step * 0.12).toFixed(1)}" y="${y.toFixed(1)}" width="${(step * 0.76).toFixed(1)}" height="${Math.max(0.8, tall).toFixed(1)}"><title>${names[at]}: ${name} ${value}</title></rect>`
    })
  })
  return html`<figure class="chart"><figcaption>${title}${series.length > 1 && html` <span class="legend">${series.map(({ look, name }) => html`<span class="key"><svg width="12" height="12" aria-hidden="true"><rect class="${look}" width="12" height="12"/></svg> ${name}</span> `)}</span>`}</figcaption>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${summary}">
${[0, 0.5, 1].map((share) => html`<line class="grid" x1="${left}" x2="${width - right}" y1="${yOf(share * highest).toFixed(1)}" y2="${yOf(share * highest).toFixed(1)}"/><text class="scale" x="${left - 6}" y="${(yOf(share * highest) + 4).toFixed(1)}">${Math.round(share * highest * 10) / 10}</text>`)}
${bars}
${labels.map((label, at) => label !== '' && html`<text class="label" x="${(left + (at + 0.5) * step).toFixed(1)}" y="${height - 6}">${label}</text>`)}
</svg></figure>`
}

/** 1, 2, 5 and their tens: a scale that can be read. */
function niceCeiling(value: number): number {
  const ten = 10 ** Math.floor(Math.log10(value))
  const factor = [1, 2, 4, 5, 6, 8, 10].find((one) => one * ten >= value) ?? 10
  return Math.max(2, factor * ten)
}
