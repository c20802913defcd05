// What stands on a payment card beside its number, and what is on its magnetic stripe.
import type { Detector } from '../../../core/detector.ts'
import { passesLuhn } from '../../checks/luhn.ts'
import { named } from '../../named_value.ts'

const CARET = 0x5e
const EQUALS = 0x3d

/** The account number stands between the sentinel and the first separator. */
function hasCardNumber(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start
  while (at < end && bytes[at] !== CARET && bytes[at] !== EQUALS) at++
  return passesLuhn(bytes, start + 1, at)
}

const track1: Detector = {
  id: 'card_track_1',
  summary: 'Track 1 of the magnetic stripe: card number, name, expiry, and data of the issuer',
  category: 'financial',
  severity: 'critical',
  confidence: 'high',
  source: 'ISO/IEC 7813',
  pattern: '%B[0-9]{12,19}\\^[^\\^\\n]{2,26}\\^[0-9]{4}[^?\\n"]{0,48}\\??',
  anchors: ['%B\\d{6}'],
  check: hasCardNumber,
  yes: [
    'read «%B4111111111111111^DOE/JANE^25121010000000000?» ok',
    '{"track1":"«%B5555555555554444^DOE/JOHN Q^2612101?»"}',
    'swipe=«%B378282246310005^MUSTER/MAX^2701201?»;x',
    '«%B4111111111111111^DOE/JANE^2512101»',
    'data «%B6011111111111117^A/B^2512101123400000?» end',
    't1: «%B4012888888881881^DOE/J^2512101?».',
  ],
  no: [
    '%B4111111111111112^DOE/JANE^25121010000000000?',
    '%B4111111111111111',
    'B4111111111111111^DOE/JANE^2512101?',
    '%B41111111^DOE/JANE^2512101?',
    '%B4111111111111111^D^2512101?',
    '%B4111111111111111^DOE/JANE^25',
  ],
}

const track2: Detector = {
  id: 'card_track_2',
  summary: 'Track 2 of the magnetic stripe: card number, expiry, service code, and data of the issuer',
  category: 'financial',
  severity: 'critical',
  confidence: 'high',
  source: 'ISO/IEC 7813',
  pattern: ';[0-9]{12,19}=[0-9]{7,20}\\??',
  anchors: [';\\d{6}'],
  check: hasCardNumber,
  yes: [
    'read «;4111111111111111=25121010000000000?» ok',
    '{"track2":"«;5555555555554444=2612101?»"}',
    'swipe=«;378282246310005=27012010000?»',
    '«;4111111111111111=2512101»',
    'a «;6011111111111117=251210112340000?» b',
    't2: «;4012888888881881=2512101123?».',
  ],
  no: [
    ';4111111111111112=25121010000000000?',
    ';4111111111111111',
    '4111111111111=2512101?',
    ';41111111=2512101?',
    ';4111111111111111=2512',
    'id;123456789012=abc',
  ],
}

const verificationCode = named({
  id: 'card_verification_code',
  summary: 'Card verification codes (CVV, CVC, CID) behind their name',
  category: 'financial',
  severity: 'critical',
  confidence: 'high',
  source: 'PCI DSS v4.0.1, requirement 3.3.1.2',
  names: [
    'cvv2',
    'cvv',
    'cvc2',
    'cvc',
    'card verification value',
    'card verification',
    'card security',
    'security code',
  ],
  value: '[0-9]{3,4}',
  yes: [
    'cvv: «123»',
    'cvv2=«9876»',
    '"cvc":"«456»",',
    'Card security code «321».',
    'CVV «111» ok',
    'security code is «7777»',
  ],
  no: ['cvv: 12', 'cvv=12345', 'cvv check passed', 'cvvx 123', 'security code: invalid', 'icvc 123'],
})

const expiry = named({
  id: 'card_expiry',
  summary: 'Expiry dates of cards behind their name',
  category: 'financial',
  severity: 'medium',
  confidence: 'medium',
  source: 'PCI DSS v4.0.1, cardholder data',
  names: [
    'card expiry',
    'card expiration',
    'card exp',
    'cc exp',
    'exp date',
    'expiry date',
    'expiration date',
    'valid thru',
    'exp',
  ],
  value: '(?:0[1-9]|1[0-2]) ?[/-] ?(?:20)?[2-4][0-9]',
  yes: [
    'exp: «12/27»',
    'card_expiry=«03/2028»',
    '"expDate":"«07-29»"',
    'valid thru «11/26»',
    'cc-exp «01 / 30»',
    'expiration date: «06/2031».',
  ],
  no: ['exp: 13/27', 'exp 2027-01-01', 'expires in 12/27', 'exp: 12/2', 'exp: 1.5e10', 'exp=1767225600'],
})

const pin = named({
  id: 'card_pin',
  summary: 'PINs of cards behind their name',
  category: 'financial',
  severity: 'critical',
  confidence: 'medium',
  source: 'PCI DSS v4.0.1, requirement 3.3.1.3; ISO 9564-1',
  names: ['card pin', 'atm pin', 'pin number', 'pin block', 'debit pin', 'bank pin'],
  value: '(?:[0-9]{4,6}|[0-9a-f]{16})',
  yes: [
    'card pin: «1234»',
    'atm_pin=«987654»',
    '"cardPin":"«0000»"',
    'pin number is «4711»',
    'PIN block «0412AC89ABCDEF67»',
    'debit pin «1111».',
  ],
  no: ['card pin: 123', 'gpio pin 1234', 'pin 1234', 'card pinned 1234', 'atm pin: wrong', 'card pin=1234567'],
})

export const cardDetails: readonly Detector[] = [track1, track2, verificationCode, expiry, pin]
