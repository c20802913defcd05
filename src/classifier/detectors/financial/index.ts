// Money: what is on cards and accounts, one line a kind.
import type { Detector } from '../../../core/detector.ts'
import { accounts } from './accounts.ts'
import { cardDetails } from './card_details.ts'
import { cryptoWallets } from './crypto_wallets.ts'

export const financial: readonly Detector[] = [...cardDetails, ...accounts, ...cryptoWallets]
