// Vehicles, which lead to their owners.
import type { Detector } from '../../../core/detector.ts'
import { DIGIT, is } from '../../checks/bytes.ts'
import { letter, onSymbols } from '../../checks/symbols.ts'
import { weightedSum } from '../../checks/weighted.ts'
import { named } from '../../named_value.ts'

/** Worth of the letters A to Z; I, O and Q are none. */
const WORTH = [1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4, 5, 0, 7, 0, 9, 2, 3, 4, 5, 6, 7, 8, 9]
const WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2]

/** The ninth place is the check digit in North America and China, X for ten; elsewhere makers do as they please. */
const isVin = onSymbols((v) => {
  const ninth = v[8] === letter('X') ? 10 : v[8]
  let letters = 0
  for (let at = 0; at < 17; at++) {
    if (v[at] < 10) continue
    letters++
    v[at] = WORTH[v[at] - 10]
  }
  return letters > 1 && weightedSum(v, WEIGHTS) % 11 === ninth
})

/** Both letters and digits, or it is a word. */
function isMixed(bytes: Uint8Array, start: number, end: number): boolean {
  let digits = 0
  let letters = 0
  for (let at = start; at < end; at++) {
    if (is(bytes[at], DIGIT)) digits++
    else if (bytes[at] >= 0x41) letters++
  }
  return digits > 0 && letters > 0
}

export const vehicles: readonly Detector[] = [
  named({
    id: 'vin',
    summary: 'Vehicle identification numbers behind their name, with the check digit of North America and China',
    category: 'personal',
    severity: 'medium',
    confidence: 'high',
    source: 'ISO 3779; 49 CFR 565.15',
    names: ['vin', 'vehicle identification', 'vehicle id', 'chassis', 'fahrgestellnummer', 'fin'],
    value: '[a-hj-npr-z0-9]{17}',
    check: isVin,
    yes: [
      'vin: «1M8GDM9AXKP042788»',
      'VIN=«5GZCZ43D13S812715»',
      '"vin":"«1HGCM82633A004352»"',
      'vehicle identification number «1M8GDM9AXKP042788».',
      'chassis no «5GZCZ43D13S812715»',
      'VIN number is «1HGCM82633A004352»',
    ],
    no: [
      'vin: 1M8GDM9A1KP042788',
      'vin=5GZCZ43D23S812715',
      'vin 1M8GDM9AXKP04278',
      'vin IM8GDM9AXKP042788',
      'kevin 1M8GDM9AXKP042788',
      'vin: 11111111111111111',
    ],
  }),
  named({
    id: 'vehicle_plate',
    summary: 'Number plates behind their name',
    category: 'personal',
    severity: 'medium',
    confidence: 'medium',
    source: 'Vienna Convention on Road Traffic, Annex 2; formats of the states',
    names: [
      'license plate',
      'licence plate',
      'number plate',
      'plate number',
      'plate no',
      'vehicle registration',
      'car registration',
      'kennzeichen',
      'nummernschild',
      'immatriculation',
      'matricula',
      'targa',
      'kenteken',
      'rejestracyjny',
    ],
    value: '[a-z0-9]{1,4}(?:[ -]?[a-z0-9]{1,4}){1,3}',
    check: isMixed,
    yes: [
      'license plate: «7ABC123»',
      'plate_number=«BD51 SMR»',
      '"licensePlate":"«AB-123-CD»"',
      'Kennzeichen «B-MW 1234».',
      'kenteken: «GH-123-B»',
      'vehicle registration «MH 12 AB 1234»',
    ],
    no: [
      'license plate: none',
      'plate: 7ABC123',
      'number plates',
      'plate number missing',
      'boilerplate no 7ABC123',
      'targa x',
    ],
  }),
]
