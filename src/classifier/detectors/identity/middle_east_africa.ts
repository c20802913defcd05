// Numbers that Turkey, Israel, the United Arab Emirates, Saudi Arabia, South Africa and Nigeria give to people.
import type { Detector } from '../../../core/detector.ts'
import { isYearMonthDay } from '../../checks/dates.ts'
import { allEqual, numberAt, onSymbols } from '../../checks/symbols.ts'
import { isLuhn, weightedSum } from '../../checks/weighted.ts'
import { NATIONAL_ID, PASSPORT, TAX_ID } from '../../near_words.ts'
import { shaped } from '../../shape.ts'

const isTckn = onSymbols((v) => {
  const tenth = weightedSum(v, [7, -1, 7, -1, 7, -1, 7, -1, 7]) % 10
  return (tenth + 10) % 10 === v[9] && weightedSum(v, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]) % 10 === v[10]
})

const isVkn = onSymbols((v) => {
  let sum = 0
  for (let at = 0; at < 9; at++) {
    const shifted = (v[at] + 9 - at) % 10
    if (shifted !== 0) sum += (shifted * 2 ** (9 - at)) % 9 || 9
  }
  return (10 - (sum % 10)) % 10 === v[9] && !allEqual(v, 0, 10)
})

/** Weights 1 and 2 from the left; shorter numbers begin with zeros. */
const isIsraeli = onSymbols((v, count) => isLuhn(v, 0, count) && numberAt(v, 0, count) > 0 && !allEqual(v, 0, count))
const isEmirates = onSymbols((v) => numberAt(v, 3, 7) >= 1900 && numberAt(v, 3, 7) < 2100 && isLuhn(v, 0, 15))
const isSaudi = onSymbols((v) => isLuhn(v, 0, 10))

/** Day of birth, sex, citizen or resident, and Luhn. */
const isSouthAfrican = onSymbols((v) => isYearMonthDay(v, 0) && v[10] < 3 && isLuhn(v, 0, 13))

export const middleEastAfrica: readonly Detector[] = [
  shaped({
    id: 'tr_tckn',
    summary: 'Turkish identity numbers, two check digits (mod 10)',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: [
      'tckn',
      'tc kimlik',
      'tc kimlik no',
      'kimlik no',
      'kimlik numarasi',
      'kimlik numarası',
      't.c. kimlik',
      ...NATIONAL_ID,
    ],
    region: 'tr',
    source: 'Nüfus ve Vatandaşlık İşleri, 5490 sayılı Nüfus Hizmetleri Kanunu',
    shapes: ['[1-9]9{10}'],
    check: isTckn,
    numbers: ['17291716060', '10000000146', '76558242278'],
    wrong: ['17291716050', '17291716092', '1729171606', '07291716060'],
  }),
  shaped({
    id: 'tr_vkn',
    summary: 'Turkish tax numbers (VKN)',
    category: 'other',
    severity: 'low',
    confidence: 'low',
    near: ['vkn', 'vergi', 'vergi no', 'vergi kimlik', 'vergi numarasi', 'vergi numarası', ...TAX_ID],
    region: 'tr',
    source: 'Gelir İdaresi Başkanlığı, Vergi Usul Kanunu',
    shapes: ['9{10}'],
    check: isVkn,
    numbers: ['4540536920', '1729171602', '9340042836'],
    wrong: ['4540536921', '454053692', '45405369200', '1111111111'],
  }),
  shaped({
    id: 'tr_passport',
    summary: 'Turkish passport numbers',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['pasaport', 'pasaport no', 'pasaport numarasi', 'pasaport numarası', ...PASSPORT],
    region: 'tr',
    source: 'Pasaport Kanunu 5682; PRADO',
    shapes: ['[A-Z]9{8}', '[A-Z]_9{8}'],
    numbers: ['U12345678', 'S-00418273', 'Z99812034'],
    wrong: ['U1234567', 'UA12345678', 'u12345678', 'U123456789'],
  }),
  shaped({
    id: 'il_id',
    summary: 'Israeli identity numbers (Luhn)',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['teudat zehut', 'תעודת זהות', 'מספר זהות', 'ת ז', 'tz', 'zehut', ...NATIONAL_ID],
    region: 'il',
    source: 'Population and Immigration Authority, Population Registry Law 1965',
    shapes: ['9{8}-9', '9{9}', '9{8}'],
    check: isIsraeli,
    numbers: ['039337423', '03933742-3', '123456782'],
    wrong: ['039337424', '03933742-4', '0393374', '000000000'],
  }),
  shaped({
    id: 'ae_emirates_id',
    summary: 'Identity numbers of the United Arab Emirates: 784, year of birth, Luhn',
    category: 'personal',
    severity: 'high',
    confidence: 'high',
    near: ['emirates id', 'eid', 'الهوية', 'رقم الهوية', ...NATIONAL_ID],
    region: 'ae',
    source: 'Federal Authority for Identity and Citizenship; ISO 3166-1 numeric 784',
    shapes: ['784-9999-9{7}-9', '784 9999 9{7} 9', '7849{12}'],
    check: isEmirates,
    numbers: ['784-1980-1234567-8', '784198012345678', '784 1995 0041827 4'],
    wrong: ['784-1980-1234567-0', '785-1980-1234567-9', '784-1880-1234567-9', '784-1980-123456-9'],
  }),
  shaped({
    id: 'sa_national_id',
    summary: 'Saudi identity and residence numbers (Luhn)',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['iqama', 'absher', 'الهوية', 'رقم الهوية', 'إقامة', ...NATIONAL_ID],
    region: 'sa',
    source: 'National Information Center, Ministry of Interior',
    shapes: ['[12]9{9}'],
    check: isSaudi,
    numbers: ['1010101010', '2345678904', '1098765439'],
    wrong: ['1010101017', '3010101016', '101010101', '10101010166'],
  }),
  shaped({
    id: 'za_id',
    summary: 'South African identity numbers: day of birth, citizenship, Luhn',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['said', 'sa id', 'rsa id', 'id number', 'id no', 'identity document', ...NATIONAL_ID],
    region: 'za',
    source: 'Department of Home Affairs, Identification Act 68 of 1997',
    shapes: ['9{6} 9{4} 9{3}', '9{13}'],
    check: isSouthAfrican,
    numbers: ['8001015009087', '750330 5044 089', '9202204720083'],
    wrong: ['8001015009088', '8013015009087', '800101500908', '8001015009387'],
  }),
  shaped({
    id: 'za_passport',
    summary: 'South African passport numbers',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: PASSPORT,
    region: 'za',
    source: 'Department of Home Affairs; ICAO Doc 9303',
    shapes: ['[ADMT]9{8}'],
    numbers: ['A12345678', 'M00418273', 'D99812034'],
    wrong: ['A1234567', 'B12345678', 'a12345678', 'A123456789'],
  }),
  shaped({
    id: 'ng_nin',
    summary: 'Nigerian identity numbers (NIN)',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['nin', 'nimc', 'bvn', ...NATIONAL_ID],
    region: 'ng',
    source: 'National Identity Management Commission, NIMC Act 2007',
    shapes: ['9{11}'],
    check: onSymbols((v) => !allEqual(v, 0, 11)),
    numbers: ['12345678901', '70041827331', '22190038471'],
    wrong: ['1234567890', '123456789012', 'A2345678901', '11111111111'],
  }),
]
