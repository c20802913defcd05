// Numbers of those who treat and prescribe.
import type { Detector } from '../../../core/detector.ts'
import { onSymbols } from '../../checks/symbols.ts'
import { isLuhn } from '../../checks/weighted.ts'
import { shaped } from '../../shape.ts'

/** Luhn over the number with 80840 before it, which adds 24 to the sum. */
const isNpi = onSymbols((v) => {
  v[9] = (v[9] + 24) % 10
  return isLuhn(v, 0, 10)
})

const isDea = onSymbols((v) => (v[2] + v[4] + v[6] + 2 * (v[3] + v[5] + v[7])) % 10 === v[8])
const isLanr = onSymbols((v) => {
  let sum = 0
  for (let at = 0; at < 6; at++) sum += v[at] * (at % 2 === 0 ? 4 : 9)
  return (10 - (sum % 10)) % 10 === v[6]
})

export const providers: readonly Detector[] = [
  shaped({
    id: 'us_npi',
    summary: 'US national provider identifiers (NPI), Luhn with 80840',
    category: 'health',
    severity: 'medium',
    confidence: 'low',
    near: ['npi', 'provider id', 'provider number', 'national provider', 'physician id'],
    region: 'us',
    source: 'CMS, NPI check digit calculation; ISO/IEC 7812-1',
    shapes: ['[12]9{9}'],
    check: isNpi,
    numbers: ['1234567893', '1245319599', '1679576722'],
    wrong: ['1234567890', '3234567893', '123456789', '1245319598'],
  }),
  shaped({
    id: 'us_dea',
    summary: 'US registration numbers of prescribers (DEA)',
    category: 'health',
    severity: 'medium',
    confidence: 'low',
    near: ['dea', 'dea number', 'dea no', 'dea registration', 'prescriber'],
    region: 'us',
    source: 'US Drug Enforcement Administration, DEA number verification',
    shapes: ['[ABCDEFGHJKLMPRSTUX][A-Z9]9{7}'],
    check: isDea,
    numbers: ['AB1234563', 'FJ2345672', 'B91234563'],
    wrong: ['AB1234564', 'IB1234563', 'AB123456', 'ab1234563'],
  }),
  shaped({
    id: 'de_lanr',
    summary: 'German numbers of physicians for life (LANR)',
    category: 'health',
    severity: 'low',
    confidence: 'low',
    near: ['lanr', 'arztnummer', 'lebenslange arztnummer', 'bsnr'],
    region: 'de',
    source: 'Kassenärztliche Bundesvereinigung, Richtlinie zur Arztnummer § 75 Abs. 7 SGB V',
    shapes: ['9{9}'],
    check: isLanr,
    numbers: ['123456601', '987654403', '555555501'],
    wrong: ['123456701', '12345660', '1234566011'],
  }),
]
