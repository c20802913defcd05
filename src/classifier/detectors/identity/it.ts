// Numbers that Italy gives to people and companies.
import type { Detector } from '../../../core/detector.ts'
import { numberAt, onSymbols } from '../../checks/symbols.ts'
import { isLuhn } from '../../checks/weighted.ts'
import { COMPANY_ID, DRIVING, PASSPORT, VAT } from '../../near_words.ts'
import { shaped } from '../../shape.ts'

/** Worth of a symbol at an odd place, by its value: digits count as the first ten letters do. */
const ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23]

/** Where two people would have the same code, the last digits stand as the letters LMNPQRSTUV (omocodia). */
const isFiscalCode = onSymbols((v) => {
  let sum = 0
  for (let at = 0; at < 15; at++) {
    const value = v[at] > 9 ? v[at] - 10 : v[at]
    sum += at % 2 === 0 ? ODD[value] : value
  }
  return sum % 26 === v[15] - 10
})

/** Seven digits of the company, three of the office, and Luhn's. */
const isVat = onSymbols((v, count) => {
  const at = count - 11
  const office = numberAt(v, at + 7, at + 10)
  const isOffice = (office >= 1 && office <= 100) || OFFICES.includes(office)
  return isOffice && numberAt(v, at, at + 7) > 0 && isLuhn(v, at, count)
})
const OFFICES = [120, 121, 888, 999]

const D = '[0-9LMNPQRSTUV]'

export const it: readonly Detector[] = [
  shaped({
    id: 'it_fiscal_code',
    summary: 'Italian fiscal codes (codice fiscale) with their check letter',
    category: 'personal',
    severity: 'high',
    confidence: 'high',
    near: ['codice fiscale', 'cod fiscale', 'fiscal code', 'cf'],
    region: 'it',
    source: 'Agenzia delle Entrate, DM 23 dicembre 1976',
    shapes: [
      `A{6}99[ABCDEHLMPRST]99A${D}${D}${D}A`,
      `A{3} A{3} 99[ABCDEHLMPRST]99 A${D}${D}${D}A`,
      '[a-z]{6}99[abcdehlmprst]99[a-z]999[a-z]',
    ],
    check: isFiscalCode,
    numbers: ['RCCMNL83S18D969H', 'MRTMTT91D08F205J', 'RSS MRA 85T10 A562S', 'rccmnl83s18d969h', 'RCCMNL83S18D96VW'],
    wrong: ['RCCMNL83S18D969I', 'MRTMTT91D08F205K', 'RCCMNL83F18D969H', 'RCCMNL83S18D969'],
  }),
  shaped({
    id: 'it_vat',
    summary: 'Italian VAT numbers (partita IVA), Luhn',
    category: 'other',
    severity: 'low',
    confidence: 'low',
    near: ['partita iva', 'p iva', 'piva', 'iva', ...VAT, ...COMPANY_ID],
    region: 'it',
    source: 'Agenzia delle Entrate, DPR 633/1972',
    shapes: ['IT9{11}', '9{11}'],
    check: isVat,
    numbers: ['00743110157', 'IT00743110157', '12345670017'],
    wrong: ['00743110158', '0074311015', '007431101577', '00000000000'],
  }),
  shaped({
    id: 'it_id_card',
    summary: 'Numbers of Italian identity cards, electronic and on paper',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: [
      "carta d'identita",
      "carta d'identità",
      'carta identita',
      'carta identità',
      'numero carta',
      'documento',
      'identity card',
      'id card',
    ],
    region: 'it',
    source: 'Ministero dell’Interno, DM 23 dicembre 2015',
    shapes: ['AA9{5}AA', 'AA9{7}', '9{7}AA'],
    numbers: ['CA00000AA', 'AX1234567', '1234567AA'],
    wrong: ['CA0000AA', 'A12345678', 'AX123456', '123456AA'],
  }),
  shaped({
    id: 'it_passport',
    summary: 'Italian passport numbers',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['passaporto', 'numero passaporto', ...PASSPORT],
    region: 'it',
    source: 'Legge 1185/1967; PRADO',
    shapes: ['AA9{7}'],
    numbers: ['YA1234567', 'AA0041822', 'YB9981203'],
    wrong: ['YA123456', 'Y12345678', 'ya1234567', 'YA12345678'],
  }),
  shaped({
    id: 'it_driving_licence',
    summary: 'Numbers of Italian driving licences',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['patente', 'patente di guida', 'numero patente', ...DRIVING],
    region: 'it',
    source: 'Ministero delle Infrastrutture e dei Trasporti; PRADO',
    shapes: ['AA9{7}A'],
    numbers: ['MI1234567A', 'NA0041827B', 'RM9917342K'],
    wrong: ['MI123456A', 'MI12345678', 'mi1234567a', 'MI1234567AB'],
  }),
]
