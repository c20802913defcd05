// Numbers that the United States give to people and companies. Social Security numbers as printed: national_ids.ts.
import type { Detector } from '../../../core/detector.ts'
import { numberAt, onSymbols } from '../../checks/symbols.ts'
import { DRIVING, PASSPORT, TAX_ID } from '../../near_words.ts'
import { inBothForms, shaped } from '../../shape.ts'

const isSsnDigits = onSymbols((v) => {
  const area = numberAt(v, 0, 3)
  const group = numberAt(v, 3, 5)
  if (area === 0 || area === 666 || area >= 900 || group === 0 || numberAt(v, 5, 9) === 0) return false
  return numberAt(v, 0, 9) !== 78_05_1120 && numberAt(v, 0, 9) !== 123_45_6789
})

const isItin = onSymbols((v) => {
  const group = numberAt(v, 3, 5)
  if (v[0] !== 9) return false
  return (group >= 50 && group <= 65) || (group >= 70 && group <= 88) || (group >= 90 && group !== 93)
})

/** Prefixes that the Internal Revenue Service never gave out. */
const NO_EIN = [0, 7, 8, 9, 17, 18, 19, 28, 29, 49, 69, 70, 78, 79, 89, 96, 97]
const isEin = onSymbols((v) => !NO_EIN.includes(numberAt(v, 0, 2)))

export const us: readonly Detector[] = [
  shaped({
    id: 'us_ssn_digits',
    summary: 'US Social Security numbers as nine bare digits, beside a word for it',
    category: 'personal',
    severity: 'critical',
    confidence: 'low',
    near: ['ssn', 'social security', 'social security number', 'social security no', 'social sec', 'ss number'],
    region: 'us',
    source: 'US Social Security Administration, POMS RM 10201',
    shapes: ['9{9}'],
    check: isSsnDigits,
    numbers: ['536221234', '899999999', '457555462'],
    wrong: ['000123456', '666123456', '536001234', '536220000', '53622123', '5362212345', '123456789'],
  }),
  ...inBothForms({
    id: 'us_itin',
    summary: 'US individual taxpayer identification numbers: 9xx and a group that is given out',
    category: 'personal',
    severity: 'high',
    confidence: 'medium',
    near: ['itin', ...TAX_ID, 'taxpayer id', 'individual taxpayer'],
    region: 'us',
    source: 'IRS, Internal Revenue Manual 3.21.263',
    printed: ['[9]99-[5-9]9-9999', '[9]99 [5-9]9 9999'],
    bare: ['[9]99[5-9]9{5}'],
    check: isItin,
    numbers: ['912-70-1234', '900-88-9999', '999-94-0001'],
    wrong: ['912-49-1234', '912-66-1234', '912-89-1234', '912-93-1234', '812-70-1234'],
  }),
  shaped({
    id: 'us_ein',
    summary: 'US employer identification numbers',
    category: 'other',
    severity: 'low',
    confidence: 'low',
    near: ['ein', 'fein', 'employer identification', 'employer id', 'federal tax id', ...TAX_ID],
    region: 'us',
    source: 'IRS, Internal Revenue Manual 21.7.13',
    shapes: ['99-9999999', '9{9}'],
    check: isEin,
    numbers: ['91-1144442', '20-1234567', '471234567'],
    wrong: ['00-1234567', '07-1144442', '89-1144442', '91-114444', '9-11144442'],
  }),
  shaped({
    id: 'us_passport',
    summary: 'US passport numbers, of both generations',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: PASSPORT,
    region: 'us',
    source: 'US Department of State, 22 CFR 51; nine digits, since 2021 a letter and eight digits',
    shapes: ['A9{8}', '9{9}'],
    numbers: ['A12345678', '488839667', 'Z00417320'],
    wrong: ['A1234567', 'A123456789', '48883966', 'a12345678', '4888396671'],
  }),
  shaped({
    id: 'us_driver_license',
    summary: "US driver's license numbers in the formats of the states",
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: [...DRIVING, 'dl no', 'dl', 'dmv'],
    region: 'us',
    source: 'AAMVA, D20 data dictionary; formats of the states',
    shapes: [
      'A999-9999-9999',
      'A999-999-99-999-9',
      'A999-9999-9999-99',
      'A99999 99999 99999',
      'A9999-99999-99999',
      'A9{14}',
      'A9{13}',
      'A9{12}',
      'A9{11}',
      'A9{8}',
      'A9{7}',
      'A9{6}',
      'AA9{7}',
      'AA9{6}',
      'AAA9{6}',
      '99AAA9999',
      '9{12}',
      '9{10}',
      '9{9}',
      '9{8}',
      '9{7}',
    ],
    numbers: [
      'D1234562',
      'S530-4609-0811',
      'D12345678',
      'B123456789012',
      '99AAA1234',
      'F255-921-50-094-0',
      '123456789',
    ],
    wrong: ['D12345', '123456', '12345678901', 'ABCD123456', 'D1234-12345', 'WDL12'],
  }),
]
