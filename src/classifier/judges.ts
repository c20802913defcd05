// What the walkers know of candidates (assembly/judge.ts): they tell at once that most of the frequent ones are none,
// and count IPv4 addresses of which nothing else is wanted. This file says whose anchors those are.
import type { Judge, Picture } from '../core/detector.ts'
import type { Rule } from '../core/policy.ts'
import type { AllowTest } from './allow.ts'
import type { Automaton } from './automaton.ts'
import type { Probe } from './probes.ts'

const BITS: Readonly<Record<Judge, number>> = {
  ipv4: 1,
  ipv6: 2,
  email: 4,
  phone: 8,
  assignment: 16,
  url: 64,
  card: 128,
}
const PICTURE = 32
const FOR_FINDERS = 1 << 15

/** Sets of bytes that can be told apart. */
const SETS_MAX = 64

export interface Judged {
  /** By the place in the automaton's owners: a bit for each judge that is to be asked. */
  readonly kinds: Uint16Array
  /** For each of these places its list of pictures, the lists, and the pictures (assembly/pictures.ts). */
  readonly pictures: Uint32Array
  /** Two words a byte: a bit for each set that it is of. */
  readonly sets: Uint32Array
}

/** `names` is the owner of the names that stand before values. */
export function judgedEnds({ owners }: Automaton, probes: readonly Probe[], names: number): Judged {
  const drawn = new Drawn()
  const kinds = new Uint16Array(owners.length)
  const lists = Array.from(owners, (some, place) => {
    const list: number[] = []
    for (const owner of some) {
      const { judge = owner === names ? 'assignment' : undefined, pictures } = probes[owner] ?? {}
      const places = pictures && drawn.all(pictures)
      if (judge !== undefined) kinds[place] |= BITS[judge]
      else if (places === undefined) kinds[place] |= FOR_FINDERS
      else {
        kinds[place] |= PICTURE
        list.push(...places)
      }
    }
    return list
  })
  return { kinds, pictures: drawn.behind(lists), sets: drawn.sets }
}

/** Pictures as the walkers read them. */
class Drawn {
  readonly sets = new Uint32Array(256 * 2)
  private readonly words: number[] = []
  private readonly known = new Map<Picture, number>()
  private readonly numbers = new Map<string, number>()

  /** Where these pictures begin among the words; undefined when there are more sets than can be told apart. */
  all(pictures: readonly Picture[]): number[] | undefined {
    const places = pictures.map((picture) => this.one(picture))
    return places.every((place) => place !== undefined) ? places : undefined
  }

  /** The lists, before them where each begins, and behind them the pictures. */
  behind(lists: readonly (readonly number[])[]): Uint32Array {
    const first = lists.length + 1
    const ahead = first + lists.reduce((sum, { length }) => sum + length, 0)
    const begins: number[] = []
    for (let i = 0, at = first; i < lists.length; at += lists[i++].length) begins.push(at)
    return Uint32Array.from([...begins, ahead, ...lists.flat().map((place) => place + ahead), ...this.words])
  }

  private one(picture: Picture): number | undefined {
    const known = this.known.get(picture)
    if (known !== undefined) return known
    const sets = picture.places.map((place) => this.setOf(place))
    if (!sets.every((set) => set !== undefined)) return undefined
    const at = this.words.length
    this.words.push(picture.anchorEnd, sets.length, ...sets)
    this.known.set(picture, at)
    return at
  }

  private setOf(place: Uint8Array): number | undefined {
    const key = Buffer.from(place).toString('latin1')
    let number = this.numbers.get(key)
    if (number !== undefined || this.numbers.size === SETS_MAX) return number
    number = this.numbers.size
    this.numbers.set(key, number)
    for (let byte = 0; byte < 256; byte++) this.sets[byte * 2 + (number >> 5)] |= place[byte] << (number & 31)
    return number
  }
}

/** What matters here of a compiled rule. */
interface Ruled {
  readonly rule: Rule
  readonly scoped: boolean
  readonly allow: AllowTest | undefined
  readonly company: object | undefined
  readonly level: number
  readonly levelMin: number
}

/** True when all that the policy wants of any IPv4 address, wherever it stands, is to count it. */
export function onlyCountsAddresses(
  allow: AllowTest | undefined,
  rules: readonly Ruled[],
  probes: readonly Probe[],
  gated: Uint8Array,
): boolean {
  if (allow !== undefined || rules.some(({ company }) => company !== undefined)) return false
  return probes.every((probe, index) => probe.judge !== 'ipv4' || (gated[index] === 0 && isCounted(probe, rules)))
}

function isCounted({ near, rules }: Probe, all: readonly Ruled[]): boolean {
  const { rule, scoped, allow, level, levelMin } = all[rules[0]]
  const isPlain = !scoped && allow === undefined && level >= levelMin && near < 0
  return isPlain && rule.action.type === 'keep' && rule.fingerprint !== true
}
