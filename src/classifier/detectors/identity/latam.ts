// Numbers that Mexico, Argentina, Chile, Colombia, Peru and Uruguay give to people and companies. Brazil: br.ts.
import type { Detector } from '../../../core/detector.ts'
import { isYearMonthDay } from '../../checks/dates.ts'
import { allEqual, letter, numberAt, onSymbols } from '../../checks/symbols.ts'
import { weightedSum } from '../../checks/weighted.ts'
import { NATIONAL_ID, PASSPORT, TAX_ID } from '../../near_words.ts'
import { inBothForms, shaped } from '../../shape.ts'

/** Letters count 10 to 36 with Ñ between N and O, which only its neighbours show. */
function curpValue(value: number): number {
  return value > letter('N') ? value + 1 : value
}
const isCurp = onSymbols((v) => {
  if (!isYearMonthDay(v, 4)) return false
  let sum = 0
  for (let at = 0; at < 17; at++) sum += curpValue(v[at]) * (18 - at)
  return (10 - (sum % 10)) % 10 === v[17]
})

const STATES = 'AS|BC|BS|CC|CL|CM|CS|CH|DF|DG|GT|GR|HG|JC|MC|MN|MS|NT|NL|OC|PL|QT|QR|SP|SL|SR|TC|TS|TL|VZ|YN|ZS|NE'
const FIRST = [...new Set(STATES.split('|').map((state) => state[0]))].join('')
const SECOND = [...new Set(STATES.split('|').map((state) => state[1]))].join('')
const isState = onSymbols((v) => STATES.split('|').some((s) => letter(s[0]) === v[11] && letter(s[1]) === v[12]))

/** The order of 0-9A-N&O-ZÑ; companies have three letters and count as if a space stood before them. */
const isRfc = onSymbols((v, count) => {
  const isDay = isYearMonthDay(v, count - 9)
  let sum = count === 12 ? 37 * 13 : 0
  for (let at = 0; at < count - 1; at++) sum += (v[at] > letter('N') ? v[at] + 1 : v[at]) * (count - at)
  const digit = (11 - (sum % 11)) % 11
  return isDay && v[count - 1] === digit
})

const isCuit = onSymbols((v) => {
  const kind = numberAt(v, 0, 2)
  if (![20, 23, 24, 25, 26, 27, 30, 33, 34, 50, 51, 55].includes(kind)) return false
  const digit = (11 - (weightedSum(v, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11
  return (digit === 10 ? 9 : digit) === v[10]
})

/** Weights 2 to 7 from the right; K stands for ten. */
const isRut = onSymbols((v, count) => {
  let sum = 0
  for (let at = count - 2, weight = 2; at >= 0; at--, weight = weight === 7 ? 2 : weight + 1) sum += v[at] * weight
  const digit = (11 - (sum % 11)) % 11
  return v[count - 1] === (digit === 10 ? letter('K') : digit) && !allEqual(v, 0, count - 1)
})

const PRIMES = [3, 7, 13, 17, 19, 23, 29, 37, 41, 43, 47, 53, 59, 67, 71]
const isNit = onSymbols((v, count) => {
  let sum = 0
  for (let at = 0; at < count - 1; at++) sum += v[count - 2 - at] * PRIMES[at]
  const rest = sum % 11
  return v[count - 1] === (rest < 2 ? rest : 11 - rest) && !allEqual(v, 0, count)
})

const isRuc = onSymbols((v) => {
  if (![10, 15, 16, 17, 20].includes(numberAt(v, 0, 2))) return false
  return (11 - (weightedSum(v, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 10 === v[10]
})

const isUruguayan = onSymbols((v, count) => {
  const weights = count === 8 ? [2, 9, 8, 7, 6, 3, 4] : [9, 8, 7, 6, 3, 4]
  return (10 - (weightedSum(v, weights) % 10)) % 10 === v[count - 1]
})

/** Province 01 to 24 or 30, and Luhn from the left. */
const isEcuadorian = onSymbols((v) => {
  const province = numberAt(v, 0, 2)
  if (province < 1 || (province > 24 && province !== 30) || v[2] > 5) return false
  let sum = 0
  for (let at = 0; at < 10; at++) sum += at % 2 === 0 ? (v[at] > 4 ? v[at] * 2 - 9 : v[at] * 2) : v[at]
  return sum % 10 === 0
})

export const latam: readonly Detector[] = [
  shaped({
    id: 'mx_curp',
    summary: 'Mexican population register keys (CURP): day of birth, state, check digit',
    category: 'personal',
    severity: 'high',
    confidence: 'high',
    near: ['curp', 'clave unica', 'clave única'],
    region: 'mx',
    source: 'RENAPO, Instructivo Normativo para la Asignación de la CURP',
    shapes: [`A[AEIOUX]AA9{6}[HMX][${FIRST}][${SECOND}][B-DF-HJ-NP-TV-Z]{3}X9`],
    check: (bytes, start, end) => isCurp(bytes, start, end) && isState(bytes, start, end),
    numbers: ['BOXW310820HNERXN09', 'GODE561231HDFRRN00', 'HEGG560427MVZRRL04'],
    wrong: ['BOXW310820HNERXN08', 'BOXW311320HNERXN09', 'BOXW310820HNERXN0', 'BOXW310820HXXRXN09'],
  }),
  shaped({
    id: 'mx_rfc',
    summary: 'Mexican taxpayer numbers (RFC): day of birth or foundation, check character (mod 11)',
    category: 'personal',
    severity: 'high',
    confidence: 'medium',
    near: ['rfc', 'registro federal', 'contribuyente'],
    region: 'mx',
    source: 'SAT, Código Fiscal de la Federación art. 27; Anexo 20',
    shapes: ['A{4}9{6}XX[0-9A]', 'A{3}9{6}XX[0-9A]', 'A{4}-9{6}-XX[0-9A]', 'A{3}-9{6}-XX[0-9A]'],
    check: isRfc,
    numbers: ['GODE561231GR8', 'MAB-930714-8T4', 'COMG600703KP0'],
    wrong: ['GODE561231GR9', 'GODE561331GR8', 'GODE561231GR', 'MAB-930714-8T5'],
  }),
  shaped({
    id: 'mx_social_security',
    summary: 'Mexican social security numbers (NSS), Luhn',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: [
      'nss',
      'imss',
      'seguro social',
      'numero de seguridad social',
      'número de seguridad social',
      'afiliacion',
      'afiliación',
    ],
    region: 'mx',
    source: 'IMSS, Ley del Seguro Social',
    shapes: ['9{11}', '99 99 99 9999 9'],
    check: onSymbols((v) => {
      let sum = 0
      for (let at = 0; at < 11; at++) sum += at % 2 === 1 ? (v[at] > 4 ? v[at] * 2 - 9 : v[at] * 2) : v[at]
      return sum % 10 === 0 && !allEqual(v, 0, 11)
    }),
    numbers: ['12345678903', '72795608040', '04 17 85 0001 5'],
    wrong: ['12345678904', '1234567890', '123456789033', '00000000000'],
  }),
  shaped({
    id: 'ar_dni',
    summary: 'Argentine identity numbers (DNI)',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['dni', 'documento nacional', 'nro documento', 'numero de documento', 'número de documento', ...NATIONAL_ID],
    region: 'ar',
    source: 'RENAPER, Ley 17.671',
    shapes: ['99.999.999', '9.999.999', '9{8}', '9{7}'],
    numbers: ['20.123.401', '20123401', '4.567.890'],
    wrong: ['201234', '20.123.40', '201234011', '20-123-401'],
  }),
  ...inBothForms({
    id: 'ar_cuit',
    summary: 'Argentine tax and labour numbers (CUIT, CUIL), mod 11',
    category: 'personal',
    severity: 'high',
    confidence: 'high',
    near: ['cuit', 'cuil', 'clave unica de identificacion', 'clave única de identificación', ...TAX_ID],
    region: 'ar',
    source: 'ARCA (AFIP), Resolución General 10/97',
    printed: ['[235]9-9{8}-9'],
    bare: ['[235]9{10}'],
    check: isCuit,
    numbers: ['20-05536168-2', '30-50001091-2', '27-12345678-0'],
    wrong: ['20-05536168-3', '21-05536168-2', '20-0553616-2'],
  }),
  ...inBothForms({
    id: 'cl_rut',
    summary: 'Chilean numbers of people and companies (RUT, RUN), mod 11 with K',
    category: 'personal',
    severity: 'high',
    confidence: 'high',
    near: ['rut', 'run', 'rol unico', 'rol único', 'cedula de identidad', 'cédula de identidad'],
    region: 'cl',
    source: 'Servicio de Registro Civil e Identificación, DFL 3/1969',
    printed: ['99.999.999-[0-9Kk]', '9.999.999-[0-9Kk]', '9{8}-[0-9Kk]', '9{7}-[0-9Kk]'],
    bare: ['9{8}[0-9Kk]', '9{7}[0-9Kk]'],
    check: isRut,
    numbers: ['12.531.909-2', '76.086.428-5', '12345678-5', '10.000.013-K'],
    wrong: ['12.531.909-3', '76.086.428-K', '11.111.111-2', '12.531.90-2'],
  }),
  shaped({
    id: 'co_cedula',
    summary: 'Colombian identity cards (cédula de ciudadanía)',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: [
      'cedula',
      'cédula',
      'cedula de ciudadania',
      'cédula de ciudadanía',
      'nuip',
      'cedula de extranjeria',
      ...NATIONAL_ID,
    ],
    region: 'co',
    source: 'Registraduría Nacional del Estado Civil, Ley 757 de 2002',
    shapes: ['1.999.999.999', '99.999.999', '19{9}', '9{8}', '9{7}'],
    numbers: ['1.020.713.756', '1020713756', '79.123.456', '52123456'],
    wrong: ['2.020.713.756', '102071', '1.020.713.75', '10207137567'],
  }),
  shaped({
    id: 'co_nit',
    summary: 'Colombian tax numbers (NIT), weights of primes, mod 11',
    category: 'personal',
    severity: 'medium',
    confidence: 'low',
    near: ['nit', 'numero de identificacion tributaria', 'número de identificación tributaria', 'dian', ...TAX_ID],
    region: 'co',
    source: 'DIAN, Orden Administrativa 4 de 1989',
    shapes: ['9{3}.9{3}.9{3}-9', '9{9}-9', '9{10}'],
    check: isNit,
    numbers: ['213.123.432-1', '800197268-4', '2131234321'],
    wrong: ['213.123.432-2', '800197268-5', '213123432', '000.000.000-0'],
  }),
  shaped({
    id: 'pe_dni',
    summary: 'Peruvian identity numbers (DNI)',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['dni', 'documento nacional', 'documento de identidad', 'reniec', ...NATIONAL_ID],
    region: 'pe',
    source: 'RENIEC, Ley 26497',
    shapes: ['9{8}-[0-9A-K]', '9{8}'],
    numbers: ['10117410-2', '10117410', '44556677'],
    wrong: ['1011741', '101174102', '10117410-Z', '1011-7410'],
  }),
  shaped({
    id: 'pe_ruc',
    summary: 'Peruvian taxpayer numbers (RUC), mod 11',
    category: 'other',
    severity: 'low',
    confidence: 'low',
    near: ['ruc', 'sunat', 'registro unico de contribuyentes', 'registro único de contribuyentes', ...TAX_ID],
    region: 'pe',
    source: 'SUNAT, Decreto Legislativo 943',
    shapes: ['[12]9{10}'],
    check: isRuc,
    numbers: ['20512333797', '20100070970', '10117410027'],
    wrong: ['20512333798', '30512333797', '2051233379', '21512333797'],
  }),
  shaped({
    id: 'uy_cedula',
    summary: 'Uruguayan identity cards (cédula de identidad)',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['cedula', 'cédula', 'cedula de identidad', 'cédula de identidad', ...NATIONAL_ID],
    region: 'uy',
    source: 'Dirección Nacional de Identificación Civil, Ley 14.762',
    shapes: ['9.999.999-9', '999.999-9', '9{7}-9', '9{8}'],
    check: isUruguayan,
    numbers: ['1.234.567-2', '12345672', '3.456.789-4'],
    wrong: ['1.234.567-3', '12345673', '1.234.567', '1234567-3'],
  }),
  shaped({
    id: 'ec_cedula',
    summary: 'Ecuadorian identity cards (cédula): province and Luhn',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['cedula', 'cédula', 'cedula de identidad', 'cédula de identidad', ...NATIONAL_ID],
    region: 'ec',
    source: 'Registro Civil del Ecuador',
    shapes: ['9{9}-9', '9{10}'],
    check: isEcuadorian,
    numbers: ['1714307103', '171430710-3', '0926687856'],
    wrong: ['1714307104', '2514307103', '171430710', '1774307103'],
  }),
  shaped({
    id: 'latam_passport',
    summary: 'Passport numbers of Mexico, Argentina, Chile, Colombia and Peru',
    category: 'personal',
    severity: 'high',
    confidence: 'low',
    near: ['pasaporte', 'numero de pasaporte', 'número de pasaporte', ...PASSPORT],
    source: 'ICAO Doc 9303; issuers of the states',
    shapes: ['AAA9{6}', 'AA9{6}', 'A9{8}', 'A9{7}', '9{9}'],
    numbers: ['AAA123456', 'G12345678', 'AR004182', 'P1234567', '118124992'],
    wrong: ['AAA12345', 'g12345678', '1181249', 'AAAA123456'],
  }),
]
