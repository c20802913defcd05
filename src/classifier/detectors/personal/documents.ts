// Travel documents: their machine-readable zone, and serial numbers of letters and digits behind their name.
import type { Detector } from '../../../core/detector.ts'
import { DIGIT, is } from '../../checks/bytes.ts'
import { documentDigit } from '../../checks/mrz.ts'
import { named } from '../../named_value.ts'

const LINE_BYTES = 44
const values = new Uint8Array(LINE_BYTES)

/** The second line of a passport: number, nationality, birth, sex, expiry, each with its digit, and one over all. */
function isSecondLine(bytes: Uint8Array, start: number, end: number): boolean {
  const line = end - LINE_BYTES
  if (line < start) return false
  for (let at = 0; at < LINE_BYTES; at++) {
    const byte = bytes[line + at]
    values[at] = is(byte, DIGIT) ? byte - 0x30 : byte >= 0x41 ? byte - 55 : 0
  }
  const isPart = (from: number, to: number) => documentDigit(values, from, to) === values[to]
  return isPart(0, 9) && isPart(13, 19) && isPart(21, 27)
}

const FIELD = '[A-Z0-9<]'
const SECOND = `${FIELD}{9}[0-9][A-Z<]{3}[0-9]{6}[0-9][MFX<][0-9]{7}${FIELD}{14}[0-9<][0-9]`

const mrz: Detector = {
  id: 'passport_mrz',
  summary: 'Machine-readable zone of passports: the second line with its check digits, and the first before it',
  category: 'personal',
  severity: 'critical',
  confidence: 'high',
  source: 'ICAO Doc 9303, part 4',
  pattern: `(?:P<[A-Z]{3}[A-Z<]{39}\\s{1,2})?${SECOND}`,
  anchors: ['\\d[MFX<]\\d{7}', 'P<[A-Z]{4}'],
  check: isSecondLine,
  yes: [
    'mrz «L898902C36UTO7408122F1204159ZE184226B<<<<<10» ok',
    '"«P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10»"',
    'scan=«L898902C36UTO7408122F1204159ZE184226B<<<<<10»;',
    '{"line2":"«C01X00T478D<<6408125F2702283<<<<<<<<<<<<<<<4»"}',
    '«C01X00T478D<<6408125F2702283<<<<<<<<<<<<<<<4»',
    'read «L898902C36UTO7408122F1204159ZE184226B<<<<<10».',
  ],
  no: [
    'L898902C37UTO7408122F1204159ZE184226B<<<<<10',
    'L898902C36UTO7408123F1204159ZE184226B<<<<<10',
    'L898902C36UTO7408122F1204158ZE184226B<<<<<10',
    'L898902C36UTO7408122F1204159ZE184226B',
    'l898902c36uto7408122f1204159ze184226b<<<<<10',
    'P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<',
  ],
}

/** Words may stand there too: a serial number has digits. */
function isSerial(bytes: Uint8Array, start: number, end: number): boolean {
  let digits = 0
  for (let at = start; at < end; at++) if (is(bytes[at], DIGIT)) digits++
  return digits > 1
}

const document = named({
  id: 'identity_document',
  summary: 'Numbers of passports, identity cards and residence permits behind their name, letters and digits mixed',
  category: 'personal',
  severity: 'high',
  confidence: 'medium',
  source: 'ICAO Doc 9303, part 3: nine characters; formats of the states',
  names: [
    'passport',
    'passport number',
    'passeport',
    'pasaporte',
    'passaporto',
    'reisepass',
    'paspoort',
    'passnummer',
    'id card',
    'identity card',
    'personalausweis',
    'ausweisnummer',
    'identiteitskaart',
    'carte nationale',
    'residence permit',
    'aufenthaltstitel',
    'titre de sejour',
    'document number',
  ],
  value: '[a-z0-9]{7,11}',
  check: isSerial,
  yes: [
    'passport: «C01X00T47»',
    'passport_number=«NW1A2B3C4»',
    '"passportNumber":"«X4RTBPFW4»"',
    'Personalausweis «L01X00T471».',
    'residence permit no «AZ1234567»',
    'id card: «SPECI2014»',
  ],
  no: [
    'passport: missing',
    'passport expired',
    'passport.js v0.6',
    'passports 1234567',
    'id card: none',
    'xpassport C01X00T47',
  ],
})

export const documents: readonly Detector[] = [mrz, document]
