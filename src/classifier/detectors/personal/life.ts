// Where somebody lives and when they were born, behind the names of it.
import type { Detector } from '../../../core/detector.ts'
import { named } from '../../named_value.ts'

const said = { category: 'personal', confidence: 'medium' } as const

const DAY = '(?:0?[1-9]|[12][0-9]|3[01])'
const MONTH = '(?:0?[1-9]|1[0-2])'
const YEAR = '(?:19|20)[0-9]{2}'
const MONTH_NAME = '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}'
const DATES = [
  `${YEAR}[-/.]?${MONTH}[-/.]?${DAY}`,
  `${DAY}[-/. ]{1,2}${MONTH}[-/. ]{1,2}(?:${YEAR}|[0-9]{2})`,
  `${MONTH}/${DAY}/(?:${YEAR}|[0-9]{2})`,
  `${DAY} ${MONTH_NAME} ${YEAR}`,
  `${MONTH_NAME} ${DAY},? ${YEAR}`,
]
/** The United States and Brazil, the United Kingdom, Canada, Ireland, the Netherlands, Sweden; digits elsewhere. */
const POSTCODES = [
  '[0-9]{5}-[0-9]{3,4}',
  '[a-z]{1,2}[0-9][0-9a-z]? ?[0-9][a-z]{2}',
  '[a-z][0-9][a-z] ?[0-9][a-z][0-9]',
  '[a-z][0-9][0-9w] ?[0-9a-z]{4}',
  '[1-9][0-9]{3} ?[a-z]{2}',
  '[0-9]{3}[ -][0-9]{2,4}',
  '[0-9]{4,8}',
]
const COORDINATE = '-?(?:1[0-7][0-9]|[1-9]?[0-9])\\.[0-9]{3,15}'

const WORD = "[\\pL][\\pL.'-]+"

export const life: readonly Detector[] = [
  named({
    ...said,
    id: 'date_of_birth',
    summary: 'Dates of birth behind their name',
    severity: 'high',
    source: 'HIPAA Privacy Rule, 45 CFR 164.514(b)(2)(i)(C); GDPR Art. 4',
    names: [
      'dob',
      'date of birth',
      'birth date',
      'birthday',
      'born',
      'd.o.b',
      'geburtsdatum',
      'geburtstag',
      'geb',
      'date de naissance',
      'fecha de nacimiento',
      'data di nascita',
      'data de nascimento',
      'geboortedatum',
      'fodselsdato',
    ],
    value: `(?:${DATES.join('|')})`,
    yes: [
      'dob: «1980-05-17»',
      'date_of_birth=«17.05.1980»',
      '"birthDate":"«1980/05/17»"',
      'born on «17 May 1980».',
      'DOB «05/17/80»',
      'Geburtsdatum: «1.2.1999»',
      'birthday «January 3, 2001»',
    ],
    no: ['dob: unknown', 'date: 1980-05-17', 'stillborn 1980-05-17', 'birthday party 17', 'dob=1980', 'born to run'],
  }),
  named({
    ...said,
    id: 'postal_code',
    summary: 'Postal codes behind their name',
    severity: 'low',
    source: 'Universal Postal Union, S42',
    names: [
      'postal code',
      'postcode',
      'post code',
      'zip',
      'zip code',
      'zipcode',
      'plz',
      'postleitzahl',
      'code postal',
      'codigo postal',
      'cap',
      'cep',
      'eircode',
      'pincode',
      'pin code',
    ],
    value: `(?:${POSTCODES.join('|')})`,
    yes: [
      'zip: «90210»',
      'postal_code=«K1A 0B1»',
      '"zipCode":"«10001-1234»"',
      'postcode «SW1A 1AA».',
      'PLZ «10115»',
      'eircode: «D02 X285»',
      'CEP «01310-100»',
      'Postcode: «1011 AB»',
    ],
    no: ['zip: file.zip', 'zip=123', 'gzip: 90210', 'unzip 90210', 'zip: none', 'postcodes 90210x'],
  }),
  named({
    ...said,
    id: 'street_address',
    summary: 'Street addresses behind their name',
    severity: 'medium',
    source: 'Universal Postal Union, S42; HIPAA Privacy Rule, 45 CFR 164.514(b)(2)(i)(B)',
    names: [
      'street address',
      'home address',
      'postal address',
      'mailing address',
      'shipping address',
      'billing address',
      'delivery address',
      'address line 1',
      'address line1',
      'street',
      'strasse',
      'anschrift',
      'adresse',
      'direccion',
      'indirizzo',
      'endereco',
    ],
    value:
      // A number and a name, or a name and a number.
      `(?:[0-9]{1,5}[a-z]?,? ${WORD}(?: [\\pL.'-]+){0,4}|${WORD}(?: [\\pL.'-]+){0,3},? [0-9]{1,5}[a-z]?)`,
    yes: [
      'street address: «221B Baker Street»',
      'home_address=«12 Elm Ave», ok',
      '"shippingAddress":"«1600 Pennsylvania Avenue»"',
      'Anschrift: «Musterweg 12».',
      'billing address: «742 Evergreen Terrace»',
      'Adresse: «10 rue de Rivoli»',
    ],
    no: [
      'home address: unknown',
      'address: 12 Elm Ave',
      'street: none',
      'address 10.0.0.1',
      'bind address: 12',
      'street lights',
    ],
  }),
  named({
    ...said,
    id: 'gps_coordinates',
    summary: 'Geographic coordinates behind their name, with three decimals (100 m) or more',
    severity: 'medium',
    source: 'ISO 6709; WGS 84',
    names: [
      'lat',
      'latitude',
      'lon',
      'lng',
      'long',
      'longitude',
      'geo',
      'gps',
      'coordinates',
      'location',
      'latlng',
      'position',
    ],
    value: `${COORDINATE}(?: ?[,;/ ] ?${COORDINATE})?`,
    yes: [
      'lat: «48.137154»',
      'longitude=«-122.419416»',
      '"lng":"«11.576124»"',
      'gps «48.8584,2.2945».',
      'location: «51.5007, -0.1246»',
      'coordinates «40.6892 -74.0445»',
    ],
    no: ['lat: 48.1', 'latency: 48.137154', 'lat=200.12345', 'position: 12', 'plat 48.137154', 'long time 48.137'],
  }),
]
