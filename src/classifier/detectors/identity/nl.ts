// Numbers that the Netherlands give to people.
import type { Detector } from '../../../core/detector.ts'
import { numberAt, onSymbols } from '../../checks/symbols.ts'
import { weightedSum } from '../../checks/weighted.ts'
import { DRIVING, NATIONAL_ID } from '../../near_words.ts'
import { shaped } from '../../shape.ts'

/** The eleven test. */
const isBsn = onSymbols((v) => weightedSum(v, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0 && numberAt(v, 0, 9) > 9_999)

export const nl: readonly Detector[] = [
  shaped({
    id: 'nl_bsn',
    summary: 'Dutch citizen service numbers (BSN), the eleven test',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: [
      'bsn',
      'burgerservicenummer',
      'burger service nummer',
      'sofinummer',
      'sofi',
      'persoonsnummer',
      ...NATIONAL_ID,
    ],
    region: 'nl',
    source: 'Rijksdienst voor Identiteitsgegevens, Wet algemene bepalingen burgerservicenummer',
    shapes: ['9999.99.999', '999 999 999', '9{9}'],
    check: isBsn,
    numbers: ['111222333', '1112.22.333', '123456782', '111 222 333'],
    wrong: ['111252333', '1112.22.334', '11122233', '000000000'],
  }),
  shaped({
    id: 'nl_driving_licence',
    summary: 'Numbers of Dutch driving licences',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['rijbewijs', 'rijbewijsnummer', ...DRIVING],
    region: 'nl',
    source: 'RDW, rijbewijs',
    shapes: ['9{10}'],
    numbers: ['5123456789', '4098127733', '3001827364'],
    wrong: ['512345678', '51234567890', 'A123456789'],
  }),
]
