// What a schema says of a place in it: the keys that it knows there, and how it describes the place. Reads the JSON
// Schema of a zod schema, which is public, not zod's insides.
import { z } from 'zod'
import type { Path } from './complaint.ts'

export interface JsonSchema {
  $ref?: string
  $defs?: Record<string, JsonSchema>
  type?: string | string[]
  description?: string
  properties?: Record<string, JsonSchema>
  additionalProperties?: JsonSchema | boolean
  items?: JsonSchema | JsonSchema[]
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  allOf?: JsonSchema[]
  [keyword: string]: unknown
}

export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const made = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema
  const { $schema, ...rest } = made
  return rest
}

/** Every key that may stand at `path` of `value`: of a union by `type` those of the branch that the value chose. */
export function keysAt(schema: z.ZodType, path: Path, value: unknown): string[] {
  return [...new Set(at(jsonSchemaOf(schema), path, value).flatMap((place) => Object.keys(place.properties ?? {})))]
}

/** The description of the setting at `path`, without its full stop; '' when it has none. */
export function describedAt(schema: z.ZodType, path: Path, value: unknown): string {
  const described = at(jsonSchemaOf(schema), path, value).find((place) => place.description !== undefined)
  return described?.description?.replace(/\.$/, '') ?? ''
}

function at(root: JsonSchema, path: Path, value: unknown): JsonSchema[] {
  let places = branches(root, root, value)
  for (const part of path) {
    value = isRecord(value) ? value[part] : undefined
    places = places.flatMap((place) => below(place, part)).flatMap((place) => branches(root, place, value))
  }
  return places
}

function below(place: JsonSchema, part: string | number): JsonSchema[] {
  if (typeof part === 'number') return Array.isArray(place.items) ? place.items : place.items ? [place.items] : []
  const named = place.properties?.[part]
  if (named !== undefined) return [named]
  return typeof place.additionalProperties === 'object' ? [place.additionalProperties] : []
}

/** The place itself first, so that its own description goes before those of its branches. */
function branches(root: JsonSchema, place: JsonSchema, value: unknown): JsonSchema[] {
  const inner = [...(place.anyOf ?? []), ...(place.oneOf ?? []), ...(place.allOf ?? [])]
  const name = place.$ref?.replace('#/$defs/', '')
  const referred = name === undefined ? undefined : root.$defs?.[name]
  if (referred !== undefined) inner.push(referred)
  const chosen = inner.filter((branch) => !contradicts(branch, value))
  return [place, ...chosen.flatMap((branch) => branches(root, branch, value))]
}

/** True when the branch wants another constant (a `type`) than the value has. */
function contradicts(branch: JsonSchema, value: unknown): boolean {
  if (!isRecord(value)) return false
  return Object.entries(branch.properties ?? {}).some(
    ([key, { const: constant }]) => constant !== undefined && value[key] !== undefined && value[key] !== constant,
  )
}

function isRecord(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null
}
