// The library of detectors, one line a family.
import type { Detector } from '../../core/detector.ts'
import { attack } from './attack/index.ts'
import { bank } from './bank.ts'
import { cards } from './cards.ts'
import { contact } from './contact.ts'
import { financial } from './financial/index.ts'
import { health } from './health/index.ts'
import { identity } from './identity/index.ts'
import { nationalIds } from './national_ids.ts'
import { network } from './network.ts'
import { personal } from './personal/index.ts'
import { secrets } from './secrets/index.ts'
import { telephone } from './telephone.ts'

export const detectors: readonly Detector[] = [
  ...cards,
  ...bank,
  ...nationalIds,
  ...identity,
  ...financial,
  ...health,
  ...personal,
  ...contact,
  ...telephone,
  ...network,
  ...secrets,
  ...attack,
]

export const detectorById: ReadonlyMap<string, Detector> = new Map(detectors.map((one) => [one.id, one]))
