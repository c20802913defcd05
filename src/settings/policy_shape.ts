// The written form of a policy and of a pack: which keys there are and of what type. What they mean together is
// looked at in rules.ts and policy.ts. Rules are unknown here: each is parsed alone, so that one bad rule hides none.
import { z } from 'zod'
import { DEFAULT_ENVIRONMENT_FROM, DEFAULT_NAMESPACE_FROM, DEFAULT_SERVICE_FROM } from './defaults.ts'

const text = z.string().min(1)

function list(described: string) {
  return z.array(text).describe(described)
}

const scopeShape = z.strictObject({
  service: list('Globs of service names.').optional(),
  source: list('Globs of source names.').optional(),
  path: list('Globs of dotted paths: `*` is one key or a part of it, `**` any number of keys.').optional(),
  not_path: list('Globs of dotted paths that are left out.').optional(),
})

export const allowShape = z.strictObject({
  exact: z.array(z.string()).describe('Values, whole and with case.').optional(),
  prefix: list('Beginnings of values.').optional(),
  pattern: list('RE2 patterns for whole values.').optional(),
  hash: z
    .array(z.string().regex(/^[^:]{1,32}:[0-9a-f]{32}$/, 'not a keyed hash'))
    .describe('Keyed hashes of values, `key id:32 hex digits`, so that the list itself holds no secret.')
    .optional(),
})

const findShape = z
  .strictObject({
    detector: text.describe('Id of a built-in detector.').optional(),
    pattern: text.max(4096).describe('RE2 pattern of the value; it may not match an empty text.').optional(),
    anchors: list('With `pattern`: literals one of which every match contains; derived when absent.').optional(),
    ignore_case: z.boolean().describe('With `pattern`: letters match without case.').optional(),
    group: z
      .union([text, z.int().min(0), z.array(z.union([text, z.int().min(1)])).min(1)])
      .describe('With `pattern`: name or number of the capture group that is the finding, or a list of them.')
      .optional(),
    field: list(
      'Key names, compared without case and -_. as the end of the key: `password` finds dbPassword.',
    ).optional(),
    except: list('With `field`: names that are not meant, compared in the same way.').optional(),
    path: list('Globs of dotted paths whose whole value is the finding.').optional(),
  })
  .describe('What to look for: one of `detector`, `pattern`, `field`, `path`.')

const actionShape = z
  .union([text, z.looseObject({ type: text.describe('Name of the action.') })])
  .describe('What is done: the name of an action, or a mapping with `type` and its settings.')

const nearShape = z.strictObject({
  words: z
    .array(z.string().regex(/[\p{L}\p{N}]/u, 'not a word'))
    .min(1)
    .describe('Words, compared without case, and with - _ . space and camelCase unified: `tax id` is also taxId.'),
  within_bytes: z
    .int()
    .min(1)
    .max(4096)
    .describe('How far from the finding a word may stand; absent: 64. A word in a key of the path always counts.')
    .optional(),
})

const severity = z.enum(['low', 'medium', 'high', 'critical']).describe('low, medium, high or critical.')
const confidence = z
  .enum(['low', 'medium', 'high'])
  .describe('How sure a finding is by itself: low, medium or high. Words near it may raise it.')
const confidenceMin = z
  .enum(['low', 'medium', 'high'])
  .describe('What is less sure is no finding; absent: medium for detectors and rules with `near`, else low.')
const near = nearShape.describe(
  'With `pattern`: only what has one of the words by it, or in its path, counts. With `detector`: more words for it.',
)
const category = z
  .enum(['financial', 'personal', 'secret', 'network', 'health', 'attack', 'other'])
  .describe('financial, personal, secret, network, health, attack or other.')

const company = z
  .union([
    z.array(text).min(1),
    z.strictObject({
      rules: z.array(text).min(1).describe('Ids of rules, or of detectors of rules.'),
      within_bytes: z
        .int()
        .min(1)
        .max(65_536)
        .describe('How far away the other finding may be, in the same text; absent: anywhere in the record.')
        .optional(),
    }),
  ])
  .describe('The rule counts only where one of these others finds something too: ids of rules or of detectors.')

const examplesShape = z.strictObject({
  match: z.array(text).describe('Texts in which it finds something.').default([]),
  no_match: z.array(text).describe('Texts in which it finds nothing.').default([]),
})

export const ruleShape = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z][a-z0-9_.-]{0,63}$/, 'not a rule id')
    .describe('Small letters, digits and _.- (at most 64); a rule by detector has the id of the detector when absent.')
    .optional(),
  find: findShape,
  where: scopeShape.describe('Where the rule applies; absent: everywhere.').optional(),
  allow: allowShape.describe('Values that are no finding of this rule.').optional(),
  action: actionShape,
  category: category.optional(),
  severity: severity.optional(),
  confidence: confidence.optional(),
  confidence_min: confidenceMin.optional(),
  near: near.optional(),
  with: company.optional(),
  observe: z.boolean().describe('The rule only counts, as all do in observe mode.').optional(),
  examples: examplesShape.describe('Tried when the policy is loaded; a rule that fails them is refused.').optional(),
  fingerprint: z.boolean().describe('Adds keyed fingerprints of the values to the census.').optional(),
})

export type WrittenRule = z.infer<typeof ruleShape>

export const overrideShape = z.strictObject({
  action: actionShape.optional(),
  severity: severity.optional(),
  confidence_min: confidenceMin.optional(),
  near: near.optional(),
  with: company.optional(),
  observe: z.boolean().describe('The rule only counts, as all do in observe mode.').optional(),
  where: scopeShape.describe("Stands in the place of the rule's own scope.").optional(),
  allow: allowShape.describe("Is added to the rule's own allow list.").optional(),
  fingerprint: z.boolean().describe('Adds keyed fingerprints of the values to the census.').optional(),
})

const hmacShape = z.strictObject({
  id: text.max(32).describe('Name of the key: it stands beside every hash, so that keys can be changed.'),
  key: z
    .string()
    .min(16, 'the key is too short')
    .describe('At least 16 characters from a random source, from ${ENV} or ${file:/path}.'),
})

export const policyShape = z.strictObject({
  packs: list(
    'Rule packs: names of config/packs, or paths of pack files beside this one. ' +
      'Where two have a rule of one id, that of the later pack holds.',
  ).default(['default']),
  mode: z.enum(['enforce', 'observe']).describe('`observe` finds and counts, and changes nothing.').default('enforce'),
  on_error: z
    .enum(['mask_all', 'drop'])
    .describe('What becomes of a record that could not be inspected: mask_all or drop.')
    .default('mask_all'),
  rules: z.array(z.unknown()).describe('Rules of your own; they go before those of the packs.').default([]),
  override: z.record(z.string(), z.unknown()).describe('Changes to rules of the packs, by rule id.').default({}),
  exclude: list('Ids of rules of the packs that are left out.').default([]),
  allow: allowShape.describe('Values that are no finding of any rule.').default({}),
  exclude_fields: list('More key names whose values are not scanned, compared whole.').default([]),
  include_fields: list('Key names to scan although they are excluded by default.').default([]),
  unknown_fields: z
    .enum(['scan', 'drop'])
    .describe('What becomes of fields that OTLP does not know: `scan` looks into text and drops the rest, or drop.')
    .default('scan'),
  service_from: list('Dotted paths where the name of the service is looked for, best first.').default([
    ...DEFAULT_SERVICE_FROM,
  ]),
  namespace_from: list('The same for the namespace that the service runs in.').default([...DEFAULT_NAMESPACE_FROM]),
  environment_from: list('The same for its environment, such as production.').default([...DEFAULT_ENVIRONMENT_FROM]),
  hmac: hmacShape.describe('Key for hashes and fingerprints.').optional(),
})

export type WrittenPolicy = z.infer<typeof policyShape>

export const packShape = z.strictObject({
  name: text.describe('Name of the pack.'),
  summary: text.describe('One sentence: what it is for.'),
  extends: list('Packs whose rules it has too; its own rules stand in the place of theirs of the same id.').default([]),
  exclude: list('Ids of rules of these packs that are left out.').default([]),
  rules: z.array(z.unknown()).describe('The rules. Their order does not matter.'),
})
