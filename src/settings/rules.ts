// One rule as written → one rule of the policy: defaults from its detector, its action parsed, all that it names
// known. Matches nothing: the classifier does.
import { normalName } from '../classifier/fields.ts'
import type { ActionSettings, Allow, Find, Rule, Scope } from '../core/policy.ts'
import type { Path } from './complaint.ts'
import type { SettingsDocument } from './document.ts'
import { didYouMean } from './nearest.ts'
import { parsePart } from './parse.ts'
import { checkPattern, globFault } from './patterns.ts'
import { ruleShape, type WrittenRule } from './policy_shape.ts'
import type { PolicyRegistries } from './registries.ts'

export interface RuleSite {
  readonly document: SettingsDocument
  readonly registries: PolicyRegistries
  /** Names of the sources, when the file says which there are. */
  readonly sources?: readonly string[]
}

/** The rule at `path`, or undefined when its complaints leave nothing to use. */
export function readRule(site: RuleSite, path: Path, value: unknown): Rule | undefined {
  const written = parsePart(ruleShape, { document: site.document, path, value })
  if (written === undefined) return undefined
  const find = readFind(site, [...path, 'find'], written.find)
  const action = readAction(site, [...path, 'action'], written.action)
  checkScope(site, [...path, 'where'], written.where)
  checkAllow(site, [...path, 'allow'], written.allow)
  checkNear(site, [...path, 'near'], written)
  if (find === undefined || action === undefined) return undefined
  const detectorId = 'detector' in find ? find.detector : undefined
  const detector = site.registries.detectors.find((known) => known.id === detectorId)
  const id = written.id ?? detectorId
  if (id === undefined) {
    const missing = !isRecord(value) || value.id === undefined
    if (missing) site.document.complain(path, 'value', 'missing setting "id"', 'add it: a name for the rule')
    return undefined
  }
  const rule: Rule = {
    id,
    find,
    ...defined('where', written.where),
    ...defined('allow', written.allow),
    action,
    category: written.category ?? detector?.category ?? 'other',
    severity: written.severity ?? detector?.severity ?? 'medium',
    confidence: written.confidence ?? detector?.confidence ?? 'medium',
    ...defined('confidence_min', written.confidence_min),
    ...defined('near', written.near),
    ...defined('with', companyOf(written.with)),
    ...defined('observe', written.observe),
    ...defined('fingerprint', written.fingerprint),
  }
  tryExamples(site, [...path, 'examples'], rule, written.examples)
  return rule
}

/** A list of ids is a mapping without a distance. */
export function companyOf(written: WrittenRule['with']): Rule['with'] {
  return Array.isArray(written) ? { rules: written } : written
}

/** What does not compile is complained of elsewhere. */
function tryExamples(site: RuleSite, path: Path, rule: Rule, examples: WrittenRule['examples']): void {
  const { document, registries } = site
  if (examples === undefined || registries.finderOf === undefined || !document.usable) return
  let finds: (text: string) => boolean
  try {
    finds = registries.finderOf(rule)
  } catch {
    return
  }
  for (const kind of ['match', 'no_match'] as const) {
    for (const [at, text] of examples[kind].entries()) {
      if (finds(text) === (kind === 'match')) continue
      const message = `the rule "${rule.id}" ${kind === 'match' ? 'finds nothing' : 'finds something'} in this example`
      document.complain([...path, kind, at], 'value', message, 'mend the rule, or the example')
    }
  }
}

const WAYS = ['detector', 'pattern', 'field', 'path'] as const

/** Keys that say more about one way to find. */
const COMPANIONS = { anchors: 'pattern', ignore_case: 'pattern', group: 'pattern', except: 'field' } as const

function readFind(site: RuleSite, path: Path, written: WrittenRule['find']): Find | undefined {
  const { document } = site
  const ways = WAYS.filter((way) => written[way] !== undefined)
  if (ways.length !== 1) {
    const message = ways.length === 0 ? 'this rule says not what to find' : `${ways.join(' and ')} stand together`
    document.complain(path, 'value', message, `write one of ${WAYS.join(', ')}`)
    return undefined
  }
  for (const [key, way] of Object.entries(COMPANIONS)) {
    if (written[key as keyof typeof COMPANIONS] === undefined || ways[0] === way) continue
    document.complain([...path, key], 'key', `"${key}" says nothing here`, `it goes with "${way}": remove it`)
  }
  if (written.detector !== undefined) return readDetector(site, [...path, 'detector'], written.detector)
  if (written.pattern !== undefined) return readPattern(site, path, { ...written, pattern: written.pattern })
  if (written.field !== undefined) {
    checkNames(site, [...path, 'field'], written.field)
    checkNames(site, [...path, 'except'], written.except ?? [])
    return { field: written.field, ...defined('except', written.except) }
  }
  checkGlobs(site, [...path, 'path'], written.path ?? [])
  return { path: written.path ?? [] }
}

function readDetector(site: RuleSite, path: Path, id: string): Find | undefined {
  const known = site.registries.detectors.map((detector) => detector.id)
  if (known.includes(id)) return { detector: id }
  const { document } = site
  document.complain(path, 'value', `unknown detector ${document.shown(path, id)}`, didYouMean(id, known, 'detectors'))
  return undefined
}

function readPattern(site: RuleSite, path: Path, find: WrittenRule['find'] & { pattern: string }): Find {
  const { pattern, anchors, ignore_case, group } = find
  const place = [...path, 'pattern']
  const { document } = site
  const checked = checkPattern(pattern, ignore_case === true, document.interpolatedAt(place) !== undefined)
  if ('message' in checked) {
    document.complain(place, 'value', checked.message, checked.remedy)
  } else if (group !== undefined) {
    const groups = checked.names.length > 0 ? `groups: ${checked.names.join(', ')}` : `it has ${checked.count} groups`
    for (const [i, one] of (Array.isArray(group) ? group : [group]).entries()) {
      const at = Array.isArray(group) ? [...path, 'group', i] : [...path, 'group']
      const known = typeof one === 'number' ? one <= checked.count : checked.names.includes(one)
      if (!known) document.complain(at, 'value', `the pattern has no group ${document.shown(at, one)}`, groups)
    }
  }
  return {
    pattern,
    ...defined('anchors', anchors),
    ...defined('ignore_case', ignore_case),
    ...defined('group', group),
  }
}

/** A field is found by its own name: words near it say nothing more. */
function checkNear({ document }: RuleSite, path: Path, { near, find }: WrittenRule): void {
  if (near === undefined || find.detector !== undefined || find.pattern !== undefined) return
  document.complain(path, 'key', '"near" says nothing here', 'it goes with `pattern` or `detector`: remove it')
}

/** The settings of an action with its defaults filled in. */
export function readAction(site: RuleSite, path: Path, written: WrittenRule['action']): ActionSettings | undefined {
  const { document, registries } = site
  const { type, ...settings } = typeof written === 'string' ? { type: written } : written
  const place = typeof written === 'string' ? path : [...path, 'type']
  const action = registries.actions.find((known) => known.type === type)
  if (action === undefined) {
    const known = registries.actions.map((one) => one.type)
    document.complain(
      place,
      'value',
      `unknown action ${document.shown(place, type)}`,
      didYouMean(type, known, 'actions'),
    )
    return undefined
  }
  const parsed = parsePart(action.settings, { document, path, value: settings, alsoKnown: ['type'] })
  return isRecord(parsed) ? { ...parsed, type } : undefined
}

export function checkScope(site: RuleSite, path: Path, scope: Scope | undefined): void {
  checkGlobs(site, [...path, 'path'], scope?.path ?? [])
  checkGlobs(site, [...path, 'not_path'], scope?.not_path ?? [])
  const { document, sources } = site
  if (sources === undefined) return
  for (const [at, name] of (scope?.source ?? []).entries()) {
    if (name.includes('*') || sources.includes(name)) continue
    const place = [...path, 'source', at]
    document.complain(
      place,
      'value',
      `no source is called ${document.shown(place, name)}`,
      didYouMean(name, sources, 'sources'),
    )
  }
}

export function checkAllow(site: RuleSite, path: Path, allow: Allow | undefined): void {
  for (const [at, pattern] of (allow?.pattern ?? []).entries()) {
    const place = [...path, 'pattern', at]
    const checked = checkPattern(pattern, false, site.document.interpolatedAt(place) !== undefined)
    if ('message' in checked) site.document.complain(place, 'value', checked.message, checked.remedy)
  }
}

export function checkGlobs(site: RuleSite, path: Path, globs: readonly string[]): void {
  for (const [at, glob] of globs.entries()) {
    const fault = globFault(glob)
    if (fault === undefined) continue
    const place = [...path, at]
    const remedy = `${fault}; write it like order.items[].card or **.card`
    site.document.complain(place, 'value', `${site.document.shown(place, glob)} is no glob of paths`, remedy)
  }
}

/** Names are compared by their words: one that has none would be the end of every key. */
export function checkNames(site: RuleSite, path: Path, names: readonly string[]): void {
  for (const [at, name] of names.entries()) {
    const place = [...path, at]
    if (normalName(name) !== '') continue
    site.document.complain(place, 'value', `${site.document.shown(place, name)} is no key name`, 'write a word')
  }
}

function defined<K extends string, T>(key: K, value: T | undefined): { [k in K]?: T } {
  return (value === undefined ? {} : { [key]: value }) as { [k in K]?: T }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
