// Checks a document against OCSF's own description of Data Security Finding: known attributes, required ones, types,
// enumerations and constraints. What it does not describe (objects that are nowhere used here) passes as an object.
import { readFileSync } from 'node:fs'

interface Attribute {
  type: string
  requirement: string
  is_array?: boolean
  profile?: string | null
  enum?: Record<string, string>
}

interface Described {
  attributes: Record<string, Attribute>
  constraints?: { at_least_one?: string[] } | null
}

interface Schema {
  class: Described
  objects: Record<string, Described>
  types: Record<string, { type?: string; regex?: string; max_len?: number; range?: [number, number] }>
}

const file = new URL('../../fixtures/ocsf/data_security_finding.json', import.meta.url)
const schema = JSON.parse(readFileSync(file, 'utf8')) as Schema

/** What is wrong with it, a line each. */
export function ocsfComplaints(document: Record<string, unknown>): string[] {
  const profiles = (document.metadata as { profiles?: string[] })?.profiles ?? []
  return objectComplaints(document, schema.class, profiles, '')
}

function objectComplaints(value: unknown, described: Described, profiles: string[], path: string): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path} is no object`]
  const given = value as Record<string, unknown>
  const complaints: string[] = []
  for (const [name, { requirement, profile }] of Object.entries(described.attributes)) {
    const counts = !profile || profiles.includes(profile)
    if (requirement === 'required' && counts && given[name] === undefined) complaints.push(`${path}${name} is missing`)
  }
  for (const [name, inner] of Object.entries(given)) {
    if (inner === undefined) continue
    const attribute = described.attributes[name]
    if (!attribute) complaints.push(`${path}${name} is unknown`)
    else if (attribute.profile && !profiles.includes(attribute.profile)) {
      complaints.push(`${path}${name} needs the profile ${attribute.profile}`)
    } else complaints.push(...attributeComplaints(inner, attribute, profiles, path + name))
  }
  const oneOf = described.constraints?.at_least_one
  if (oneOf && !oneOf.some((name) => given[name] !== undefined)) complaints.push(`${path} needs one of ${oneOf}`)
  return complaints
}

function attributeComplaints(value: unknown, attribute: Attribute, profiles: string[], path: string): string[] {
  if (attribute.is_array) {
    if (!Array.isArray(value)) return [`${path} is no array`]
    const one = { ...attribute, is_array: false }
    return value.flatMap((inner, at) => attributeComplaints(inner, one, profiles, `${path}[${at}]`))
  }
  if (attribute.enum && !(String(value) in attribute.enum) && !isClassNumber(path)) {
    return [`${path} is ${value}, which is not listed`]
  }
  const object = schema.objects[attribute.type]
  if (object) return objectComplaints(value, object, profiles, `${path}.`)
  return typeComplaints(value, attribute.type, path)
}

/** Every class adds its own number to these enumerations. */
function isClassNumber(path: string): boolean {
  return ['class_uid', 'category_uid'].includes(path)
}

function typeComplaints(value: unknown, name: string, path: string): string[] {
  const type = schema.types[name]
  const base = type?.type ?? name
  if (type?.regex && !new RegExp(type.regex).test(String(value))) return [`${path} does not look like ${name}`]
  if (type?.max_len && String(value).length > type.max_len) return [`${path} is too long`]
  const isRight =
    base === 'string_t'
      ? typeof value === 'string'
      : base === 'integer_t' || base === 'long_t' || base === 'timestamp_t'
        ? Number.isSafeInteger(value)
        : base === 'boolean_t'
          ? typeof value === 'boolean'
          : base === 'float_t'
            ? typeof value === 'number'
            : typeof value === 'object' || base === 'json_t'
  return isRight ? [] : [`${path} is no ${name}`]
}
