// Numbers that Singapore, Thailand, Malaysia, Indonesia, the Philippines and Pakistan give to people. India: in.ts.
import type { Detector } from '../../../core/detector.ts'
import { isDayMonthYear, isYearMonthDay } from '../../checks/dates.ts'
import { letter, numberAt, onSymbols } from '../../checks/symbols.ts'
import { weightedSum } from '../../checks/weighted.ts'
import { COMPANY_ID, NATIONAL_ID, PASSPORT, TAX_ID } from '../../near_words.ts'
import { inBothForms, shaped } from '../../shape.ts'

const CITIZENS = [...'JZIHGFEDCBA'].map(letter)
const FOREIGNERS = [...'XWUTRQPNMLK'].map(letter)
const SINCE_2022 = [...'KLJNPQRTUWX'].map(letter)

/** S and T: citizens; F and G: foreigners; M: foreigners since 2022. T and G count four more, M three. */
const isNric = onSymbols((v) => {
  const sum = weightedSum(v, [2, 7, 6, 5, 4, 3, 2], 1)
  if (v[0] === letter('S')) return CITIZENS[sum % 11] === v[8]
  if (v[0] === letter('T')) return CITIZENS[(sum + 4) % 11] === v[8]
  if (v[0] === letter('F')) return FOREIGNERS[sum % 11] === v[8]
  if (v[0] === letter('G')) return FOREIGNERS[(sum + 4) % 11] === v[8]
  return SINCE_2022[10 - ((sum + 3) % 11)] === v[8]
})

const OTHER = [...'ABCDEFGHJKLMNPQRSTUVWX0123456789'].map(letter)
/** Businesses have eight digits, companies a year and five digits, all others a century, a year, and a kind. */
const isUen = onSymbols((v, count) => {
  if (count === 9) return letter('XMKECAWLJDB'[weightedSum(v, [10, 4, 9, 3, 8, 2, 7, 1]) % 11]) === v[8]
  if (v[0] < 10) return letter('ZKCMDNERGWH'[weightedSum(v, [10, 8, 6, 4, 9, 7, 5, 3, 1]) % 11]) === v[9]
  const places = Uint8Array.from(v.subarray(0, 9), (value) => OTHER.indexOf(value))
  return OTHER[(weightedSum(places, [4, 3, 5, 3, 10, 2, 2, 5, 7]) + 6) % 11] === v[9]
})

const isThai = onSymbols((v) => (11 - (weightedSum(v, [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 10 === v[12])

/** Place, day of birth (women: plus 40), serial number. */
const isNik = onSymbols((v) => {
  const day = numberAt(v, 6, 8)
  if (day > 40) {
    v[6] -= 4
  }
  return numberAt(v, 0, 2) >= 11 && numberAt(v, 12, 16) > 0 && isDayMonthYear(v, 6)
})

const isMyKad = onSymbols((v) => isYearMonthDay(v, 0) && numberAt(v, 6, 8) > 0)

export const southAsia: readonly Detector[] = [
  shaped({
    id: 'sg_nric',
    summary: 'Singaporean identity numbers (NRIC, FIN) with their letter (mod 11)',
    category: 'personal',
    severity: 'high',
    confidence: 'high',
    near: ['nric', 'fin', 'nric number', 'identity number'],
    region: 'sg',
    source: 'Immigration and Checkpoints Authority, National Registration Act',
    shapes: ['[STFGM]9{7}A', '[stfgm]9{7}a'],
    check: isNric,
    numbers: ['S1234567D', 'T0123456G', 'F1234567N', 'G1234567X', 'M1234567K', 's1234567d'],
    wrong: ['S1234567E', 'T1234567D', 'F1234567D', 'S123456D', 'A1234567D'],
  }),
  shaped({
    id: 'sg_uen',
    summary: 'Singaporean company numbers (UEN)',
    category: 'other',
    severity: 'low',
    confidence: 'low',
    near: ['uen', 'acra', 'unique entity number', ...COMPANY_ID],
    region: 'sg',
    source: 'ACRA, Unique Entity Number',
    shapes: ['[TS]99AA9{4}A', '[12]9{8}A', '9{8}A'],
    check: isUen,
    numbers: ['200312345H', '53123456L', 'T08LL1234H'],
    wrong: ['20031234A5', '5312345X', 'U08LL1234B', '200312345'],
  }),
  shaped({
    id: 'sg_passport',
    summary: 'Singaporean passport numbers',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: PASSPORT,
    region: 'sg',
    source: 'Immigration and Checkpoints Authority; PRADO',
    shapes: ['[KE]9{7}A'],
    numbers: ['E1234567N', 'K0041827D', 'E9981203A'],
    wrong: ['E123456N', 'S1234567N', 'e1234567n', 'E12345678N'],
  }),
  ...inBothForms({
    id: 'th_national_id',
    summary: 'Thai identity numbers (mod 11)',
    category: 'personal',
    severity: 'high',
    confidence: 'high',
    near: ['เลขประจำตัวประชาชน', 'บัตรประชาชน', 'thai id', 'pin', ...NATIONAL_ID, ...TAX_ID],
    region: 'th',
    source: 'กรมการปกครอง, Department of Provincial Administration',
    printed: ['[1-8]-9999-9{5}-99-9', '[1-8] 9999 9{5} 99 9'],
    bare: ['[1-8]9{12}'],
    check: isThai,
    numbers: ['1-2345-45678-78-1', '7-1001-00012-34-1', '3 1006 00445 63 5'],
    wrong: ['1-2345-45678-78-2', '9-2345-45678-78-1', '1-2345-45678-7-1'],
  }),
  shaped({
    id: 'my_nric',
    summary: 'Malaysian identity numbers (MyKad): day and place of birth',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['nric', 'mykad', 'kad pengenalan', 'no kp', 'ic number', 'ic no', ...NATIONAL_ID],
    region: 'my',
    source: 'Jabatan Pendaftaran Negara, National Registration Regulations 1990',
    shapes: ['9{6}-99-9{4}', '9{12}'],
    check: isMyKad,
    numbers: ['770305-02-1234', '880417145512', '010203-14-0001'],
    wrong: ['771305-02-1234', '770305-00-1234', '770305-02-123', '77030502123'],
  }),
  shaped({
    id: 'id_nik',
    summary: 'Indonesian identity numbers (NIK): place and day of birth',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['nik', 'ktp', 'nomor induk kependudukan', 'kartu tanda penduduk', ...NATIONAL_ID],
    region: 'id',
    source: 'Ditjen Dukcapil, UU 23/2006 pasal 37',
    shapes: ['[1-9]9{15}'],
    check: isNik,
    numbers: ['3171011708450001', '3273015507920003', '5103021204880002'],
    wrong: ['3171013208450001', '3171011713450001', '317101170845000', '3171011708450000'],
  }),
  shaped({
    id: 'ph_tin',
    summary: 'Philippine tax numbers (TIN) and PhilSys numbers',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['philsys', 'psn', 'umid', 'sss number', ...TAX_ID, ...NATIONAL_ID],
    region: 'ph',
    source: 'Bureau of Internal Revenue; Philippine Statistics Authority, RA 11055',
    shapes: ['999-999-999-9{5}', '999-999-999-999', '999-999-999', '9{4}-9{4}-9{4}-9{4}', '99-9{7}-9'],
    numbers: ['123-456-789-000', '123-456-789', '34-1234567-8', '1234-5678-9012-3456'],
    wrong: ['123-456-78', '123-4567-89', '34-123456-8', '123-456-789-0'],
  }),
  shaped({
    id: 'pk_cnic',
    summary: 'Pakistani identity numbers (CNIC)',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['cnic', 'nicop', 'nadra', ...NATIONAL_ID],
    region: 'pk',
    source: 'NADRA Ordinance 2000',
    shapes: ['[1-7]9{4}-9{7}-[1-9]', '[1-7]9{11}[1-9]'],
    numbers: ['35202-1234567-1', '4210112345672', '61101-0041827-3'],
    wrong: ['85202-1234567-1', '35202-123456-1', '35202-1234567-0', '352021234567'],
  }),
]
