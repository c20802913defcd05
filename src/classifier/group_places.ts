// Where the groups of a match lie. RE2 tells this too, but what it hands over costs ten times what finding the match
// does. So RE2 says where a match begins, and it is followed from there; when that cannot be told, or not soon, RE2 is
// asked after all.
import { Follower } from './follow.ts'
import { type Node, patternTree } from './pattern_tree.ts'

export type Group = string | number
export type GroupSpan = readonly [start: number, end: number]

/** RE2 needs no longer than so many steps. */
const STEPS_MAX = 1000

export class GroupPlaces {
  private readonly follower: Follower

  private constructor(follower: Follower) {
    this.follower = follower
  }

  /** Undefined when the pattern is not one that can be followed. */
  static of(pattern: string, ignoreCase: boolean, groups: readonly Group[], byPrefix: boolean) {
    const tree = patternTree(pattern, ignoreCase)
    const follower = tree && Follower.of(tree, numbersOf(tree, groups, byPrefix))
    return follower && new GroupPlaces(follower)
  }

  /** End of the match that begins at `at`; -1 when it cannot be told here. */
  follow(text: Uint8Array, at: number): number {
    return this.follower.follow(text, at, text.length, STEPS_MAX)
  }

  /** The findings of the match that was followed, in the order of the text. */
  spans(): readonly GroupSpan[] {
    const { bounds } = this.follower
    const spans: GroupSpan[] = []
    for (let i = 0; i < bounds.length; i += 2) spans.push([bounds[i], bounds[i + 1]])
    return inOrder(spans)
  }
}

/** Those that took part and are not empty. */
export function inOrder(spans: readonly (GroupSpan | undefined)[]): readonly GroupSpan[] {
  const taken = spans.filter((span) => span !== undefined && span[1] > span[0]) as GroupSpan[]
  return taken.length < 2 ? taken : taken.sort((a, b) => a[0] - b[0] || a[1] - b[1])
}

/** Numbers of the groups that are findings. `byPrefix`: those whose names begin with the one given. */
function numbersOf(tree: Node, groups: readonly Group[], byPrefix: boolean): number[] {
  const isWanted = ({ number, name }: Extract<Node, { kind: 'group' }>): boolean =>
    groups.some((one) => one === number || one === name || (byPrefix && name?.startsWith(String(one))))
  return groupsIn(tree).flatMap((group) => (isWanted(group) ? [group.number] : []))
}

function groupsIn(node: Node): Extract<Node, { kind: 'group' }>[] {
  switch (node.kind) {
    case 'row':
      return node.parts.flatMap(groupsIn)
    case 'choice':
      return node.options.flatMap(groupsIn)
    case 'group':
      return [node, ...groupsIn(node.part)]
    case 'repeat':
      return groupsIn(node.part)
    default:
      return []
  }
}
