// Words that speak for the numbers of many countries. Each country adds its own.

export const NATIONAL_ID: readonly string[] = [
  'national id',
  'national identity',
  'national identification',
  'national number',
  'identity number',
  'identity card',
  'identity no',
  'id card',
  'personal id',
  'personal number',
  'citizen id',
  'nid',
]

export const TAX_ID: readonly string[] = ['tax id', 'tax number', 'tax no', 'tax identification', 'taxpayer', 'tin']

export const COMPANY_ID: readonly string[] = ['company number', 'company id', 'company registration', 'business number']

export const VAT: readonly string[] = ['vat', 'vat id', 'vat no', 'vat number', 'vatin']

export const SOCIAL_SECURITY: readonly string[] = ['social security', 'social insurance', 'insurance number', 'ssn']

export const PASSPORT: readonly string[] = ['passport', 'passport number', 'passport no', 'travel document']

export const DRIVING: readonly string[] = [
  'driver license',
  'drivers license',
  "driver's license",
  'driver licence',
  'drivers licence',
  'driving licence',
  'driving license',
  'license number',
  'licence number',
  'dl number',
  'driver id',
]

export const BANK_ACCOUNT: readonly string[] = [
  'bank account',
  'account number',
  'account no',
  'acct',
  'acct no',
  'acct number',
  'beneficiary account',
]
