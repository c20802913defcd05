// Birth numbers of the Czech and the Slovak Republic, which are given out by one rule.
import type { Detector } from '../../../core/detector.ts'
import { isDate } from '../../checks/dates.ts'
import { numberAt, onSymbols } from '../../checks/symbols.ts'
import { NATIONAL_ID, PASSPORT } from '../../near_words.ts'
import { inBothForms, shaped } from '../../shape.ts'

/** Months of women have 50 more, and 20 more when the numbers of a day ran out. Nine digits were given until 1953. */
const isBirthNumber = onSymbols((v, count) => {
  const year = numberAt(v, 0, 2)
  const month = (numberAt(v, 2, 4) % 50) % 20
  if (count === 9) return year <= 53 && isDate(1900 + year, numberAt(v, 2, 4) % 50, numberAt(v, 4, 6))
  if (!isDate((year >= 54 ? 1900 : 2000) + year, month, numberAt(v, 4, 6))) return false
  const rest = numberAt(v, 0, 9) % 11
  // Until 1985 a remainder of ten was written as 0.
  return rest % 10 === v[9] && (rest < 10 || (year >= 54 && year < 85))
})

export const cz: readonly Detector[] = [
  ...inBothForms({
    id: 'cz_rodne_cislo',
    summary: 'Czech and Slovak birth numbers: day of birth and mod 11',
    category: 'personal',
    severity: 'high',
    confidence: 'medium',
    near: [
      'rodne cislo',
      'rodné číslo',
      'rodne c',
      'rodneho cisla',
      'rodného čísla',
      'rc',
      'rč',
      'birth number',
      ...NATIONAL_ID,
    ],
    region: 'cz',
    source: 'Zákon č. 133/2000 Sb., o evidenci obyvatel; zákon č. 301/1995 Z. z.',
    printed: ['9{6}/9{4}'],
    bare: ['9{10}'],
    check: isBirthNumber,
    numbers: ['710319/2745', '991231/5699', '805523/1239'],
    wrong: ['710319/2746', '711319/2745', '710332/2745', '710319/274'],
  }),
  shaped({
    id: 'cz_id_card',
    summary: 'Numbers of Czech and Slovak identity cards and passports',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: [
      'cislo obcanskeho prukazu',
      'číslo občanského průkazu',
      'obcansky prukaz',
      'občanský průkaz',
      'cislo op',
      'obciansky preukaz',
      'občiansky preukaz',
      'cestovni pas',
      'cestovní pas',
      'cislo pasu',
      'číslo pasu',
      'identity card',
      'id card',
      ...PASSPORT,
    ],
    region: 'cz',
    source: 'Zákon č. 269/2021 Sb., o občanských průkazech; PRADO',
    shapes: ['AA9{6}', '9{9}', '9{8}'],
    numbers: ['123456789', '40012345', 'EA123456'],
    wrong: ['1234567', 'ea123456', 'EA12345', '1234567890'],
  }),
]
