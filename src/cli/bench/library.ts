// What more rules cost: the whole library of detectors against the first ones, and a thousand rules of an operator on
// top of it. Policies take turns on the same batches, as rivals do in core.ts.
import { detectors } from '../../classifier/detectors/index.ts'
import type { Policy, Rule } from '../../core/policy.ts'
import { jsonBatch } from '../traffic/encode.ts'
import { Random } from '../traffic/random.ts'
import { withFirstDetectors } from './first_detectors.ts'
import { duel, type Turns } from './measure.ts'
import type { Report } from './report.ts'
import { rivals } from './rivals.ts'

const BATCH_BYTES = 512 * 1024
const BATCHES = 8
const TRAFFIC = { seed: 1, share: 0.05 }
const OWN_RULES = 1000

export async function benchLibrary(report: Report, policy: Policy, turns: Turns): Promise<void> {
  const batches = Array.from({ length: BATCHES }, (_, i) => jsonBatch(i * 10_000, BATCH_BYTES, TRAFFIC))
  const whole = withAllDetectors(policy)
  const policies = [whole, withFirstDetectors(policy), withOwnRules(whole)]
  const threads = rivals(policies.map((one) => ({ role: 'logveil', batches, policy: one })))
  report.section('What more rules cost, on JSON lines')
  try {
    const { mb_s, ratios } = await duel(threads.all, turns)
    report.ratio(
      'core_library_share_of_25',
      `${detectors.length} detectors: share of the speed with 25`,
      ratios[1],
      0.5,
    )
    report.ratio('core_1000_rules_share', `${OWN_RULES} rules more: share of the speed without`, 1 / ratios[2], 0.667)
    report.figure('core_library_mb_s', `${detectors.length} detectors`, mb_s[0], 'MB/s')
    report.figure('core_25_mb_s', 'the first 25', mb_s[1], 'MB/s')
    report.figure('core_1000_rules_mb_s', `${detectors.length} detectors and ${OWN_RULES} rules`, mb_s[2], 'MB/s')
  } finally {
    await threads.end()
  }
}

function withAllDetectors(policy: Policy): Policy {
  const known = new Set(policy.rules.map(({ find }) => ('detector' in find ? find.detector : '')))
  const others = detectors.filter(({ id }) => !known.has(id))
  const more = others.map(({ id, category, severity, confidence }): Rule => {
    return { id, find: { detector: id }, action: { type: 'keep' }, category, severity, confidence }
  })
  return { ...policy, rules: [...policy.rules, ...more] }
}

/** Each begins with letters of its own, as tokens of companies do. */
function withOwnRules(policy: Policy): Policy {
  const random = new Random(11)
  const own = Array.from({ length: OWN_RULES }, (_, i): Rule => {
    const prefix = random.text('abcdefghijklmnopqrstuvwxyz', 3 + (i % 4))
    return {
      id: `own_${i}`,
      find: { pattern: `${prefix}${i}_[0-9A-Za-z]{20}` },
      action: { type: 'replace', template: '[own]' },
      category: 'secret',
      severity: 'high',
      confidence: 'high',
    }
  })
  return { ...policy, rules: [...own, ...policy.rules] }
}
