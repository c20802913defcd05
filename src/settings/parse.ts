// One part of the settings through its zod schema: the typed value, and a complaint in our words for every issue.
import type { z } from 'zod'
import type { Path } from './complaint.ts'
import type { SettingsDocument } from './document.ts'
import { retyped } from './interpolate.ts'
import { didYouMean } from './nearest.ts'
import { describedAt, keysAt } from './schema_lookup.ts'

type Issue = z.core.$ZodIssue

export interface Part {
  readonly document: SettingsDocument
  readonly path: Path
  /** Plain data, as `document.plain(path)` gives it. */
  readonly value: unknown
  /** Keys at the top of this part that another schema takes: known, when a name is looked for. */
  readonly alsoKnown?: readonly string[]
}

/**
 * The parsed value. When something is wrong the complaints are filed and the keys at fault are left out, so that the
 * rest is checked too; undefined when nothing can be made of the rest.
 */
export function parsePart<T>(schema: z.ZodType<T>, part: Part): T | undefined {
  let value = part.value
  let result = schema.safeParse(value)
  if (result.success) return result.data
  const other = withOtherTypes(part, value, result.error.issues)
  if (other !== undefined) {
    value = other
    result = schema.safeParse(value)
    if (result.success) return result.data
  }
  for (const issue of result.error.issues) complain(schema, part, value, issue)
  return schema.safeParse(withoutFaults(value, result.error.issues)).data
}

/**
 * Whether `${KEY}` is a number or a text is known only by the setting that it stands in: each interpolated value at
 * fault is tried as the other one. Undefined when there is none.
 */
function withOtherTypes(part: Part, value: unknown, issues: readonly Issue[]): unknown {
  const copy = structuredClone(value)
  let changed = false
  for (const issue of issues) {
    const from = part.document.interpolatedAt([...part.path, ...keysOf(issue.path)])
    const parent = valueAt(copy, issue.path.slice(0, -1))
    const last = issue.path.at(-1)
    if (from === undefined || last === undefined || typeof parent !== 'object' || parent === null) continue
    const holder = parent as Record<PropertyKey, unknown>
    holder[last] = typeof holder[last] === 'string' ? retyped(from.text) : from.text
    changed = true
  }
  return changed ? copy : undefined
}

function withoutFaults(value: unknown, issues: readonly Issue[]): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const faults = new Set(
    issues.flatMap((issue) => (issue.path.length > 0 ? [String(issue.path[0])] : unknownKeys(issue))),
  )
  return Object.fromEntries(Object.entries(value).filter(([key]) => !faults.has(key)))
}

function unknownKeys(issue: Issue): string[] {
  return issue.code === 'unrecognized_keys' ? issue.keys : []
}

function complain(schema: z.ZodType, part: Part, value: unknown, issue: Issue): void {
  const within = keysOf(issue.path)
  const path = [...part.path, ...within]
  const { document } = part
  if (issue.code === 'invalid_union') {
    const branch = chosenBranch(issue.errors)
    if (branch !== undefined) {
      for (const inner of branch) complain(schema, part, value, { ...inner, path: [...issue.path, ...inner.path] })
      return
    }
  }
  if (issue.code === 'unrecognized_keys') {
    const known = [...keysAt(schema, within, value), ...(within.length === 0 ? (part.alsoKnown ?? []) : [])]
    for (const key of issue.keys) {
      document.complain([...path, key], 'key', `unknown setting "${key}"`, didYouMean(key, known, 'settings here'))
    }
    return
  }
  const described = describedAt(schema, within, value)
  if (within.length > 0 && aboutKind(issue) && valueAt(value, within) === undefined) {
    const name = within.at(-1)
    const remedy = described === '' ? 'add it' : `add it: ${described}`
    document.complain(path, 'value', `missing setting "${String(name)}"`, remedy)
    return
  }
  const remedy = remedyOf(issue) ?? (described === '' ? wanted(issue) : described)
  document.complain(path, 'value', messageOf(issue, valueAt(value, within)), remedy)
}

/** The branch that was meant: the only one whose issues are not about the value's very type or kind. */
function chosenBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const meant = branches.filter((issues) => issues.every((issue) => issue.path.length > 0 || !aboutKind(issue)))
  return meant.length === 1 ? meant[0] : undefined
}

function aboutKind(issue: Issue): boolean {
  return issue.code === 'invalid_type' || issue.code === 'invalid_value' || issue.code === 'invalid_union'
}

function messageOf(issue: Issue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${article(issue.expected)}, found ${kindOf(value)}`
    case 'invalid_value':
      return `not one of ${issue.values.map(String).join(', ')}`
    case 'invalid_union':
      return `${kindOf(value)} is not expected here`
    default:
      return `${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}`
  }
}

/** A schema of ours can bring a remedy along: `params: { remedy }`. */
function remedyOf(issue: Issue): string | undefined {
  const remedy = issue.code === 'custom' ? issue.params?.remedy : undefined
  return typeof remedy === 'string' ? remedy : undefined
}

function wanted(issue: Issue): string {
  if (issue.code === 'invalid_value') return `write ${issue.values.map(String).join(' or ')}`
  return issue.code === 'invalid_type' ? `write ${article(issue.expected)}` : 'see config/schema.json'
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  null: 'nothing',
}

function article(kind: string): string {
  return KINDS[kind] ?? kind
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  return article(Array.isArray(value) ? 'array' : typeof value)
}

function keysOf(path: readonly PropertyKey[]): (string | number)[] {
  return path.map((part) => (typeof part === 'number' ? part : String(part)))
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = (value as Record<PropertyKey, unknown>)[part]
  }
  return value
}
