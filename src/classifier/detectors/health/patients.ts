// Numbers that health services give to those whom they insure or treat. German ones: identity/de.ts.
import type { Detector } from '../../../core/detector.ts'
import { isDayMonthYear } from '../../checks/dates.ts'
import { allEqual, numberAt, onSymbols } from '../../checks/symbols.ts'
import { isLuhn, weightedSum } from '../../checks/weighted.ts'
import { shaped } from '../../shape.ts'

const patient = { category: 'health', severity: 'high', confidence: 'low' } as const

const NHS = [10, 9, 8, 7, 6, 5, 4, 3, 2]
const isNhs = onSymbols((v) => (11 - (weightedSum(v, NHS) % 11)) % 11 === v[9] && !allEqual(v, 0, 10))
const isChi = onSymbols((v) => isDayMonthYear(v, 0) && (11 - (weightedSum(v, NHS) % 11)) % 11 === v[9])
const isMedicare = onSymbols((v) => weightedSum(v, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 === v[8] && !allEqual(v, 0, 9))
/** Letters by their place in the alphabet without I and O, from 1. */
const isNhi = onSymbols((v) => {
  let sum = 0
  for (let at = 0; at < 6; at++)
    sum += (v[at] > 9 ? v[at] - 9 - (v[at] > 18 ? 1 : 0) - (v[at] > 24 ? 1 : 0) : v[at]) * (7 - at)
  if (v[5] > 9) return true
  const rest = sum % 11
  return rest !== 0 && (11 - rest) % 10 === v[6]
})
const isOntario = onSymbols((v) => v[0] > 0 && isLuhn(v, 0, 10))
const isBritishColumbia = onSymbols((v) => 11 - (weightedSum(v, [2, 4, 8, 5, 10, 9, 7, 3], 1) % 11) === v[9])
/** Months of women have 50 more. */
const isQuebec = onSymbols((v) => {
  const month = numberAt(v, 6, 8) % 50
  return month >= 1 && month <= 12 && numberAt(v, 8, 10) >= 1 && numberAt(v, 8, 10) <= 31
})

const LETTER = '[AC-HJKMNP-RT-Y]'
const SYMBOL = '[0-9AC-HJKMNP-RT-Y]'

export const patients: readonly Detector[] = [
  shaped({
    ...patient,
    id: 'us_mbi',
    summary: 'US Medicare beneficiary identifiers (MBI)',
    near: ['mbi', 'medicare', 'medicare number', 'medicare id', 'beneficiary', 'hicn'],
    region: 'us',
    source: 'Centers for Medicare & Medicaid Services, Understanding the MBI Format',
    shapes: [
      `[1-9]${LETTER}${SYMBOL}9-${LETTER}${SYMBOL}9-${LETTER}${LETTER}99`,
      `[1-9]${LETTER}${SYMBOL}9${LETTER}${SYMBOL}9${LETTER}${LETTER}99`,
    ],
    numbers: ['1EG4-TE5-MK73', '1EG4TE5MK73', '9AA9AA9AA99'],
    wrong: ['1SG4-TE5-MK73', '0EG4TE5MK73', '1EG4TE5MK7', '1EG4-TE5-MK7B'],
  }),
  shaped({
    ...patient,
    id: 'uk_nhs',
    summary: 'NHS numbers of England and Wales (mod 11)',
    near: ['nhs', 'nhs number', 'nhs no', 'nhs nr', 'patient', 'health service number'],
    region: 'gb',
    source: 'NHS Data Model and Dictionary, NHS NUMBER',
    shapes: ['999_999_9999', '9{10}'],
    check: isNhs,
    numbers: ['401 023 2137', '9434765919', '401-023-2137'],
    wrong: ['943 476 5918', '9434765910', '943476591', '000 000 0000'],
  }),
  shaped({
    ...patient,
    id: 'uk_chi',
    summary: 'Community health index numbers of Scotland: day of birth and mod 11',
    near: ['chi', 'chi number', 'chi no', 'community health index'],
    region: 'gb',
    source: 'Public Health Scotland, CHI number',
    shapes: ['9{6} 9{4}', '9{10}'],
    check: isChi,
    numbers: ['0101011237', '010101 1237', '3112992008'],
    wrong: ['0101011238', '3201011237', '010101123', '0113011237'],
  }),
  shaped({
    ...patient,
    id: 'au_medicare',
    summary: 'Australian Medicare card numbers (mod 10)',
    near: ['medicare', 'medicare number', 'medicare no', 'medicare card', 'irn'],
    region: 'au',
    source: 'Services Australia, Medicare card number validation',
    shapes: ['[2-6]999_9{5}_9', '[2-6]999 9{5}_9/9', '[2-6]9{9}', '[2-6]9{10}'],
    check: isMedicare,
    numbers: ['2123 45670 1', '2123456701', '2123-45670-1'],
    wrong: ['2123 45671 1', '1123456701', '212345670', '2123456801'],
  }),
  shaped({
    ...patient,
    id: 'nz_nhi',
    summary: 'New Zealand national health index numbers, old and new',
    near: ['nhi', 'nhi number', 'nhi no', 'national health index'],
    region: 'nz',
    source: 'HISO 10046 Consumer Health Identity Standard',
    shapes: ['[A-HJ-NP-Z]{3}9999', '[A-HJ-NP-Z]{3}99[A-HJ-NP-Z][A-HJ-NP-Z]'],
    check: isNhi,
    numbers: ['ZAC5361', 'ZAA0067', 'ZBN77VL'],
    wrong: ['ZAC5360', 'ZIC5361', 'ZA5361', 'ZAC53611'],
  }),
  shaped({
    ...patient,
    id: 'ca_health_ontario',
    summary: 'Health card numbers of Ontario (Luhn)',
    near: ['ohip', 'health card', 'health number', 'hcn', 'carte sante', 'carte santé'],
    region: 'ca',
    source: 'Ontario Ministry of Health, Health Card Validation Reference Manual',
    shapes: ['9999_999_999-AA', '9999_999_999', '9{10}AA', '9{10}'],
    check: isOntario,
    numbers: ['9876543217', '1234-567-897-AB', '1234 567 897'],
    wrong: ['9876543218', '0234567897', '123456789', '1234-567-898'],
  }),
  shaped({
    ...patient,
    id: 'ca_health_bc',
    summary: 'Personal health numbers of British Columbia (mod 11)',
    near: ['phn', 'personal health number', 'bc services card', 'care card', 'health number', 'msp'],
    region: 'ca',
    source: 'British Columbia Ministry of Health, PHN check digit',
    shapes: ['[9]999 999 999', '[9]9{9}'],
    check: isBritishColumbia,
    numbers: ['9698658215', '9698 658 215', '9123456727'],
    wrong: ['9698658216', '8698658215', '969865821', '9698 658 216'],
  }),
  shaped({
    ...patient,
    id: 'ca_health_quebec',
    summary: 'Health insurance numbers of Quebec (NAM): name and day of birth',
    near: ['ramq', 'nam', 'assurance maladie', 'carte soleil', 'health insurance'],
    region: 'ca',
    source: 'Régie de l’assurance maladie du Québec, NAM',
    shapes: ['AAAA 9999 9999', 'AAAA9{8}'],
    check: isQuebec,
    numbers: ['TREM80051712', 'BOUJ 7555 1213', 'GAGL99123101'],
    wrong: ['TREM80131712', 'TRE800517123', 'TREM8005171', 'TREM80053212'],
  }),
  shaped({
    ...patient,
    id: 'eu_ehic',
    summary: 'Numbers of European health insurance cards',
    near: ['ehic', 'health insurance card', 'card number', 'ceam', 'tse', 'tessera sanitaria', 'ekvk', 'ekuz', 'gic'],
    region: 'eu',
    source: 'Decision S2 of the Administrative Commission; EN 1867',
    shapes: ['80 999 9{5} 9{10}', '80[0-9]{18}'],
    numbers: ['80756000010000000001', '80276000011234567890', '80 380 00012 3456789012'],
    wrong: ['8075600001000000000', '81756000010000000001', '807560000100000000011'],
  }),
  shaped({
    ...patient,
    id: 'ie_ihi',
    summary: 'Irish individual health identifiers: 18 digits of the country',
    near: ['ihi', 'individual health identifier'],
    region: 'ie',
    source: 'Health Identifiers Act 2014; GS1 GSRN',
    shapes: ['5393[0-9]{14}'],
    check: onSymbols((v) => weightedSum(v, [3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 === 0),
    numbers: ['539300000000000019', '539301234567890120', '539309876543210984'],
    wrong: ['539300000000000013', '549300000000000012', '53930000000000001'],
  }),
]
