// The policy as written → the core `Policy`: packs, overrides and own rules put together, in an order that is always
// the same. Compiles no matcher and does no I/O but reading packs.
import { createHash } from 'node:crypto'
import { isNamed } from '../classifier/combination.ts'
import { CONFIDENCES } from '../classifier/compile.ts'
import { normalName } from '../classifier/fields.ts'
import type { ActionSettings, Confidence, Policy, Rule } from '../core/policy.ts'
import { type Complaint, type Path, renderPath } from './complaint.ts'
import { DEFAULT_EXCLUDE_FIELDS } from './defaults.ts'
import { didYouMean } from './nearest.ts'
import { loadPack, type Pack, together } from './packs.ts'
import { parsePart } from './parse.ts'
import { overrideShape, policyShape, type WrittenPolicy } from './policy_shape.ts'
import {
  checkAllow,
  checkGlobs,
  checkNames,
  checkScope,
  companyOf,
  type RuleSite,
  readAction,
  readRule,
} from './rules.ts'

export interface ReadPolicy {
  /** Usable only when nothing complained. */
  readonly policy?: Policy
  /** What is wrong in the packs' own files; the operator's file keeps its complaints itself. */
  readonly complaints: Complaint[]
  readonly warnings: Complaint[]
}

/** A rule, where it came into the policy, and the places that decided its action and its fingerprints. */
interface Placed {
  rule: Rule
  readonly place: Path
  action: Path
  fingerprint: Path
}

/** The policy at `path` of the document; an absent one is the default. */
export async function compilePolicySettings(site: RuleSite, path: Path): Promise<ReadPolicy> {
  const { document } = site
  const value = document.plain(path) ?? {}
  const written = parsePart(policyShape, { document, path, value })
  if (written === undefined) return { complaints: [], warnings: [] }
  const packs = await readPacks(site, path, written.packs)
  const fromPacks = placed(packs)
  const own = readOwnRules(site, [...path, 'rules'], written.rules)
  const kept = excluded(site, [...path, 'exclude'], fromPacks, written.exclude)
  overrideRules(site, [...path, 'override'], kept, own, written.override)
  const all = [...own, ...kept]
  checkIds(site, path, own, kept)
  checkKey(site, all, written)
  checkCompany(site, all)
  checkAllow(site, [...path, 'allow'], written.allow)
  checkHashes(site, path, all, written)
  checkGlobs(site, [...path, 'service_from'], written.service_from)
  checkGlobs(site, [...path, 'namespace_from'], written.namespace_from)
  checkGlobs(site, [...path, 'environment_from'], written.environment_from)
  checkNames(site, [...path, 'exclude_fields'], written.exclude_fields)
  const warnings = warningsOf(site, path, written, all)
  const complaints = packs.flatMap(({ pack }) => pack.complaints())
  const policy = assemble(
    written,
    all.map(({ rule }) => rule),
  )
  if (document.usable && complaints.length === 0) tryCompile(site, policy, all)
  return { policy, complaints, warnings }
}

/**
 * What the workers would refuse is a complaint here, at the rule. Only patterns of operators are tried: built-in
 * detectors have tests for that, and to compile them all takes a good part of a cold start.
 */
function tryCompile(site: RuleSite, policy: Policy, all: readonly Placed[]): void {
  const written = all.filter(({ rule }) => 'pattern' in rule.find)
  if (written.length === 0 || site.registries.compile === undefined) return
  const rules = written.map(({ rule }) => rule)
  const remedy = 'simplify the pattern, or give it `anchors`'
  const refused = site.registries.compile({ ...policy, rules })
  for (const { rule, message } of refused) {
    const { place, rule: at } = written[rule]
    site.document.complain(place, 'value', `the rule "${at.id}" does not compile: ${message}`, remedy)
  }
  if (refused.length > 0) return
  for (const { rule, message } of site.registries.costly?.({ ...policy, rules }) ?? []) {
    const { place, rule: at } = written[rule]
    site.document.complain(place, 'value', `the rule "${at.id}" is too slow: ${message}`, remedy)
  }
}

/** Own rules first: where an own rule and a pack find the same bytes, the operator has the last word. */
function assemble(written: WrittenPolicy, rules: Rule[]): Policy {
  const scanned = new Set(written.include_fields.map(normalName))
  const known = DEFAULT_EXCLUDE_FIELDS.filter((name) => !scanned.has(normalName(name)))
  const policy: Omit<Policy, 'version'> = {
    mode: written.mode,
    rules,
    allow: written.allow,
    unknown_fields: written.unknown_fields,
    exclude_fields: [...new Set([...known, ...written.exclude_fields])],
    on_error: written.on_error,
    service_from: written.service_from,
    namespace_from: written.namespace_from,
    environment_from: written.environment_from,
    ...(written.hmac === undefined ? {} : { hmac: written.hmac }),
  }
  return { version: versionOf(policy), ...policy }
}

/** 12 hex digits over everything but the key: two processes with the same rules say the same version. */
function versionOf(policy: Omit<Policy, 'version'>): string {
  const { hmac, ...rest } = policy
  const text = canonicalJson({ ...rest, hmac: hmac?.id ?? null })
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}

/** JSON with the keys of every mapping in order, so that the order of writing changes nothing. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}

/** Where packs have rules of one id, that of the later pack holds. */
async function readPacks(site: RuleSite, path: Path, names: readonly string[]) {
  const packs: { pack: Pack; place: Path }[] = []
  for (const [at, name] of names.entries()) {
    const place = [...path, 'packs', at]
    if (names.indexOf(name) !== at) {
      site.document.complain(place, 'value', `the pack ${site.document.shown(place, name)} is here twice`, 'remove one')
      continue
    }
    const pack = await loadPack(name, site.document, place, site.registries)
    if (pack !== undefined) packs.push({ pack, place })
  }
  return packs
}

function placed(packs: readonly { pack: Pack; place: Path }[]): Placed[] {
  const places = new Map(packs.flatMap(({ pack, place }) => pack.rules.map(({ id }) => [id, place] as const)))
  return together(packs.map(({ pack }) => pack.rules)).map((rule) => {
    const place = places.get(rule.id) ?? []
    return { rule, place, action: place, fingerprint: place }
  })
}

function readOwnRules(site: RuleSite, path: Path, values: readonly unknown[]): Placed[] {
  const own: Placed[] = []
  for (const [at, value] of values.entries()) {
    const rule = readRule(site, [...path, at], value)
    const place = [...path, at]
    if (rule === undefined) continue
    rule.own = own.length
    own.push({ rule, place, action: [...place, 'action'], fingerprint: [...place, 'fingerprint'] })
  }
  return own
}

function excluded(site: RuleSite, path: Path, fromPacks: readonly Placed[], ids: readonly string[]): Placed[] {
  const known = fromPacks.map(({ rule }) => rule.id)
  for (const [at, id] of ids.entries()) unknownRule(site, [...path, at], 'value', id, known)
  return fromPacks.filter(({ rule }) => !ids.includes(rule.id))
}

function unknownRule(site: RuleSite, path: Path, spot: 'key' | 'value', id: string, known: readonly string[]): void {
  if (known.includes(id)) return
  const message = `no rule of the packs is called ${site.document.shown(path, id)}`
  site.document.complain(path, spot, message, didYouMean(id, known, 'rules'))
}

function overrideRules(
  site: RuleSite,
  path: Path,
  rules: readonly Placed[],
  own: readonly Placed[],
  overrides: Readonly<Record<string, unknown>>,
): void {
  for (const [id, value] of Object.entries(overrides)) {
    const place = [...path, id]
    const target = rules.find(({ rule }) => rule.id === id)
    if (target !== undefined) override(site, place, target, value)
    else if (own.some(({ rule }) => rule.id === id)) {
      site.document.complain(place, 'key', `"${id}" is a rule of this file`, 'change the rule itself')
    } else {
      unknownRule(
        site,
        place,
        'key',
        id,
        rules.map(({ rule }) => rule.id),
      )
    }
  }
}

function override(site: RuleSite, path: Path, target: Placed, value: unknown): void {
  const changes = parsePart(overrideShape, { document: site.document, path, value })
  if (changes === undefined) return
  const { action, allow, with: company, ...plain } = changes
  checkScope(site, [...path, 'where'], plain.where)
  checkAllow(site, [...path, 'allow'], allow)
  const before = target.rule
  let after: ActionSettings | undefined = before.action
  if (action !== undefined) {
    after = readAction(site, [...path, 'action'], action)
    target.action = [...path, 'action']
  }
  if (plain.fingerprint !== undefined) target.fingerprint = [...path, 'fingerprint']
  target.rule = { ...before, ...withoutUndefined(plain), action: after ?? before.action }
  if (company !== undefined) target.rule.with = companyOf(company)
  if (allow !== undefined) target.rule.allow = joined(before.allow ?? {}, allow)
}

function joined(before: NonNullable<Rule['allow']>, more: NonNullable<Rule['allow']>): Rule['allow'] {
  const result = { ...before }
  for (const key of ['exact', 'prefix', 'pattern', 'hash'] as const) {
    const added = more[key]
    if (added !== undefined) result[key] = [...(before[key] ?? []), ...added]
  }
  return result
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as T
}

function checkIds(site: RuleSite, path: Path, own: readonly Placed[], fromPacks: readonly Placed[]): void {
  const { document } = site
  for (const [index, { rule, place: at }] of own.entries()) {
    const place = [...at, 'id']
    const first = own.findIndex((other) => other.rule.id === rule.id)
    if (first < index) {
      document.complain(place, 'value', `two rules are called "${rule.id}"`, 'give each an id of its own')
    } else if (fromPacks.some((other) => other.rule.id === rule.id)) {
      const where = renderPath([...path, 'override', rule.id])
      const remedy = `change it in ${where}, or choose another id, or exclude the pack's`
      document.complain(place, 'value', `the pack has a rule "${rule.id}" too`, remedy)
    }
  }
}

function checkCompany({ document }: RuleSite, rules: readonly Placed[]): void {
  for (const { rule, place } of rules) {
    for (const [at, name] of (rule.with?.rules ?? []).entries()) {
      const others = rules.map((other) => other.rule).filter(({ id }) => id !== rule.id)
      if (others.some((other) => isNamed(other, name))) continue
      const known = others.map(({ id }) => id)
      const list = document.find([...place, 'with', 'rules']) === undefined ? ['with', at] : ['with', 'rules', at]
      const message = `no other rule is called "${name}", and none finds by that detector`
      document.complain([...place, ...list], 'value', message, didYouMean(name, known, 'rules'))
    }
  }
}

/** A plain hash of a card number can be enumerated: there is no hash and no fingerprint without a key. */
function checkKey(site: RuleSite, rules: readonly Placed[], written: WrittenPolicy): void {
  if (written.hmac !== undefined) return
  const keyed = site.registries.actions.filter((action) => action.needsKey === true).map((action) => action.type)
  const remedy = 'add hmac: { id: k1, key: "${LOGVEIL_HMAC_KEY}" } to the policy'
  for (const { rule, action, fingerprint } of rules) {
    if (keyed.includes(rule.action.type)) {
      site.document.complain(action, 'value', `${rule.action.type} needs a key, and the policy has none`, remedy)
    }
    if (rule.fingerprint === true) {
      site.document.complain(fingerprint, 'value', 'fingerprints need a key, and the policy has none', remedy)
    }
  }
}

/** A hash of another key would let nothing pass, and nobody would see why. */
function checkHashes({ document }: RuleSite, path: Path, rules: readonly Placed[], written: WrittenPolicy): void {
  const lists = [
    { place: path, allow: written.allow },
    ...rules.map(({ rule, place }) => ({ place, allow: rule.allow })),
  ]
  for (const { place, allow } of lists) {
    for (const [at, hash] of (allow?.hash ?? []).entries()) {
      if (written.hmac !== undefined && hash.startsWith(`${written.hmac.id}:`)) continue
      const message = written.hmac === undefined ? 'the policy has no key' : `its key is not ${written.hmac.id}`
      document.complain([...place, 'allow', 'hash', at], 'value', message, 'make the hash anew with the key in `hmac`')
    }
  }
}

/** The confidence that findings of a rule by detector have at most. */
function reach({ registries }: RuleSite, { confidence, near }: Rule, id: string): Confidence {
  const detector = registries.detectors.find((known) => known.id === id)
  if (near === undefined && detector?.near === undefined) return confidence
  const raised = detector?.near_confidence ?? 'high'
  return CONFIDENCES.indexOf(raised) > CONFIDENCES.indexOf(confidence) ? raised : confidence
}

function warningsOf(site: RuleSite, path: Path, written: WrittenPolicy, rules: readonly Placed[]): Complaint[] {
  const { document } = site
  const warnings: Complaint[] = []
  if (rules.length === 0) {
    warnings.push(document.warning(path, 'key', 'the policy has no rules: nothing is redacted', 'packs: [default]'))
  }
  for (const { rule, place } of rules) {
    const least = rule.confidence_min ?? 'medium'
    if (
      !('detector' in rule.find) ||
      CONFIDENCES.indexOf(reach(site, rule, rule.find.detector)) >= CONFIDENCES.indexOf(least)
    )
      continue
    const message = `the rule "${rule.id}" can find nothing: no finding of its detector is ${least}`
    warnings.push(document.warning(place, 'value', message, 'lower `confidence_min`, or give it words with `near`'))
  }
  const key = [...path, 'hmac', 'key']
  if (written.hmac !== undefined && document.interpolatedAt(key) === undefined) {
    const remedy = 'take it from ${ENV} or ${file:/path}'
    warnings.push(document.warning(key, 'value', 'the key stands in the file for all who can read it', remedy))
  }
  const excludedNames = new Set(DEFAULT_EXCLUDE_FIELDS.map(normalName))
  for (const [at, name] of written.include_fields.entries()) {
    if (excludedNames.has(normalName(name))) continue
    const place = [...path, 'include_fields', at]
    const message = `${document.shown(place, name)} is not excluded by default`
    warnings.push(document.warning(place, 'value', message, didYouMean(name, DEFAULT_EXCLUDE_FIELDS, 'excluded')))
  }
  return warnings
}
