// Personal identity numbers of Denmark, Sweden, Norway, Finland and Iceland: all begin with the day of birth.
import type { Detector } from '../../../core/detector.ts'
import { isDate, isDayMonthYear } from '../../checks/dates.ts'
import { letter, numberAt, onSymbols } from '../../checks/symbols.ts'
import { isLuhn, weightedSum } from '../../checks/weighted.ts'
import { NATIONAL_ID, PASSPORT } from '../../near_words.ts'
import { inBothForms, shaped } from '../../shape.ts'

/** Since 2007 the sum over all ten need not be divisible by eleven: only the day is checked. */
const isCpr = onSymbols((v) => isDayMonthYear(v, 0))

/** Coordination numbers have 60 more on the day. Luhn over the last ten. */
const isPersonnummer = onSymbols((v, count) => {
  const at = count - 10
  const day = numberAt(v, at + 4, at + 6)
  if (at === 2 && (v[0] > 2 || numberAt(v, 0, 2) < 18 || numberAt(v, 0, 2) > 20)) return false
  const isDay = isDate(2000 + numberAt(v, at, at + 2), numberAt(v, at + 2, at + 4), day > 60 ? day - 60 : day)
  return isDay && numberAt(v, at + 6, at + 9) > 0 && isLuhn(v, at, count)
})

/** D numbers have 40 more on the day, H numbers 40 more on the month, synthetic ones 80. */
const isFodselsnummer = onSymbols((v) => {
  const day = numberAt(v, 0, 2)
  const month = numberAt(v, 2, 4)
  if (!isDate(2000 + numberAt(v, 4, 6), month > 80 ? month - 80 : month % 40, day > 40 ? day - 40 : day)) return false
  if (weightedSum(v, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11 !== 0) return false
  return weightedSum(v, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0
})

const HETU = [...'0123456789ABCDEFHJKLMNPRSTUVWXY'].map(letter)
/** The sign of the century is a symbol when it is a letter. */
const isHetu = onSymbols((v, count) => {
  const at = count - 4
  const number = numberAt(v, 0, 6) * 1000 + numberAt(v, at, at + 3)
  return isDayMonthYear(v, 0) && numberAt(v, at, at + 3) > 1 && HETU[number % 31] === v[at + 3]
})

/** The day of companies is 40 more. */
const isKennitala = onSymbols((v) => {
  const day = numberAt(v, 0, 2)
  if (!isDate(2000 + numberAt(v, 4, 6), numberAt(v, 2, 4), day > 40 ? day - 40 : day)) return false
  return (v[9] === 9 || v[9] <= 1) && weightedSum(v, [3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0
})

export const nordic: readonly Detector[] = [
  shaped({
    id: 'dk_cpr',
    summary: 'Danish personal numbers (CPR) by their day of birth',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['cpr', 'cpr nummer', 'cprnr', 'personnummer', ...NATIONAL_ID],
    region: 'dk',
    source: 'CPR-kontoret, Personnummeret i CPR',
    shapes: ['9{6}-9{4}', '9{6} 9{4}', '9{10}'],
    check: isCpr,
    numbers: ['211062-5629', '0704850218', '010199-4321'],
    wrong: ['321062-5629', '311162-5629', '211062-562', '2110625'],
  }),
  ...inBothForms({
    id: 'se_personnummer',
    summary: 'Swedish personal and coordination numbers: day of birth and Luhn',
    category: 'personal',
    severity: 'high',
    confidence: 'medium',
    near: ['personnummer', 'personnr', 'samordningsnummer', 'pnr', 'ssn', ...NATIONAL_ID],
    region: 'se',
    source: 'Skatteverket, SKV 704; Folkbokföringslagen 18 §',
    printed: ['9{6}[-+]9{4}', '9{8}[-+]9{4}'],
    bare: ['9{12}', '9{10}'],
    check: isPersonnummer,
    numbers: ['880320-0016', '19880320-0016', '670919-9530', '701063-2391'],
    wrong: ['880320-0018', '881320-0016', '19880320-0017', '880320-001'],
  }),
  ...inBothForms({
    id: 'no_fodselsnummer',
    summary: 'Norwegian birth and D numbers: day of birth and two check digits (mod 11)',
    category: 'personal',
    severity: 'high',
    confidence: 'medium',
    near: [
      'fodselsnummer',
      'fødselsnummer',
      'fodselsnr',
      'fødselsnr',
      'fnr',
      'personnummer',
      'd nummer',
      ...NATIONAL_ID,
    ],
    region: 'no',
    source: 'Skatteetaten, folkeregisterforskriften § 2-2-1',
    printed: ['9{6}-9{5}'],
    bare: ['9{6} 9{5}', '9{11}'],
    check: isFodselsnummer,
    numbers: ['151086-95088', '010307-21450', '684131-00198'],
    wrong: ['151086-95077', '151386-95088', '321086-95088'],
  }),
  shaped({
    id: 'fi_hetu',
    summary: 'Finnish personal identity codes (HETU): day of birth and a check character (mod 31)',
    category: 'personal',
    severity: 'high',
    confidence: 'high',
    near: ['hetu', 'henkilotunnus', 'henkilötunnus', 'personbeteckning'],
    region: 'fi',
    source: 'Digi- ja väestötietovirasto, laki 661/2009',
    shapes: ['[0-3]99999[-+ABCDEFYXWVU]999[0-9A-FHJ-NPR-Y]'],
    check: isHetu,
    numbers: ['131052-308T', '131052A308T', '010190-967V', '131052Y308T'],
    wrong: ['131052-308U', '311152-308T', '131052-308', '131052G308T', '131052-001T'],
  }),
  ...inBothForms({
    id: 'is_kennitala',
    summary: 'Icelandic identity numbers (kennitala): day of birth and mod 11',
    category: 'personal',
    severity: 'high',
    confidence: 'medium',
    near: ['kennitala', 'kt', 'kennitolu', 'kennitölu', ...NATIONAL_ID],
    region: 'is',
    source: 'Þjóðskrá Íslands, lög nr. 140/2019',
    printed: ['9{6}-9{4}'],
    bare: ['9{10}'],
    check: isKennitala,
    numbers: ['450401-3150', '120174-3399', '450401-3150'],
    wrong: ['530575-0299', '320174-3399', '120174-3389', '120174-339'],
  }),
  shaped({
    id: 'nordic_passport',
    summary: 'Passport numbers of Denmark, Sweden, Norway, Finland and Iceland',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['passi', 'pass nr', 'passnummer', 'pasnummer', 'passin numero', 'vegabref', 'vegabréf', ...PASSPORT],
    region: 'eu',
    source: 'Council of the European Union, PRADO',
    shapes: ['AAA9{6}', 'AA9{7}', 'A9{7}', 'A9{8}', '9{8}', '9{9}'],
    numbers: ['FP1234567', 'AB1234567', '20412345', 'A1234567', 'CAA004182'],
    wrong: ['FP12345', 'fp1234567', '2041234', 'FPX12345678'],
  }),
]
