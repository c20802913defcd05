// Numbers that Australia and New Zealand give to people and companies. Health: health/.
import type { Detector } from '../../../core/detector.ts'
import { allEqual, numberAt, onSymbols } from '../../checks/symbols.ts'
import { weightedSum } from '../../checks/weighted.ts'
import { COMPANY_ID, DRIVING, PASSPORT, TAX_ID } from '../../near_words.ts'
import { shaped } from '../../shape.ts'

/** Nine digits; the old ones of eight have weights of their own. */
const isTfn = onSymbols((v, count) => {
  const weights = count === 8 ? [10, 7, 8, 4, 6, 3, 5, 1] : [1, 4, 3, 7, 5, 8, 6, 9, 10]
  return weightedSum(v, weights) % 11 === 0 && !allEqual(v, 0, count)
})

/** One is taken from the first digit. */
const isAbn = onSymbols(
  (v) => (weightedSum(v, [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) - 10) % 89 === 0 && numberAt(v, 0, 2) > 10,
)
const isAcn = onSymbols(
  (v) => (10 - (weightedSum(v, [8, 7, 6, 5, 4, 3, 2, 1]) % 10)) % 10 === v[8] && !allEqual(v, 0, 9),
)

const isIrd = onSymbols((v, count) => {
  const at = count - 8
  const first = at === 1 ? v[0] : 0
  const digit = (weights: readonly number[]) =>
    (11 - ((first * weights[0] + weightedSum(v, weights.slice(1), at)) % 11)) % 11
  const once = digit([3, 2, 7, 6, 5, 4, 3, 2])
  const number = once === 10 ? digit([7, 4, 3, 2, 5, 2, 7, 6]) : once
  let value = 0
  for (let i = 0; i < count; i++) value = value * 10 + v[i]
  return number === v[count - 1] && value > 10_000_000 && value < 200_000_000
})

export const oceania: readonly Detector[] = [
  shaped({
    id: 'au_tfn',
    summary: 'Australian tax file numbers (mod 11)',
    category: 'personal',
    severity: 'critical',
    confidence: 'low',
    near: ['tfn', 'tax file', 'tax file number', ...TAX_ID],
    region: 'au',
    source: 'Australian Taxation Office, Privacy (Tax File Number) Rule 2015',
    shapes: ['999_999_999', '99_999_999', '9{9}', '9{8}'],
    check: isTfn,
    numbers: ['123 456 782', '123456782', '565051603', '876-543-210'],
    wrong: ['123 456 783', '123456781', '1234567', '000 000 000'],
  }),
  shaped({
    id: 'au_abn',
    summary: 'Australian business numbers (mod 89)',
    category: 'other',
    severity: 'low',
    confidence: 'low',
    near: ['abn', 'australian business number', ...COMPANY_ID],
    region: 'au',
    source: 'Australian Business Register, Format of the ABN',
    shapes: ['99 999 999 999', '9{11}'],
    check: isAbn,
    numbers: ['83 914 571 673', '51824753556', '53 004 085 616'],
    wrong: ['83 914 571 674', '51824753557', '8391457167', '99 999 999 999'],
  }),
  shaped({
    id: 'au_acn',
    summary: 'Australian company numbers (mod 10)',
    category: 'other',
    severity: 'low',
    confidence: 'low',
    near: ['acn', 'australian company number', 'asic', ...COMPANY_ID],
    region: 'au',
    source: 'ASIC, Australian Company Number digit check',
    shapes: ['999 999 999', '9{9}'],
    check: isAcn,
    numbers: ['004 085 616', '010749961', '000 000 019'],
    wrong: ['004 085 617', '010749962', '00408561', '000 000 000'],
  }),
  shaped({
    id: 'au_passport',
    summary: 'Australian passport numbers',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: PASSPORT,
    region: 'au',
    source: 'Australian Passport Office; ICAO Doc 9303',
    shapes: ['[PR]A9{7}', '[A-FNUX]9{7}', 'P[A-FUWXZ]9{7}'],
    numbers: ['N1234567', 'PA0941827', 'RA1234567', 'E4128812'],
    wrong: ['N123456', 'Q1234567', 'n1234567', 'N12345678'],
  }),
  shaped({
    id: 'au_driving_licence',
    summary: 'Driving licence numbers in the formats of the Australian states',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: DRIVING,
    region: 'au',
    source: 'Document Verification Service, formats of the states',
    shapes: ['A9{5}', 'A9{6}', '9{4}AA', '9{10}', '9{9}', '9{8}', '9{7}'],
    numbers: ['12345678', 'A12345', '1234AB', '004182733', 'B123456'],
    wrong: ['12345', 'AB12345', '1234ABC', '12345678901'],
  }),
  shaped({
    id: 'nz_ird',
    summary: 'New Zealand tax numbers (IRD), mod 11',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['ird', 'ird number', 'inland revenue', ...TAX_ID],
    region: 'nz',
    source: 'Inland Revenue, Resident withholding tax specification',
    shapes: ['999_999_999', '99_999_999', '9{9}', '9{8}'],
    check: isIrd,
    numbers: ['49-091-850', '49091850', '136410132', '49098576'],
    wrong: ['49-091-851', '136410133', '9125568', '4909185'],
  }),
  shaped({
    id: 'nz_passport',
    summary: 'New Zealand passport numbers',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: PASSPORT,
    region: 'nz',
    source: 'Department of Internal Affairs; ICAO Doc 9303',
    shapes: ['[A-Z]{2}9{6}', '[A-Z]9{6}'],
    numbers: ['LA123456', 'EA004182', 'N123456'],
    wrong: ['LA12345', 'LAA123456', 'la123456', 'LA1234567'],
  }),
  shaped({
    id: 'nz_driving_licence',
    summary: 'Numbers of New Zealand driving licences',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: DRIVING,
    region: 'nz',
    source: 'NZ Transport Agency Waka Kotahi',
    shapes: ['AA9{6}'],
    numbers: ['AB123456', 'DK004182', 'EJ998120'],
    wrong: ['AB12345', 'A1234567', 'ab123456', 'AB1234567'],
  }),
]
