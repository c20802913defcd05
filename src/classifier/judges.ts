// What the walkers know of candidates (assembly/judge.ts): they tell at once that most of the frequent ones are none,
// and count IPv4 addresses of which nothing else is wanted. This file says whose anchors those are.
import type { Judge } from '../core/detector.ts'
import type { Rule } from '../core/policy.ts'
import type { AllowTest } from './allow.ts'
import type { Automaton } from './automaton.ts'
import type { Probe } from './probes.ts'

const BITS: Readonly<Record<Judge, number>> = { ipv4: 1, ipv6: 2, email: 4, phone: 8, assignment: 16 }
const FOR_FINDERS = 128

/** What matters here of a compiled rule. */
interface Judged {
  readonly rule: Rule
  readonly scoped: boolean
  readonly allow: AllowTest | undefined
  readonly company: object | undefined
  readonly level: number
  readonly levelMin: number
}

/** By the place in the automaton's owners: a bit for each judge that is to be asked. `names` stand before values. */
export function judgedEnds({ owners }: Automaton, probes: readonly Probe[], names: number): Uint8Array {
  const bitOf = (owner: number) => {
    const judge = owner === names ? 'assignment' : probes[owner]?.judge
    return judge === undefined ? FOR_FINDERS : BITS[judge]
  }
  return Uint8Array.from(owners, (some) => some.reduce((bits, owner) => bits | bitOf(owner), 0))
}

/** True when all that the policy wants of any IPv4 address, wherever it stands, is to count it. */
export function onlyCountsAddresses(
  allow: AllowTest | undefined,
  rules: readonly Judged[],
  probes: readonly Probe[],
  gated: Uint8Array,
): boolean {
  if (allow !== undefined || rules.some(({ company }) => company !== undefined)) return false
  return probes.every((probe, index) => probe.judge !== 'ipv4' || (gated[index] === 0 && isCounted(probe, rules)))
}

function isCounted({ near, rules }: Probe, all: readonly Judged[]): boolean {
  const { rule, scoped, allow, level, levelMin } = all[rules[0]]
  const isPlain = !scoped && allow === undefined && level >= levelMin && near < 0
  return isPlain && rule.action.type === 'keep' && rule.fingerprint !== true
}
