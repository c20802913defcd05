// Identity numbers that states give to people and companies, one line a country or region.
import type { Detector } from '../../../core/detector.ts'
import { at } from './at.ts'
import { balkans } from './balkans.ts'
import { baltic } from './baltic.ts'
import { be } from './be.ts'
import { br } from './br.ts'
import { ca } from './ca.ts'
import { ch } from './ch.ts'
import { cz } from './cz.ts'
import { de } from './de.ts'
import { eastAsia } from './east_asia.ts'
import { es } from './es.ts'
import { fr } from './fr.ts'
import { gb } from './gb.ts'
import { hu } from './hu.ts'
import { ie } from './ie.ts'
import { india } from './in.ts'
import { it } from './it.ts'
import { latam } from './latam.ts'
import { lu } from './lu.ts'
import { middleEastAfrica } from './middle_east_africa.ts'
import { nl } from './nl.ts'
import { nordic } from './nordic.ts'
import { oceania } from './oceania.ts'
import { pl } from './pl.ts'
import { pt } from './pt.ts'
import { southAsia } from './south_asia.ts'
import { us } from './us.ts'

export const identity: readonly Detector[] = [
  ...us,
  ...gb,
  ...ie,
  ...de,
  ...at,
  ...ch,
  ...fr,
  ...be,
  ...lu,
  ...nl,
  ...es,
  ...pt,
  ...it,
  ...nordic,
  ...baltic,
  ...pl,
  ...cz,
  ...hu,
  ...balkans,
  ...ca,
  ...br,
  ...latam,
  ...india,
  ...southAsia,
  ...eastAsia,
  ...oceania,
  ...middleEastAfrica,
]
