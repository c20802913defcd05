// Numbers that Canada gives to people and companies. Health cards of the provinces: health/ca.ts.
import type { Detector } from '../../../core/detector.ts'
import { onSymbols } from '../../checks/symbols.ts'
import { isLuhn } from '../../checks/weighted.ts'
import { COMPANY_ID, DRIVING, PASSPORT, SOCIAL_SECURITY } from '../../near_words.ts'
import { shaped } from '../../shape.ts'

/** No number begins with 0 or 8. */
const isSin = onSymbols((v) => v[0] !== 0 && v[0] !== 8 && isLuhn(v, 0, 9))
const isBusinessNumber = onSymbols((v) => isLuhn(v, 0, 9))

export const ca: readonly Detector[] = [
  shaped({
    id: 'ca_sin',
    summary: 'Canadian social insurance numbers (Luhn)',
    category: 'personal',
    severity: 'critical',
    confidence: 'low',
    near: [
      'sin',
      'sin number',
      'nas',
      'assurance sociale',
      "numero d'assurance sociale",
      "numéro d'assurance sociale",
      ...SOCIAL_SECURITY,
    ],
    region: 'ca',
    source: 'Employment and Social Development Canada, SIN code of practice',
    shapes: ['[1-79]99_999_999', '[1-79]9{8}'],
    check: isSin,
    numbers: ['123456782', '130 692 544', '193-456-787', '932 745 623'],
    wrong: ['123456783', '046 454 286', '800 000 002', '12345678'],
  }),
  shaped({
    id: 'ca_business_number',
    summary: 'Canadian business numbers (Luhn), with or without the account of a programme',
    category: 'other',
    severity: 'low',
    confidence: 'low',
    near: ['bn', 'gst', 'hst', 'cra', "numero d'entreprise", "numéro d'entreprise", ...COMPANY_ID],
    region: 'ca',
    source: 'Canada Revenue Agency, RC2',
    shapes: ['9{9} [RPCDEXZ][A-Z]9999', '9{9}[RPCDEXZ][A-Z]9999', '9{9}'],
    check: isBusinessNumber,
    numbers: ['123026635RC0001', '123026635', '123026635 RP0001'],
    wrong: ['123026634RC0001', '123026634', '12302663', '123026635RC001'],
  }),
  shaped({
    id: 'ca_passport',
    summary: 'Canadian passport numbers',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['passeport', ...PASSPORT],
    region: 'ca',
    source: 'Immigration, Refugees and Citizenship Canada, passport series AA to PZ and A…AA',
    shapes: ['AA9{6}', 'A9{6}AA'],
    numbers: ['GA302922', 'AB123456', 'P123456AA'],
    wrong: ['GA30292', 'G1302922', 'ga302922', 'GA3029221'],
  }),
  shaped({
    id: 'ca_permanent_resident',
    summary: 'Numbers of Canadian permanent resident cards and client ids',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: [
      'permanent resident',
      'pr card',
      'resident card',
      'uci',
      'client id',
      'resident permanent',
      'résident permanent',
    ],
    region: 'ca',
    source: 'Immigration, Refugees and Citizenship Canada, IMM 5445',
    shapes: ['AA9{7}', 'AA9{10}', '99-9999-9999', '9999-9999'],
    numbers: ['RA0302123', 'PA1234567890', '11-2233-4455', '5512-0917'],
    wrong: ['RA030212', 'R10302123', '11-223-4455', 'ra0302123'],
  }),
  shaped({
    id: 'ca_driving_licence',
    summary: 'Driving licence numbers in the formats of the provinces',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['permis de conduire', 'permis', ...DRIVING],
    region: 'ca',
    source: 'CCMTA; formats of the provinces',
    shapes: [
      'A9999-99999-99999',
      'A9999-9{6}-99',
      'A9{14}',
      'A9{12}',
      'A9{8}',
      'AAAAA9{9}',
      '9{6}-999',
      '9{9}',
      '9{8}',
      '9{7}',
    ],
    numbers: ['A1234-56789-01234', 'T1234-010175-02', '1234567', '123456-789', 'B23456789012345'],
    wrong: ['A1234-5678-01234', '123456', 'AB12', 'A1234-567890-1234'],
  }),
]
