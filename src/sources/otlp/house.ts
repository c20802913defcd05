// What the listeners and calls of one otlp source share.
import type { SourceSite } from '../../core/component.ts'
import type { Bearer } from '../../net/bearer.ts'
import type { HttpHouse } from '../../net/http/call.ts'
import { REFUSALS, type Refusal } from './refusal.ts'
import type { OtlpSettings } from './settings.ts'

export interface House extends HttpHouse {
  readonly site: SourceSite
  readonly settings: OtlpSettings
  readonly bearer: Bearer
}

/** Counted by why, and logged now and then. Never with anything that the client sent. */
export function sayRefused(house: House, why: Refusal, peer: string): void {
  house.site.emit('warn', `refused_${why}`, `A request was refused: ${REFUSALS[why].message}`, { peer })
}
