// Numbers that Poland gives to people and companies.
import type { Detector } from '../../../core/detector.ts'
import { isDate } from '../../checks/dates.ts'
import { allEqual, numberAt, onSymbols } from '../../checks/symbols.ts'
import { weightedSum } from '../../checks/weighted.ts'
import { COMPANY_ID, NATIONAL_ID, PASSPORT, TAX_ID, VAT } from '../../near_words.ts'
import { inBothForms, shaped } from '../../shape.ts'

/** The century is in the month: plus 80 for 1800, nothing for 1900, 20 for 2000, 40, 60. */
const isPesel = onSymbols((v) => {
  const month = numberAt(v, 2, 4)
  const year = [1900, 2000, 2100, 2200, 1800][Math.floor(month / 20)] + numberAt(v, 0, 2)
  return isDate(year, month % 20, numberAt(v, 4, 6)) && weightedSum(v, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0
})

const isNip = onSymbols((v, count) => {
  const at = count - 10
  return weightedSum(v, [6, 5, 7, 2, 3, 4, 5, 6, 7, -1], at) % 11 === 0 && !allEqual(v, at, count)
})

const isRegon = onSymbols((v, count) => {
  if ((weightedSum(v, [8, 9, 2, 3, 4, 5, 6, 7]) % 11) % 10 !== v[8] || allEqual(v, 0, 9)) return false
  return count === 9 || (weightedSum(v, [2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8]) % 11) % 10 === v[13]
})

/** The check digit stands behind the three letters. */
const isIdCard = onSymbols((v) => weightedSum(v, [7, 3, 1, 9, 7, 3, 1, 7, 3]) % 10 === 0)

export const pl: readonly Detector[] = [
  shaped({
    id: 'pl_pesel',
    summary: 'Polish identity numbers (PESEL): day of birth and weights 1, 3, 7, 9',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['pesel', 'nr pesel', 'numer pesel', ...NATIONAL_ID],
    region: 'pl',
    source: 'Ustawa z dnia 24 września 2010 r. o ewidencji ludności, art. 15',
    shapes: ['9{11}'],
    check: isPesel,
    numbers: ['44051401359', '02070803628', '90090515836'],
    wrong: ['44051401358', '44131401359', '4405140135', '44053201359'],
  }),
  ...inBothForms({
    id: 'pl_nip',
    summary: 'Polish tax numbers (NIP), mod 11',
    category: 'personal',
    severity: 'medium',
    confidence: 'medium',
    near: ['nip', 'numer nip', 'nr nip', ...TAX_ID, ...VAT],
    region: 'pl',
    source: 'Ustawa z dnia 13 października 1995 r. o zasadach ewidencji i identyfikacji podatników',
    printed: ['999-999-99-99', '999-99-99-999', 'PL9{10}'],
    bare: ['9{10}'],
    check: isNip,
    numbers: ['856-734-62-15', '856-73-46-215', '526-000-12-46'],
    wrong: ['856-734-62-16', '856-73-46-216', '111-111-11-11', '856-734-62-1'],
  }),
  shaped({
    id: 'pl_regon',
    summary: 'Polish company numbers (REGON)',
    category: 'other',
    severity: 'low',
    confidence: 'low',
    near: ['regon', 'nr regon', 'numer regon', ...COMPANY_ID],
    region: 'pl',
    source: 'Główny Urząd Statystyczny, rejestr REGON',
    shapes: ['9{14}', '9{9}'],
    check: isRegon,
    numbers: ['192598184', '123456785', '12345678512347'],
    wrong: ['192598183', '12345678612342', '19259818', '000000000'],
  }),
  shaped({
    id: 'pl_id_card',
    summary: 'Numbers of Polish identity cards (7-3-1)',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: [
      'dowod osobisty',
      'dowód osobisty',
      'nr dowodu',
      'numer dowodu',
      'seria i numer',
      'identity card',
      'id card',
    ],
    region: 'pl',
    source: 'Ustawa z dnia 6 sierpnia 2010 r. o dowodach osobistych',
    shapes: ['AAA 9{6}', 'AAA9{6}'],
    check: isIdCard,
    numbers: ['ABA300000', 'ABS123456', 'ADE 517983'],
    wrong: ['ABA300001', 'ABS223456', 'AB1234567', 'aba300000'],
  }),
  shaped({
    id: 'pl_passport',
    summary: 'Polish passport numbers',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['paszport', 'nr paszportu', 'numer paszportu', ...PASSPORT],
    region: 'pl',
    source: 'Ustawa z dnia 27 stycznia 2022 r. o dokumentach paszportowych; PRADO',
    shapes: ['AA 9{7}', 'AA9{7}'],
    numbers: ['AA1234567', 'EA 0041827', 'ZS0000177'],
    wrong: ['AA123456', 'A12345678', 'aa1234567', 'AA12345678'],
  }),
]
