// Numbers that India gives to people and companies.
import type { Detector } from '../../../core/detector.ts'
import { allEqual, onSymbols } from '../../checks/symbols.ts'
import { isVerhoeff } from '../../checks/verhoeff.ts'
import { DRIVING, PASSPORT } from '../../near_words.ts'
import { inBothForms, shaped } from '../../shape.ts'

/** Palindromes were never given out. */
const isAadhaar = onSymbols((v) => isVerhoeff(v, 0, 12) && !(allEqual(v, 0, 6) && allEqual(v, 6, 12)))

/** Weights 1 and 2, products as digits of base 36. */
const isGstin = onSymbols((v) => {
  let sum = 0
  for (let at = 0; at < 14; at++) {
    const product = v[at] * (at % 2 === 0 ? 1 : 2)
    sum += Math.floor(product / 36) + (product % 36)
  }
  return (36 - (sum % 36)) % 36 === v[14]
})

/** The fourth letter says who holds it: a person, a company, a trust. */
const PAN = 'A{3}[ABCFGHJLPT]A9{4}A'

export const india: readonly Detector[] = [
  ...inBothForms({
    id: 'in_aadhaar',
    summary: 'Indian Aadhaar numbers (Verhoeff)',
    category: 'personal',
    severity: 'critical',
    confidence: 'medium',
    near: ['aadhaar', 'aadhar', 'adhaar', 'uidai', 'uid', 'आधार'],
    region: 'in',
    source: 'UIDAI, Aadhaar Act 2016; UID Numbering Scheme',
    printed: ['[2-9]999 9999 9999', '[2-9]999-9999-9999'],
    bare: ['[2-9]9{11}'],
    check: isAadhaar,
    numbers: ['2341 2341 2346', '2341-2341-2346', '4991 1866 5246'],
    wrong: ['2341 2341 2347', '1341 2341 2346', '2341 2341 234', '4991 1866 5247'],
  }),
  shaped({
    id: 'in_pan',
    summary: 'Indian permanent account numbers (PAN): the fourth letter says whose',
    category: 'personal',
    severity: 'high',
    confidence: 'medium',
    near: ['pan', 'pan number', 'pan card', 'permanent account number', 'income tax'],
    region: 'in',
    source: 'Income Tax Department, rule 114 of the Income-tax Rules 1962',
    shapes: [PAN],
    numbers: ['ACUPA7085R', 'AAPFU0939F', 'BNZPM2501F'],
    wrong: ['ACUDA7085R', 'ACUPA7085', 'ACUPA70855', 'acupa7085r'],
  }),
  shaped({
    id: 'in_gstin',
    summary: 'Indian goods and services tax numbers (GSTIN), check character of base 36',
    category: 'other',
    severity: 'low',
    confidence: 'medium',
    near: ['gstin', 'gst', 'gst number'],
    region: 'in',
    source: 'GSTN, Central Goods and Services Tax Rules 2017, rule 10',
    shapes: [`[0-3]9${PAN}[1-9A-Z]ZX`],
    check: isGstin,
    numbers: ['27AAPFU0939F1ZV', '27AASCS2460H1Z0', '29AAGCB7383J1Z4'],
    wrong: ['27AAPFU0939F1ZW', '47AAPFU0939F1ZV', '27AAPFU0939F1Z', '27AAPFU0939F1AV'],
  }),
  shaped({
    id: 'in_voter_id',
    summary: 'Indian voter cards (EPIC)',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['epic', 'epic no', 'voter', 'voter id', 'election card', 'elector'],
    region: 'in',
    source: 'Election Commission of India',
    shapes: ['A{3}9{7}'],
    numbers: ['WKH1186253', 'AWV0041827', 'SMJ9981203'],
    wrong: ['WKH118625', 'WK11186253', 'wkh1186253', 'WKHA118625'],
  }),
  shaped({
    id: 'in_passport',
    summary: 'Indian passport numbers',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: PASSPORT,
    region: 'in',
    source: 'Ministry of External Affairs, Passport Seva',
    shapes: ['[A-PR-WY] 9{7}', '[A-PR-WY][1-9]9{5}[1-9]'],
    numbers: ['J8369854', 'M7654321', 'K1234567', 'A 1234567'],
    wrong: ['Q8369854', 'J836985', 'j8369854', 'J83698541', 'J0369854'],
  }),
  shaped({
    id: 'in_driving_licence',
    summary: 'Indian driving licence numbers',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: DRIVING,
    region: 'in',
    source: 'Ministry of Road Transport and Highways, Sarathi',
    shapes: ['AA_99_9{11}', 'AA99_9{11}', 'AA_9{13}', 'AA9{13}'],
    numbers: ['HR-0619850034761', 'DL14 20110012345', 'MH1420110062821', 'TN-09-20140001234'],
    wrong: ['HR-061985003476', 'H-0619850034761', 'hr-0619850034761', 'HR-06198500347611'],
  }),
]
