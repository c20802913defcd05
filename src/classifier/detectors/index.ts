// The library of detectors, one line a family.
import type { Detector } from '../../core/detector.ts'
import { assignments } from './assignments.ts'
import { bank } from './bank.ts'
import { cards } from './cards.ts'
import { cloudKeys } from './cloud_keys.ts'
import { contact } from './contact.ts'
import { credentials } from './credentials.ts'
import { nationalIds } from './national_ids.ts'
import { network } from './network.ts'
import { telephone } from './telephone.ts'
import { vendorTokens } from './vendor_tokens.ts'

export const detectors: readonly Detector[] = [
  ...cards,
  ...bank,
  ...nationalIds,
  ...contact,
  ...telephone,
  ...network,
  ...cloudKeys,
  ...vendorTokens,
  ...credentials,
  ...assignments,
]

export const detectorById: ReadonlyMap<string, Detector> = new Map(detectors.map((one) => [one.id, one]))
