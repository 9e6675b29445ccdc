/** The keys of a profile as its schema has them: what each takes, and what it is without being said. */
import { z } from 'zod'
import { path } from '#connectors/rest/profile/call.ts'

export interface Key {
  /** `list.next`; in a list or under free names `gate.signals[].field`, `map.fields.*`. */
  readonly path: string
  readonly takes: string
  /** As JSON; null where it may be left out, undefined where it must be given. */
  readonly without: string | null | undefined
}

/** Sections are keys too; those that hold keys of their own take none themselves. */
export function keysOf(schema: z.ZodType, prefix = ''): Key[] {
  const object = objectIn(schema)
  if (!object) return []
  return Object.entries(object.def.shape).flatMap(([name, value]) => {
    const at = prefix ? `${prefix}.${name}` : name
    const inner = value as z.ZodType
    const below = [
      ...keysOf(inner, at),
      ...keysOf(elementOf(inner), `${at}[]`),
      ...keysOf(eachOf(inner), `${at}.*`),
    ]
    const isSection = below.length > 0 && takes(inner) === ''
    return isSection
      ? below
      : [{ path: at, takes: takes(inner), without: withoutOf(inner) }, ...below]
  })
}

type Def = z.core.$ZodTypeDef & Record<string, unknown>

function defOf(schema: z.ZodType): Def {
  return schema._zod.def as Def
}

/** Below what only says that it may be left out. */
function bare(schema: z.ZodType): z.ZodType {
  const def = defOf(schema)
  const isWrapped = ['optional', 'default', 'prefault', 'nullable'].includes(def.type)
  return isWrapped && schema !== path ? bare(def.innerType as z.ZodType) : schema
}

function optionsOf(schema: z.ZodType): z.ZodType[] {
  const def = defOf(bare(schema))
  return def.type === 'union' ? (def.options as z.ZodType[]) : [bare(schema)]
}

/** One object of all the shapes that it may have. */
function objectIn(schema: z.ZodType): z.ZodObject | null {
  const shapes = optionsOf(schema)
    .map((option) => bare(option))
    .filter((option) => defOf(option).type === 'object')
    .map((option) => (option as z.ZodObject).def.shape)
  return shapes.length === 0 ? null : z.object(Object.assign({}, ...shapes))
}

function elementOf(schema: z.ZodType): z.ZodType {
  const def = defOf(bare(schema))
  return def.type === 'array' ? (def.element as z.ZodType) : z.never()
}

function eachOf(schema: z.ZodType): z.ZodType {
  const def = defOf(bare(schema))
  return def.type === 'record' ? (def.valueType as z.ZodType) : z.never()
}

function withoutOf(schema: z.ZodType): string | null | undefined {
  const def = defOf(schema)
  if (def.type === 'optional') return null
  if (def.type === 'default') return JSON.stringify(def.defaultValue)
  return def.type === 'nullable' ? withoutOf(def.innerType as z.ZodType) : undefined
}

function takes(schema: z.ZodType): string {
  const said = optionsOf(schema)
    .map(one)
    .filter((part) => part !== '')
  const all = defOf(schema).type === 'nullable' || isNullable(schema) ? [...said, 'null'] : said
  return [...new Set(all)].join(' \\| ')
}

function isNullable(schema: z.ZodType): boolean {
  const def = defOf(schema)
  return def.type === 'nullable' || ('innerType' in def && isNullable(def.innerType as z.ZodType))
}

function one(schema: z.ZodType): string {
  if (schema === path) return 'place'
  const def = defOf(bare(schema))
  switch (String(def.type)) {
    case 'enum':
      return Object.values(def.entries as object)
        .map((word) => `\`${word}\``)
        .join(' \\| ')
    case 'literal':
      return (def.values as unknown[]).map((word) => `\`${word}\``).join(' \\| ')
    case 'array':
      return objectIn(def.element as z.ZodType)
        ? 'list'
        : `list of ${takes(def.element as z.ZodType)}`
    case 'record':
      return defOf(bare(def.valueType as z.ZodType)).type === 'object'
        ? ''
        : `names with ${takes(def.valueType as z.ZodType) || 'values'}`
    case 'object':
      return ''
    case 'string':
      return 'text'
    case 'boolean':
      return '`true` \\| `false`'
    case 'number':
      return 'number'
    case 'null':
      return '`null`'
    case 'pipe':
      return 'list of rules, or absentMeansNormal'
    default:
      return 'value'
  }
}
