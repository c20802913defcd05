// Numbers that France gives to people and companies.
import type { Detector } from '../../../core/detector.ts'
import { remainder } from '../../checks/iso7064.ts'
import { allEqual, letter, numberAt, onSymbols } from '../../checks/symbols.ts'
import { isLuhn } from '../../checks/weighted.ts'
import { COMPANY_ID, DRIVING, PASSPORT } from '../../near_words.ts'
import { shaped } from '../../shape.ts'

/** Sex, year, month (or 20 and more when it is not known), department, commune, order, and 97 less the remainder. */
const isNir = onSymbols((v) => {
  const month = numberAt(v, 3, 5)
  if (month < 1 || (month > 12 && month < 20) || month > 99) return false
  // Corsica's 2A and 2B count as 19 and 18.
  const corsica = v[6] === letter('A') ? 19 : v[6] === letter('B') ? 18 : 0
  const department = corsica || numberAt(v, 5, 7)
  const rest = remainder(v, 7, 13, 97, (numberAt(v, 0, 5) * 100 + department) % 97)
  return department > 0 && 97 - rest === numberAt(v, 13, 15)
})

const isTaxNumber = onSymbols((v) => numberAt(v, 0, 10) % 511 === numberAt(v, 10, 13))
const isSiren = onSymbols((v, count) => isLuhn(v, 0, count) && isLuhn(v, 0, 9) && !allEqual(v, 0, 9))

export const fr: readonly Detector[] = [
  shaped({
    id: 'fr_nir',
    summary: 'French social security numbers (NIR, INSEE): sex, month, department, key of mod 97',
    category: 'personal',
    severity: 'critical',
    confidence: 'medium',
    near: [
      'nir',
      'insee',
      'numero de securite sociale',
      'numéro de sécurité sociale',
      'securite sociale',
      'sécurité sociale',
      'num secu',
    ],
    region: 'fr',
    source: 'INSEE, décret n° 82-103 du 22 janvier 1982',
    shapes: ['[1-478]_99_99_9[0-9AB]_999_999_99', '[1-478]9{4}9[0-9AB]9{8}', '[1-478]9{4}9[0-9AB]9{6} 99'],
    check: isNir,
    numbers: ['295109912611193', '2 95 10 99 126 111 93', '253072B07300470', '1 84 12 76 451 089 46'],
    wrong: ['295109912611199', '2 95 10 99 126 111 94', '995109912611193', '295159912611193'],
  }),
  shaped({
    id: 'fr_tax_number',
    summary: 'French tax numbers (numéro fiscal, SPI), mod 511',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: [
      'numero fiscal',
      'numéro fiscal',
      'num fiscal',
      'spi',
      'identifiant fiscal',
      'reference fiscale',
      'nif',
      'tax number',
      'tax id',
      'tin',
    ],
    region: 'fr',
    source: 'Direction générale des Finances publiques, identifiants fiscaux',
    shapes: ['[0-3]9 99 999 999 999', '[0-3]9{12}'],
    check: isTaxNumber,
    numbers: ['3023217600053', '30 23 217 600 053', '0701987765493'],
    wrong: ['3023217600054', '30 23 217 600 054', '302321760005', '9023217600053'],
  }),
  shaped({
    id: 'fr_id_card',
    summary: 'Numbers of French identity cards until 2021',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: [
      'cni',
      'carte nationale',
      "carte d'identite",
      "carte d'identité",
      'carte identite',
      'piece identite',
      'identity card',
      'id card',
    ],
    region: 'fr',
    source: 'Ministère de l’Intérieur, CNI; ICAO Doc 9303',
    shapes: ['9{12}'],
    numbers: ['880692310285', '021075300417', '950133200981'],
    wrong: ['88069231028', '8806923102855', 'A80692310285'],
  }),
  shaped({
    id: 'fr_passport',
    summary: 'French passport numbers',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['passeport', 'numero de passeport', 'numéro de passeport', ...PASSPORT],
    region: 'fr',
    source: 'Ministère de l’Intérieur; PRADO',
    shapes: ['99AA9{5}'],
    numbers: ['12AB34567', '07CK90215', '19HV00412'],
    wrong: ['12AB3456', '12A345678', '12ab34567', '12AB345678'],
  }),
  shaped({
    id: 'fr_driving_licence',
    summary: 'Numbers of French driving licences',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['permis de conduire', 'numero de permis', 'numéro de permis', 'permis', ...DRIVING],
    region: 'fr',
    source: 'Agence nationale des titres sécurisés; PRADO',
    shapes: ['9{2}[A-Z]{2}9{5}', '9{12}'],
    numbers: ['13AA00002', '870567201345', '21BC45001'],
    wrong: ['13AA0000', '8705672013', '13AAA0002', '8705672013456'],
  }),
  shaped({
    id: 'fr_siren',
    summary: 'French company numbers: SIREN and SIRET (Luhn)',
    category: 'other',
    severity: 'low',
    confidence: 'low',
    near: ['siren', 'siret', 'rcs', 'numero siren', 'numéro siren', ...COMPANY_ID],
    region: 'fr',
    source: 'INSEE, répertoire Sirene',
    shapes: ['999 999 999 99999', '9{14}', '999 999 999', '9{9}'],
    check: isSiren,
    numbers: ['732829320', '732 829 320', '73282932000074', '732 829 320 00074'],
    wrong: ['732829321', '73282932000075', '7328293', '111111111'],
  }),
]
