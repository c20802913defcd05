// Bank accounts beside the IBAN: routing numbers, accounts of countries, and BIC.
import type { Detector } from '../../../core/detector.ts'
import { is, LOWER } from '../../checks/bytes.ts'
import { IBAN_LENGTHS } from '../../checks/iban.ts'
import { remainder } from '../../checks/iso7064.ts'
import { allEqual, numberAt, onSymbols } from '../../checks/symbols.ts'
import { weightedSum } from '../../checks/weighted.ts'
import { named } from '../../named_value.ts'
import { BANK_ACCOUNT } from '../../near_words.ts'
import { shaped } from '../../shape.ts'

const isRouting = onSymbols((v) => {
  const district = numberAt(v, 0, 2)
  const isDistrict = district <= 12 || (district >= 21 && district <= 32) || (district >= 61 && district <= 72)
  if (!(isDistrict || district === 80) || allEqual(v, 0, 9)) return false
  return weightedSum(v, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0
})

/** Each product by 10 before they are added. */
const isClabe = onSymbols((v) => {
  let sum = 0
  for (let at = 0; at < 17; at++) sum += (v[at] * [3, 7, 1][at % 3]) % 10
  return (10 - (sum % 10)) % 10 === v[17] && !allEqual(v, 0, 17)
})

/** Bank and branch have one check digit, the account has the other. */
const isSpanish = onSymbols((v) => {
  const digit = (sum: number) => {
    const value = 11 - (sum % 11)
    return value === 11 ? 0 : value === 10 ? 1 : value
  }
  const weights = [1, 2, 4, 8, 5, 10, 9, 7, 3, 6]
  const bank = digit(weightedSum(v, weights.slice(2)))
  return bank === v[8] && digit(weightedSum(v, weights, 10)) === v[9] && !allEqual(v, 0, 20)
})

/** Letters of the account stand for the digits that they share a key with. */
const isRib = onSymbols((v) => {
  for (let at = 10; at < 21; at++) if (v[at] > 9) v[at] = ((v[at] - 10 + (v[at] > 27 ? 1 : 0)) % 9) + 1
  const rest = remainder(v, 0, 21, 97)
  return 97 - ((rest * 100) % 97) === numberAt(v, 21, 23)
})

const isCbu = onSymbols(
  (v) =>
    (10 - (weightedSum(v, [7, 1, 3, 9, 7, 1, 3]) % 10)) % 10 === v[7] &&
    (10 - (weightedSum(v, [3, 9, 7, 1, 3, 9, 7, 1, 3, 9, 7, 1, 3], 8) % 10)) % 10 === v[21] &&
    !allEqual(v, 0, 22),
)

const isNorwegian = onSymbols(
  (v) => weightedSum(v, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0 && !allEqual(v, 0, 11),
)

/** Capitals, and the fifth and sixth name a country: in small letters many words would do. */
function isBic(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (is(bytes[at], LOWER)) return false
  const country = String.fromCharCode(bytes[start + 4], bytes[start + 5])
  return country in IBAN_LENGTHS || BIC_COUNTRIES.includes(country)
}
const BIC_COUNTRIES = [
  'US',
  'CA',
  'AU',
  'NZ',
  'JP',
  'CN',
  'HK',
  'SG',
  'IN',
  'KR',
  'TW',
  'TH',
  'MY',
  'ID',
  'PH',
  'VN',
  'ZA',
  'NG',
  'KE',
  'MX',
  'AR',
  'CL',
  'CO',
  'PE',
  'UY',
  'BD',
  'LK',
  'MA',
]

const money = { category: 'financial', severity: 'high', confidence: 'low' } as const

export const accounts: readonly Detector[] = [
  shaped({
    ...money,
    id: 'us_aba_routing',
    summary: 'US bank routing numbers (ABA): district and weights 3, 7, 1',
    near: ['routing', 'routing number', 'aba', 'aba number', 'rtn', 'ach', 'transit number', 'wire'],
    region: 'us',
    source: 'American Bankers Association, Routing Number Policy',
    shapes: ['9{4}-9{4}-9', '9{9}'],
    check: isRouting,
    numbers: ['111000025', '122105155', '0260-0959-3', '021000021'],
    wrong: ['111000026', '421000021', '02100002', '000000000'],
  }),
  shaped({
    ...money,
    id: 'mx_clabe',
    summary: 'Mexican bank accounts (CLABE): weights 3, 7, 1',
    near: ['clabe', 'cuenta clabe', 'clabe interbancaria', 'interbancaria', 'cuenta', 'spei'],
    region: 'mx',
    source: 'Banco de México, Circular 14/2017',
    shapes: ['9{18}', '999 999 9{11} 9'],
    check: isClabe,
    numbers: ['032180000118359719', '002010077777777771', '032 180 00011835971 9'],
    wrong: ['032180000118359710', '00201007777777777', '002010077777777772', '000000000000000000'],
  }),
  shaped({
    ...money,
    id: 'es_bank_account',
    summary: 'Spanish bank accounts (CCC), two check digits (mod 11)',
    near: [
      'ccc',
      'cuenta',
      'cuenta bancaria',
      'numero de cuenta',
      'número de cuenta',
      'cuenta corriente',
      ...BANK_ACCOUNT,
    ],
    region: 'es',
    source: 'Banco de España, Código Cuenta Cliente',
    shapes: ['9999_9999_99_9{10}', '9{20}'],
    check: isSpanish,
    numbers: ['1234 1234 16 1234567890', '21000418450200051332', '2100-0418-45-0200051332'],
    wrong: ['1234 1234 17 1234567890', '21000418450200051333', '2100041845020005133'],
  }),
  shaped({
    ...money,
    id: 'fr_bank_account',
    summary: 'French bank accounts (RIB), key of mod 97',
    near: [
      'rib',
      'compte',
      'compte bancaire',
      'numero de compte',
      'numéro de compte',
      'releve d identite',
      ...BANK_ACCOUNT,
    ],
    region: 'fr',
    source: 'Comité français d’organisation et de normalisation bancaires, RIB',
    shapes: ['9{5} 9{5} X{11} 99', '9{10}X{11}99'],
    check: isRib,
    numbers: ['20041010050500013M02606', '20041 01005 0500013M026 06', '30006000011234567890189'],
    wrong: ['20041010050500013M02607', '20041 01005 0500013M026 05', '20041010050500013M026'],
  }),
  shaped({
    ...money,
    id: 'ar_bank_account',
    summary: 'Argentine bank accounts (CBU), two check digits',
    near: ['cbu', 'cvu', 'clave bancaria', 'cuenta', 'cuenta bancaria'],
    region: 'ar',
    source: 'Banco Central de la República Argentina, Comunicación A 2559',
    shapes: ['9{8} 9{14}', '9{22}'],
    check: isCbu,
    numbers: ['2850590940090418135201', '28505909 40090418135201', '0720051920000001234569'],
    wrong: ['2850590940090418135202', '285059094009041813520', '2810590940090418135201'],
  }),
  shaped({
    ...money,
    id: 'no_bank_account',
    summary: 'Norwegian bank accounts (mod 11)',
    near: ['konto', 'kontonummer', 'kontonr', 'bankkonto', ...BANK_ACCOUNT],
    region: 'no',
    source: 'Bits AS, kontonummer',
    shapes: ['9999.99.99999', '9999 99 99999', '9{11}'],
    check: isNorwegian,
    numbers: ['8601.11.17947', '86011117947', '1234 56 78903'],
    wrong: ['8601.11.17948', '86011117946', '8601111794'],
  }),
  shaped({
    ...money,
    id: 'nz_bank_account',
    summary: 'New Zealand bank accounts: bank, branch, account, suffix',
    near: ['bank', 'account', ...BANK_ACCOUNT],
    region: 'nz',
    source: 'Payments NZ, bank account structure',
    shapes: ['[0-3]9-9{4}-9{7}-9{3}', '[0-3]9-9{4}-9{7}-99', '[0-3]9 9{4} 9{7} 99'],
    numbers: ['01-0902-0068389-00', '12-3140-0171323-050', '03 0123 0034141 03'],
    wrong: ['41-0902-0068389-00', '01-0902-006838-00', '01-902-0068389-00'],
  }),
  named({
    ...money,
    id: 'bank_account',
    summary: 'Bank account numbers behind their name, in the languages of Europe',
    confidence: 'medium',
    source: 'Formats of the countries: 6 to 17 digits',
    names: [
      'bank account',
      'account number',
      'account no',
      'acct number',
      'acct no',
      'kontonummer',
      'konto nr',
      'bankkonto',
      'rekeningnummer',
      'numero de compte',
      'numero de cuenta',
      'numero conto',
      'conto corrente',
      'numero da conta',
      'numer konta',
    ],
    value: '[0-9](?:[ -]?[0-9]){5,16}',
    yes: [
      'bank account: «12345678»',
      'account_number=«000123456789»',
      '"accountNumber":"«98765432»"',
      'Kontonummer «532013000»',
      'account no. «1234567-89»',
      'numero de cuenta: «0200051332».',
    ],
    no: [
      'account: 12345678',
      'account number: 12345',
      'bank account closed',
      'accounts 12345678',
      'account number: n/a',
      'kontonummer X123456',
    ],
  }),
  named({
    ...money,
    id: 'uk_sort_code',
    summary: 'UK and Irish sort codes behind their name',
    confidence: 'medium',
    region: 'gb',
    source: 'Pay.UK, Validating account numbers',
    names: ['sort code', 'sortcode', 'sort'],
    value: '[0-9]{2}[ -]?[0-9]{2}[ -]?[0-9]{2}',
    yes: [
      'sort code: «20-00-00»',
      'sort_code=«089999»',
      '"sortCode":"«40-47-84»"',
      'sort code «60 83 71».',
      'Sort-Code: «107999»',
      'sort code no «20-00-00»',
    ],
    no: [
      'sort by 20-00-00',
      'sort code: 20-00',
      'resort 200000',
      'sort code: 1234567',
      'sorted 200000',
      'sort code missing',
    ],
  }),
  named({
    ...money,
    id: 'au_bsb',
    summary: 'Australian bank state branch numbers (BSB) behind their name',
    confidence: 'medium',
    region: 'au',
    source: 'AusPayNet, BSB register',
    names: ['bsb', 'bsb number', 'bank state branch'],
    value: '[0-9]{3}[ -]?[0-9]{3}',
    yes: [
      'bsb: «062-000»',
      'bsb=«062000»',
      '"bsb":"«083 004»"',
      'BSB number «732-001».',
      'bsb no: «484799»',
      'Bank state branch «012-003»',
    ],
    no: ['bsb: 06-2000', 'bsb: 62000', 'bsbx 062000', 'bsb: 0620001', 'usbsb 062-000', 'bsb missing'],
  }),
  named({
    ...money,
    id: 'swift_bic',
    summary: 'Business identifier codes (SWIFT, BIC) behind their name',
    severity: 'low',
    confidence: 'medium',
    source: 'ISO 9362',
    names: ['swift', 'swift code', 'bic', 'bic code', 'swift bic', 'bic swift'],
    value: '[a-z]{4}[a-z]{2}[0-9a-z]{2}(?:[0-9a-z]{3})?',
    check: isBic,
    yes: [
      'swift: «DEUTDEFF»',
      'bic=«COBADEFFXXX»',
      '"bic":"«BNPAFRPP»"',
      'SWIFT code «CHASUS33».',
      'BIC «UBSWCHZH80A»',
      'bic swift «NWBKGB2L»',
    ],
    no: [
      'swift: DEUTDEF',
      'bic: 1EUTDEFF',
      'swiftly CHASUS33',
      'bic=COBADEFFXX',
      'cubic COBADEFF',
      'swift: n/a',
      'swift: transfer',
    ],
  }),
]
