// Rule packs: files of rules that ship with the program, or that stand beside the operator's file.
import { readFile } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Rule } from '../core/policy.ts'
import type { Complaint, Path } from './complaint.ts'
import { SettingsDocument } from './document.ts'
import { knownPack } from './known_packs.ts'
import { didYouMean } from './nearest.ts'
import { parsePart } from './parse.ts'
import { packShape } from './policy_shape.ts'
import type { PolicyRegistries } from './registries.ts'
import { readRule } from './rules.ts'

/** The same from src/settings and from dist/settings. */
const PACKS_FOLDER = fileURLToPath(new URL('../../config/packs', import.meta.url))

/** Names of the packs that ship. A list, not a look at the disk, so that the docs and the schema can name them. */
export const PACK_NAMES: readonly string[] = [
  'default',
  'secrets',
  'attack',
  'pci',
  'financial',
  'pii',
  'gdpr',
  'hipaa',
  'region_us',
  'region_ca',
  'region_mx',
  'region_br',
  'region_latam',
  'region_uk',
  'region_eu',
  'region_de',
  'region_fr',
  'region_ch',
  'region_nordics',
  'region_in',
  'region_cn',
  'region_jp',
  'region_kr',
  'region_apac',
  'region_au_nz',
  'region_mea',
]

export interface Pack {
  readonly name: string
  readonly rules: readonly Rule[]
  /** Files besides its own that it is made of. */
  readonly reads: readonly string[]
  /** What is wrong in its file, and in those that it extends. */
  complaints(): Complaint[]
}

/** The pack that stands at `path` of the operator's file, or undefined when it can not be used. */
export async function loadPack(
  name: string,
  document: SettingsDocument,
  path: Path,
  registries: PolicyRegistries,
  within: readonly string[] = [],
): Promise<Pack | undefined> {
  const isFile = /[/\\]|\.ya?ml$/.test(name)
  if (!isFile && !PACK_NAMES.includes(name)) {
    document.complain(
      path,
      'value',
      `unknown pack ${document.shown(path, name)}`,
      didYouMean(name, PACK_NAMES, 'packs'),
    )
    return undefined
  }
  const file = isFile ? resolve(dirname(document.file), name) : join(PACKS_FOLDER, `${name}.yaml`)
  if (within.includes(file)) {
    document.complain(path, 'value', `the pack ${document.shown(path, name)} extends itself`, 'remove it here')
    return undefined
  }
  if (isFile) document.reads.push(file)
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch {
    const message = `the pack ${document.shown(path, name)} cannot be read`
    document.complain(path, 'value', message, `check that ${basename(file)} exists and is readable`)
    return undefined
  }
  const fromHere = relative(process.cwd(), file)
  const known = isFile ? undefined : await knownPack(name, text)
  const written = new SettingsDocument(text, fromHere.startsWith('..') ? file : fromHere, known)
  const pack = await readPack(written, registries, [...within, file])
  document.reads.push(...pack.reads)
  return pack
}

async function readPack(
  document: SettingsDocument,
  registries: PolicyRegistries,
  within: readonly string[],
): Promise<Pack> {
  const written = document.usable ? parsePart(packShape, { document, path: [], value: document.plain([]) }) : undefined
  const own: Rule[] = []
  for (const [at, value] of (written?.rules ?? []).entries()) {
    const rule = readRule({ document, registries }, ['rules', at], value)
    if (rule === undefined) continue
    if (own.some((known) => known.id === rule.id)) {
      document.complain(['rules', at, 'id'], 'value', `two rules are called "${rule.id}"`, 'give each an id of its own')
    } else {
      own.push(rule)
    }
  }
  const below: Pack[] = []
  for (const [at, name] of (written?.extends ?? []).entries()) {
    const pack = await loadPack(name, document, ['extends', at], registries, within)
    if (pack !== undefined) below.push(pack)
  }
  const extended = together(below.map(({ rules }) => rules))
  for (const [at, id] of (written?.exclude ?? []).entries()) {
    if (extended.some((rule) => rule.id === id)) continue
    const known = extended.map((rule) => rule.id)
    document.complain(
      ['exclude', at],
      'value',
      `no rule of these packs is called "${id}"`,
      didYouMean(id, known, 'rules'),
    )
  }
  const kept = extended.filter(({ id }) => !written?.exclude.includes(id))
  return {
    name: written?.name ?? document.file,
    rules: together([kept, own]),
    reads: document.reads,
    complaints: () => [...document.complaints, ...below.flatMap((pack) => pack.complaints())],
  }
}

/** Of rules with one id the later one holds, in the place of the earlier one. */
export function together(lists: readonly (readonly Rule[])[]): Rule[] {
  return [...new Map(lists.flatMap((rules) => rules.map((rule) => [rule.id, rule] as const))).values()]
}
