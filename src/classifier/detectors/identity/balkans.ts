// Numbers that Romania, Bulgaria, Slovenia, Croatia, Greece, Cyprus and Malta give to people.
import type { Detector } from '../../../core/detector.ts'
import { isDate, isDayMonthYear, isYearMonthDay } from '../../checks/dates.ts'
import { isHybrid } from '../../checks/iso7064.ts'
import { allEqual, letter, numberAt, onSymbols } from '../../checks/symbols.ts'
import { isLuhn, weightedSum } from '../../checks/weighted.ts'
import { NATIONAL_ID, PASSPORT, SOCIAL_SECURITY, TAX_ID, VAT } from '../../near_words.ts'
import { shaped } from '../../shape.ts'

const isCnp = onSymbols((v) => {
  const county = numberAt(v, 7, 9)
  if (
    v[0] === 0 ||
    !isYearMonthDay(v, 1) ||
    county < 1 ||
    (county > 48 && county !== 51 && county !== 52 && county !== 70)
  )
    return false
  const rest = weightedSum(v, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11
  return (rest === 10 ? 1 : rest) === v[12]
})

/** Months have 20 more for the nineteenth century, 40 more for this one. */
const isEgn = onSymbols((v) => {
  const month = numberAt(v, 2, 4)
  const century = month > 40 ? 2000 : month > 20 ? 1800 : 1900
  if (!isDate(century + numberAt(v, 0, 2), month % 20, numberAt(v, 4, 6))) return false
  return (weightedSum(v, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11) % 10 === v[9]
})

/** The unique master citizen number of former Yugoslavia: day, last three digits of the year, region, mod 11. */
const isMasterNumber = onSymbols((v) => {
  const year = numberAt(v, 4, 7)
  if (year > 99 && year < 880) return false
  if (!isDate(year + (year < 100 ? 2000 : 1000), numberAt(v, 2, 4), numberAt(v, 0, 2))) return false
  const digit = (11 - (weightedSum(v, [7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11
  return digit % 10 === v[12]
})

const isSlovenianTax = onSymbols((v, count) => {
  const at = count - 8
  const digit = 11 - (weightedSum(v, [8, 7, 6, 5, 4, 3, 2], at) % 11)
  return v[at] > 0 && digit % 10 === v[at + 7]
})

const isOib = onSymbols((v, count) => isHybrid(v, count - 11, count, 10))
const isAmka = onSymbols((v) => isDayMonthYear(v, 0) && isLuhn(v, 0, 11))
const isAfm = onSymbols((v, count) => {
  const at = count - 9
  const sum = weightedSum(v, [256, 128, 64, 32, 16, 8, 4, 2], at)
  return (sum % 11) % 10 === v[at + 8] && !allEqual(v, at, count)
})

/** Digits at odd places count for what the table says; the letter is the sum by 26. */
const CYPRUS = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21]
const isCypriotTax = onSymbols((v, count) => {
  const at = count - 9
  let sum = 0
  for (let i = 0; i < 8; i++) sum += i % 2 === 0 ? CYPRUS[v[at + i]] : v[at + i]
  return (sum % 26) + letter('A') === v[at + 8] && numberAt(v, at, at + 2) !== 12
})

export const balkans: readonly Detector[] = [
  shaped({
    id: 'ro_cnp',
    summary: 'Romanian personal numbers (CNP): sex and century, day of birth, county, mod 11',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['cnp', 'cod numeric personal', 'codul numeric personal', ...NATIONAL_ID],
    region: 'ro',
    source: 'Legea nr. 105/1996; OUG nr. 97/2005',
    shapes: ['[1-9]9{12}'],
    check: isCnp,
    numbers: ['1630615123457', '2960229080044', '5010101410018'],
    wrong: ['1630615123458', '1631315123457', '1630615993454', '163061512345'],
  }),
  shaped({
    id: 'bg_egn',
    summary: 'Bulgarian personal numbers (EGN): day of birth and mod 11',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['egn', 'егн', 'единен граждански номер', 'lnch', ...NATIONAL_ID],
    region: 'bg',
    source: 'ГРАО, Наредба № РД-02-20-9 от 2012 г.',
    shapes: ['9{10}'],
    check: isEgn,
    numbers: ['7523169263', '8032056031', '8001010008', '7501020018'],
    wrong: ['7523169262', '7553169263', '752316926', '8032056032'],
  }),
  shaped({
    id: 'si_emso',
    summary: 'Master citizen numbers of Slovenia and its neighbours (EMŠO, JMBG): day of birth, region, mod 11',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: [
      'emso',
      'emšo',
      'jmbg',
      'јмбг',
      'ембг',
      'maticni broj',
      'matični broj',
      'maticna stevilka',
      'matična številka',
      ...NATIONAL_ID,
    ],
    region: 'si',
    source: 'Zakon o centralnem registru prebivalstva',
    shapes: ['9{13}'],
    check: isMasterNumber,
    numbers: ['0101006500006', '0505987710025', '1302987505010'],
    wrong: ['0101006500007', '0113006500006', '010100650000', '3201006500006'],
  }),
  shaped({
    id: 'si_tax_number',
    summary: 'Slovenian tax numbers (davčna številka), mod 11',
    category: 'personal',
    severity: 'medium',
    confidence: 'low',
    near: ['davcna', 'davčna', 'davcna stevilka', 'davčna številka', 'id za ddv', 'ddv', ...TAX_ID, ...VAT],
    region: 'si',
    source: 'Zakon o davčnem postopku, FURS',
    shapes: ['SI9{8}', '[1-9]9{7}'],
    check: isSlovenianTax,
    numbers: ['50223054', 'SI50223054', '15012557'],
    wrong: ['50223055', 'SI50223053', '5022305', '05022305'],
  }),
  shaped({
    id: 'hr_oib',
    summary: 'Croatian personal identification numbers (OIB), ISO 7064 mod 11,10',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['oib', 'osobni identifikacijski broj', 'osobni identifikacijski', ...NATIONAL_ID, ...TAX_ID, ...VAT],
    region: 'hr',
    source: 'Zakon o osobnom identifikacijskom broju',
    shapes: ['HR9{11}', '9{11}'],
    check: isOib,
    numbers: ['33392005961', '94577403194', 'HR33392005961'],
    wrong: ['33392005962', '94577403193', '3339200596', 'HR33392005960'],
  }),
  shaped({
    id: 'gr_amka',
    summary: 'Greek social security numbers (AMKA): day of birth and Luhn',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['amka', 'αμκα', ...SOCIAL_SECURITY],
    region: 'gr',
    source: 'ΗΔΙΚΑ, νόμος 3655/2008',
    shapes: ['9{11}'],
    check: isAmka,
    numbers: ['01013099997', '17028601296', '31129912346'],
    wrong: ['01013099999', '01133099997', '0101309999', '32013099997'],
  }),
  shaped({
    id: 'gr_afm',
    summary: 'Greek tax numbers (AFM): powers of two, mod 11',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['afm', 'αφμ', 'α φ μ', 'αριθμος φορολογικου μητρωου', 'αριθμός φορολογικού μητρώου', ...TAX_ID, ...VAT],
    region: 'gr',
    source: 'ΑΑΔΕ, αριθμός φορολογικού μητρώου',
    shapes: ['EL9{9}', '9{9}'],
    check: isAfm,
    numbers: ['094259216', 'EL094259216', '023456780'],
    wrong: ['094259215', 'EL094259217', '09425921', '000000000'],
  }),
  shaped({
    id: 'gr_id_card',
    summary: 'Numbers of Greek identity cards',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['ταυτοτητα', 'ταυτότητα', 'αδτ', 'adt', 'taftotita', 'tautotita', 'identity card', 'id card'],
    region: 'gr',
    source: 'Ελληνική Αστυνομία; PRADO',
    shapes: ['AA_9{6}', 'AA9{6}', 'A_9{6}'],
    numbers: ['AB123456', 'AK-004182', 'X 998120'],
    wrong: ['AB12345', 'ABC123456', 'ab123456', 'AB1234567'],
  }),
  shaped({
    id: 'cy_tax_number',
    summary: 'Cypriot tax numbers with their letter',
    category: 'personal',
    severity: 'medium',
    confidence: 'low',
    near: ['tic', 'φπα', 'αφτ', ...TAX_ID, ...VAT],
    region: 'cy',
    source: 'Τμήμα Φορολογίας, VIES algorithms',
    shapes: ['CY9{8}A', '9{8}A'],
    check: isCypriotTax,
    numbers: ['10259033P', 'CY10259033P', '00532445O'],
    wrong: ['10259033Z', 'CY10259033Q', '1025903P', '12345678A'],
  }),
  shaped({
    id: 'balkans_passport',
    summary: 'Passport numbers of Romania, Bulgaria, Slovenia, Croatia, Greece, Cyprus and Malta',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: [
      'pasaport',
      'pașaport',
      'паспорт',
      'potni list',
      'putovnica',
      'putovnice',
      'διαβατηριο',
      'διαβατήριο',
      'passaport',
      ...PASSPORT,
    ],
    region: 'eu',
    source: 'Council of the European Union, PRADO',
    shapes: ['AA9{7}', 'A9{8}', '9{9}', 'A9{7}', 'AA9{6}'],
    numbers: ['PB1234567', '053421877', '384512345', 'AE1234567', 'K00012345'],
    wrong: ['PB12345', 'pb1234567', '05342187', 'PBX12345678'],
  }),
]
