// Numbers that the Netherlands give to people.
import type { Detector } from '../../../core/detector.ts'
import { numberAt, onSymbols } from '../../checks/symbols.ts'
import { weightedSum } from '../../checks/weighted.ts'
import { DRIVING, NATIONAL_ID, PASSPORT, PLATE, POSTCODE } from '../../near_words.ts'
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
    id: 'nl_passport',
    summary: 'Numbers of Dutch passports and identity cards',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['paspoort', 'paspoortnummer', 'identiteitskaart', 'documentnummer', 'id card', ...PASSPORT],
    region: 'nl',
    source: 'Rijksdienst voor Identiteitsgegevens, document numbers since 2019',
    shapes: ['[A-NP-Z]{2}[0-9A-NP-Z]{6}9'],
    numbers: ['NW1A2B3C4', 'SPECI2014', 'IX7KD01F9'],
    wrong: ['NW1A2B3C', 'OW1A2B3C4', 'nw1a2b3c4', 'NW1A2B3CD'],
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
  shaped({
    id: 'nl_postal_code',
    summary: 'Dutch postal codes',
    category: 'personal',
    severity: 'low',
    confidence: 'low',
    near: ['postcode', 'woonplaats', 'adres', ...POSTCODE],
    region: 'nl',
    source: 'PostNL, postcodes',
    shapes: ['[1-9]999 AA', '[1-9]999AA'],
    numbers: ['1011 AB', '2595BE', '9711 LM'],
    wrong: ['0111 AB', '1011 A', '101 AB', '1011-AB'],
  }),
  shaped({
    id: 'nl_vehicle_plate',
    summary: 'Dutch number plates',
    category: 'personal',
    severity: 'medium',
    confidence: 'low',
    near: ['kenteken', 'kentekenplaat', ...PLATE],
    region: 'nl',
    source: 'RDW, kentekens',
    shapes: [
      'AA-999-A',
      'A-999-AA',
      '99-AAA-9',
      '9-AAA-99',
      'AAA-99-A',
      'A-99-AAA',
      'AA-99-99',
      '99-99-AA',
      '99-AA-99',
      'AA-AA-99',
      '99-AA-AA',
    ],
    numbers: ['GH-123-B', '12-ABC-3', 'TZ-45-17', '4-KLM-56'],
    wrong: ['GH-1234-B', '12-AB-3', 'gh-123-b', 'GH123B4'],
  }),
]
