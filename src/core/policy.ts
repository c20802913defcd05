// The policy as plain data: settings make it, every worker compiles it for itself. No functions, no I/O.

export type Severity = 'low' | 'medium' | 'high' | 'critical'
export type Confidence = 'low' | 'medium' | 'high'
export type Category = 'financial' | 'personal' | 'secret' | 'network' | 'health' | 'attack' | 'other'

/** What a rule looks for; exactly one of these. */
export type Find =
  /** A built-in detector by id. */
  | { detector: string }
  /**
   * RE2 syntax. `anchors` are literals one of which every match contains; they are derived when absent. `group` names
   * the capture to redact, or several.
   */
  | { pattern: string; anchors?: string[]; ignore_case?: boolean; group?: string | number | (string | number)[] }
  /**
   * Key names, compared without case and `-_. `, camelCase included; a name matches as the end of a key (`password`
   * finds `dbPassword`), unless the end is one of `except` too (`page_token`).
   */
  | { field: string[]; except?: string[] }
  /** Globs over the dotted path: `*` within a segment, `**` over any number. The whole value is the finding. */
  | { path: string[] }

/** Where a rule applies; each list is globs, and an absent list means everywhere. */
export interface Scope {
  service?: string[]
  source?: string[]
  path?: string[]
  not_path?: string[]
}

/** Values that are no finding. */
export interface Allow {
  exact?: string[]
  prefix?: string[]
  pattern?: string[]
  /** Keyed hashes of values (`Fingerprints.exception`), so that the list itself holds no secret. */
  hash?: string[]
}

/** Other rules, by their ids or by their detectors', one of which must be found for this one to count. */
export interface WithRules {
  rules: string[]
  /** How far away at most, in the same text; absent: anywhere in the record. */
  within_bytes?: number
}

/** Words that speak for a finding, beside it or in its path; compared like `Detector.near`. */
export interface NearWords {
  words: string[]
  /** How far from the finding one may stand; absent: LIMITS.near_bytes. */
  within_bytes?: number
}

/** `type` names an action of redactor/actions; the rest are its settings. */
export interface ActionSettings {
  type: string
  [setting: string]: unknown
}

export interface Rule {
  id: string
  find: Find
  where?: Scope
  allow?: Allow
  action: ActionSettings
  category: Category
  severity: Severity
  /** Of a finding by itself. Words that speak for it raise it, see `near` and `Detector.near`; nothing lowers it. */
  confidence: Confidence
  /** What is below is no finding. Absent: medium for detectors and for rules with `near`, else low. */
  confidence_min?: Confidence
  /** A rule by detector: words besides the detector's. A rule by pattern counts only where one of them is. */
  near?: NearWords
  with?: WithRules
  /** True: it only counts, as in observe mode. */
  observe?: boolean
  /** Place among the operator's own rules: they go before all others, in their order. */
  own?: number
  /** Adds keyed fingerprints of the values to the census. */
  fingerprint?: boolean
}

export interface Policy {
  /** Short hash over everything below: the census carries it. */
  version: string
  /** `observe` finds and counts, and changes nothing. */
  mode: 'enforce' | 'observe'
  rules: Rule[]
  allow: Allow
  /** Key names (compared like `find.field`, but whole) whose values are not scanned: trace ids, timestamps. */
  exclude_fields: string[]
  /** What becomes of a record that could not be inspected. */
  on_error: 'mask_all' | 'drop'
  /** Dotted paths of the service's name, best first. `@tag` is the forward tag, `@group.` the OTLP group. */
  service_from: string[]
  /** The same for the namespace and the environment that it runs in. Absent: nowhere. */
  namespace_from?: string[]
  environment_from?: string[]
  /**
   * What becomes of a field that is not of the format's protocol (OTLP): its text is scanned and what is no text is
   * taken out (`scan`, the default), or all of it is taken out.
   */
  unknown_fields?: 'scan' | 'drop'
  /** Values in records that rules on counts tell apart, by their keyed hash. The version does not speak of them. */
  watch?: { id: string; paths: readonly string[] }[]
  /** Key for hashes and fingerprints; the key is hex or text, never logged. */
  hmac?: { id: string; key: string }
}

export const UNKNOWN_SERVICE = 'unknown_service'
export const OTHER_SERVICES = '_other'
/** Stands for a service whose name itself was redacted. */
export const REDACTED_SERVICE = '_redacted'
