// The names that stand around records: those of their frame, of the open group, and of the open scope within it. What a
// record itself says comes before them (service.ts).
import { type Place, Step } from '../core/wire.ts'
import { fromOutside, merged, type Named, NOBODY } from './service.ts'

export class NamesAround {
  private frame: Named = NOBODY
  private group: Named = NOBODY
  /** That of the group, unless the open scope has a better one. */
  private scope: Named = NOBODY

  nextFrame(): void {
    this.frame = NOBODY
    this.group = NOBODY
    this.scope = NOBODY
  }

  /** The name to begin with. A marker says anew whose its group is; one that closes it names nobody. */
  of(step: number): Named {
    if (step === Step.group) return NOBODY
    return merged(step === Step.scope ? this.group : this.scope, this.frame)
  }

  /** What `step` tells of has this name: it holds for what it stands around. */
  saw(step: number, known: Named): void {
    if (step === Step.envelope) this.frame = fromOutside(known)
    if (step === Step.group) this.group = fromOutside(known)
    if (step === Step.group || step === Step.scope) this.scope = fromOutside(known)
  }

  /** What cannot be read may have opened a group: it is open all the same, and nobody knows whose it is. */
  lost(place: Place): void {
    if (place === 'resource') this.group = NOBODY
    if (place !== 'record') this.scope = this.group
  }
}
