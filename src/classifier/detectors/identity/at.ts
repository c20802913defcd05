// Numbers that Austria gives to people.
import type { Detector } from '../../../core/detector.ts'
import { isDate } from '../../checks/dates.ts'
import { numberAt, onSymbols } from '../../checks/symbols.ts'
import { digitSum, weightedSum } from '../../checks/weighted.ts'
import { PASSPORT, SOCIAL_SECURITY, TAX_ID } from '../../near_words.ts'
import { shaped } from '../../shape.ts'

/** Serial number, check digit, day of birth; months beyond 12 are of people whose day is full. */
const isSocialSecurity = onSymbols((v) => {
  const month = numberAt(v, 6, 8)
  if (v[0] === 0 || month < 1 || month > 15) return false
  if (!isDate(2000 + numberAt(v, 8, 10), Math.min(month, 12), numberAt(v, 4, 6))) return false
  return (weightedSum(v, [3, 7, 9]) + weightedSum(v, [5, 8, 4, 2, 1, 6], 4)) % 11 === v[3]
})

const isTaxNumber = onSymbols((v) => (10 - (digitSum(v, [1, 2, 1, 2, 1, 2, 1, 2]) % 10)) % 10 === v[8])

export const at: readonly Detector[] = [
  shaped({
    id: 'at_social_security',
    summary: 'Austrian social insurance numbers (SVNR): weights, mod 11, day of birth',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: [
      'sozialversicherungsnummer',
      'versicherungsnummer',
      'svnr',
      'sv nummer',
      'sv nr',
      'vsnr',
      'e card',
      ...SOCIAL_SECURITY,
    ],
    region: 'at',
    source: 'Dachverband der Sozialversicherungsträger, § 31 ASVG',
    shapes: ['[1-9]999 9{6}', '[1-9]999-9{6}', '[1-9]9{9}'],
    check: isSocialSecurity,
    numbers: ['1237010180', '1237 010180', '2051 240361'],
    wrong: ['1238010180', '1237 320180', '123701018', '2237 010180'],
  }),
  shaped({
    id: 'at_tax_number',
    summary: 'Austrian tax numbers (Steuernummer)',
    category: 'personal',
    severity: 'medium',
    confidence: 'low',
    near: ['steuernummer', 'abgabenkontonummer', 'steuernr', 'steuer nr', 'finanzamt', ...TAX_ID],
    region: 'at',
    source: 'BMF, Prüfziffernverfahren der Abgabenkontonummer',
    shapes: ['99-999/9999', '99 999/9999', '9{9}'],
    check: isTaxNumber,
    numbers: ['59-119/9013', '591199013', '03-123/4560'],
    wrong: ['59-119/9012', '591199014', '59-119/901'],
  }),
  shaped({
    id: 'at_passport',
    summary: 'Austrian passport numbers',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['reisepass', 'reisepassnummer', 'passnummer', 'pass nr', ...PASSPORT],
    region: 'at',
    source: 'Passgesetz 1992; PRADO',
    shapes: ['A9{7}', 'A 9{7}', 'AA9{7}'],
    numbers: ['P1234567', 'U 0041827', 'AB1234567'],
    wrong: ['P123456', '12345678', 'p1234567', 'P12345678'],
  }),
]
