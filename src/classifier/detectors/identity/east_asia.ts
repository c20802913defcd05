// Numbers that China, Hong Kong, Taiwan, Japan and Korea give to people and companies.
import type { Detector } from '../../../core/detector.ts'
import { isBirthDate, isYearMonthDay } from '../../checks/dates.ts'
import { isMod11Of2 } from '../../checks/iso7064.ts'
import { allEqual, letter, numberAt, onSymbols } from '../../checks/symbols.ts'
import { weightedSum } from '../../checks/weighted.ts'
import { COMPANY_ID, DRIVING, NATIONAL_ID, PASSPORT, TAX_ID } from '../../near_words.ts'
import { inBothForms, shaped } from '../../shape.ts'

/** The last code of a province, by the tens: north, north-east, east, centre, south-west, north-west, others. */
const LAST_PROVINCE = [0, 15, 23, 37, 46, 54, 65, 71, 83, 91]
function isProvince(code: number): boolean {
  return code >= 11 && code <= LAST_PROVINCE[Math.floor(code / 10)] && code % 10 > (code < 50 ? 0 : -1)
}
const isResidentId = onSymbols((v) => isProvince(numberAt(v, 0, 2)) && isBirthDate(v, 6) && isMod11Of2(v, 0, 18))

const CREDIT = [...'0123456789ABCDEFGHJKLMNPQRTUWXY'].map(letter)
const CREDIT_WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]
const isCreditCode = onSymbols((v) => {
  let sum = 0
  for (let at = 0; at < 17; at++) {
    const value = CREDIT.indexOf(v[at])
    if (value < 0) return false
    sum += value * CREDIT_WEIGHTS[at]
  }
  return CREDIT[(31 - (sum % 31)) % 31] === v[17]
})

/** One letter counts as if a space of 36 stood before it; A stands for ten. */
const isHongKongId = onSymbols((v, count) => {
  const first = count === 8 ? 36 * 9 : v[0] * 9
  return (first + weightedSum(v, [8, 7, 6, 5, 4, 3, 2, 1], count - 8)) % 11 === 0
})

/** The letter is a place, which counts as two digits. */
const PLACES = [...'ABCDEFGHJKLMNPQRSTUVXYWZIO'].map(letter)
const isTaiwanId = onSymbols((v) => {
  const place = PLACES.indexOf(v[0]) + 10
  const second = v[1] > 9 ? (PLACES.indexOf(v[1]) + 10) % 10 : v[1]
  const sum = Math.floor(place / 10) + (place % 10) * 9 + second * 8
  return (sum + weightedSum(v, [7, 6, 5, 4, 3, 2, 1, 1], 2)) % 10 === 0
})

const isMyNumber = onSymbols((v) => {
  const rest = weightedSum(v, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11
  return (rest < 2 ? 0 : 11 - rest) === v[11] && !allEqual(v, 0, 11)
})
/** The first digit is the check digit; a T stands before it on invoices. */
const isJapaneseCompany = onSymbols((v, count) => {
  const at = count - 13
  return 9 - (weightedSum(v, [2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1], at + 1) % 9) === v[at]
})

/** Numbers given out since October 2020 have no check digit: who was born since then has one of those. */
const isResident = onSymbols((v) => {
  if (!isYearMonthDay(v, 0)) return false
  const isThisCentury = v[6] === 3 || v[6] === 4 || v[6] === 7 || v[6] === 8
  if (isThisCentury && numberAt(v, 0, 4) >= 20_10) return numberAt(v, 0, 2) < 40
  const rest = weightedSum(v, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11
  // Foreigners' numbers have two more.
  const digit = (11 - rest) % 10
  return digit === v[12] || (v[6] >= 5 && v[6] <= 8 && (digit + 2) % 10 === v[12])
})

const isKoreanCompany = onSymbols((v) => {
  const sum = weightedSum(v, [1, 3, 7, 1, 3, 7, 1, 3, 5]) + Math.floor((v[8] * 5) / 10)
  return (10 - (sum % 10)) % 10 === v[9] && numberAt(v, 0, 3) > 100
})

export const eastAsia: readonly Detector[] = [
  shaped({
    id: 'cn_resident_id',
    summary: 'Chinese resident identity numbers: region, day of birth, ISO 7064 mod 11-2',
    category: 'personal',
    severity: 'critical',
    confidence: 'high',
    near: ['身份证', '身份证号', '身份證', 'resident id', 'shenfenzheng', ...NATIONAL_ID],
    region: 'cn',
    source: 'GB 11643-1999',
    shapes: ['[1-9]9{16}[0-9Xx]', '[1-9]9{5} 9{8} 999[0-9Xx]'],
    check: isResidentId,
    numbers: ['360426199101010071', '11010519491231002X', '440308199901101512', '11010519491231002x'],
    wrong: ['360426199101010072', '360426199113010071', '990426199101010071', '36042619910101007'],
  }),
  shaped({
    id: 'cn_credit_code',
    summary: 'Chinese unified social credit codes of companies (mod 31)',
    category: 'other',
    severity: 'low',
    confidence: 'medium',
    near: ['统一社会信用代码', 'uscc', 'credit code', ...COMPANY_ID],
    region: 'cn',
    source: 'GB 32100-2015',
    shapes: ['[159Y][1239]9{6}[0-9A-HJ-NP-RTUWXY]{9}[0-9A-HJ-NP-RTUWXY]'],
    check: isCreditCode,
    numbers: ['91110000600037341L', '91310000MA1FL0GJ2A', '91320621MA1MRHG205'],
    wrong: ['91110000600037342L', '91110000600037341M', '9111000060003734L', 'A1110000600037341L'],
  }),
  shaped({
    id: 'cn_passport',
    summary: 'Chinese passport numbers',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['护照', '护照号', '護照', ...PASSPORT],
    region: 'cn',
    source: 'National Immigration Administration; ICAO Doc 9303',
    shapes: ['E[A-HJ-NP-Z]9{7}', '[DEGPSH]9{8}', 'K[JE]9{7}'],
    numbers: ['E12345678', 'EA1234567', 'G41234567'],
    wrong: ['E1234567', 'EI1234567', 'e12345678', 'E123456789'],
  }),
  shaped({
    id: 'cn_mobile',
    summary: 'Chinese mobile telephone numbers',
    category: 'personal',
    severity: 'medium',
    confidence: 'low',
    near: ['手机', '手机号', '电话', '联系电话', 'mobile', 'phone', 'phone number', 'tel', 'msisdn'],
    region: 'cn',
    source: 'MIIT, numbering plan of public telecommunication networks',
    shapes: ['1[3-9]9{9}', '1[3-9]9_9999_9999'],
    numbers: ['13812345678', '138-1234-5678', '19900001111'],
    wrong: ['12812345678', '1381234567', '138123456789', '1381-2345678'],
  }),
  ...inBothForms({
    id: 'hk_id',
    summary: 'Hong Kong identity cards (mod 11)',
    category: 'personal',
    severity: 'high',
    confidence: 'high',
    near: ['hkid', 'hk id', 'hong kong id', '身份證', '身份證號碼', ...NATIONAL_ID],
    region: 'hk',
    source: 'Immigration Department, Registration of Persons Regulations cap. 177A',
    printed: ['AA9{6}([0-9A])', 'A9{6}([0-9A])'],
    bare: ['AA9{6}[0-9A]', 'A9{6}[0-9A]'],
    check: isHongKongId,
    numbers: ['A123456(3)', 'AB987654(3)', 'G123456(A)'],
    wrong: ['A123456(4)', 'AB987654(2)', 'A12345(3)', 'G123456(9)'],
  }),
  shaped({
    id: 'tw_national_id',
    summary: 'Taiwanese identity and resident numbers (mod 10)',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['身分證', '身分證字號', '身份證', '居留證', '統一證號', ...NATIONAL_ID],
    region: 'tw',
    source: 'Ministry of the Interior, National Immigration Agency: UI number',
    shapes: ['A[1289A-D]9{8}'],
    check: isTaiwanId,
    numbers: ['A123456789', 'F131104093', 'AB23456789', 'A800000014'],
    wrong: ['A123456788', 'F131104094', 'A12345678', 'A323456789'],
  }),
  shaped({
    id: 'jp_my_number',
    summary: 'Japanese individual numbers (My Number), mod 11',
    category: 'personal',
    severity: 'critical',
    confidence: 'low',
    near: ['my number', 'mynumber', 'マイナンバー', '個人番号', 'kojin bango', 'individual number', ...NATIONAL_ID],
    region: 'jp',
    source: '総務省令第八十五号 第五条; 番号法',
    shapes: ['9999_9999_9999', '9{12}'],
    check: isMyNumber,
    numbers: ['123456789018', '1234 5678 9018', '5486-7120-0042'],
    wrong: ['123456789019', '1234 5678 9017', '12345678901', '000000000000'],
  }),
  shaped({
    id: 'jp_corporate_number',
    summary: 'Japanese corporate numbers (mod 9)',
    category: 'other',
    severity: 'low',
    confidence: 'low',
    near: ['法人番号', 'corporate number', 'hojin bango', 'houjin bangou', ...COMPANY_ID],
    region: 'jp',
    source: '国税庁, 法人番号の指定等に関する省令',
    shapes: ['T9{13}', '[1-9]-9999-9999-9999', '[1-9]9{12}'],
    check: isJapaneseCompany,
    numbers: ['5835678256246', '5-8356-7825-6246', '7000012050002'],
    wrong: ['5835678256247', '2835678256246', '583567825624', '0835678256246'],
  }),
  shaped({
    id: 'jp_passport',
    summary: 'Japanese passport numbers',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['旅券', '旅券番号', 'パスポート', 'ryoken', ...PASSPORT],
    region: 'jp',
    source: '外務省, 旅券法; ICAO Doc 9303',
    shapes: ['AA9{7}'],
    numbers: ['TK1234567', 'MU0041827', 'NH9981203'],
    wrong: ['TK123456', 'T12345678', 'tk1234567', 'TK12345678'],
  }),
  shaped({
    id: 'jp_driving_licence',
    summary: 'Numbers of Japanese driving licences',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['運転免許証', '免許証番号', '免許証', 'menkyo', ...DRIVING],
    region: 'jp',
    source: '警察庁, 運転免許証の番号',
    shapes: ['9{12}'],
    check: onSymbols((v) => numberAt(v, 0, 2) >= 10 && numberAt(v, 0, 2) <= 97),
    numbers: ['301234567890', '450812345670', '629900112233'],
    wrong: ['001234567890', '30123456789', '3012345678901', 'A01234567890'],
  }),
  ...inBothForms({
    id: 'kr_rrn',
    summary: 'Korean resident and foreigner registration numbers: day of birth, mod 11 until October 2020',
    category: 'personal',
    severity: 'critical',
    confidence: 'high',
    near: ['주민등록번호', '주민번호', '외국인등록번호', 'rrn', 'jumin', 'resident registration', ...NATIONAL_ID],
    region: 'kr',
    source: '행정안전부, 주민등록법 시행규칙 제2조',
    printed: ['9{6}-[1-8]9{6}'],
    bare: ['9{6}[1-8]9{6}'],
    check: isResident,
    numbers: ['971013-1019901', '820701-2409181', '201105-3123456'],
    wrong: ['820701-2409185', '821301-2409184', '820701-240918', '820732-2409184'],
  }),
  ...inBothForms({
    id: 'kr_brn',
    summary: 'Korean business registration numbers (mod 10)',
    category: 'other',
    severity: 'low',
    confidence: 'medium',
    near: ['사업자등록번호', '사업자번호', 'brn', ...COMPANY_ID, ...TAX_ID],
    region: 'kr',
    source: '국세청, 사업자등록번호',
    printed: ['999-99-9{5}'],
    bare: ['9{10}'],
    check: isKoreanCompany,
    numbers: ['116-82-00276', '116-81-19948', '220-81-62517'],
    wrong: ['116-82-00277', '100-82-00276', '116-82-0027', '220-81-62518'],
  }),
  shaped({
    id: 'kr_passport',
    summary: 'Korean passport numbers',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['여권', '여권번호', ...PASSPORT],
    region: 'kr',
    source: '외교부, 여권법; ICAO Doc 9303',
    shapes: ['[MSRODTG]9{8}', '[MSRODTG]9{3}A9{4}'],
    numbers: ['M12345678', 'M123A4567', 'S00418272'],
    wrong: ['M1234567', 'A12345678', 'm12345678', 'M123456789'],
  }),
  shaped({
    id: 'kr_driving_licence',
    summary: 'Numbers of Korean driving licences',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['운전면허', '운전면허번호', '면허번호', ...DRIVING],
    region: 'kr',
    source: '경찰청, 도로교통법 시행규칙',
    shapes: ['[12]9-99-9{6}-99', '[12]9{11}'],
    numbers: ['11-12-345678-90', '131234567890', '28-07-001234-11'],
    wrong: ['31-12-345678-90', '11-12-34567-90', '11-12-345678', '11123456789'],
  }),
]
