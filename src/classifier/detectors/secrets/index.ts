// Secrets: one line a family. Earlier ones win ties, so those that know whose a secret is stand first.
import type { Detector } from '../../../core/detector.ts'
import { amazon } from './amazon.ts'
import { assignments } from './assignments.ts'
import { azure } from './azure.ts'
import { chat } from './chat.ts'
import { connections } from './connections.ts'
import { databases } from './databases.ts'
import { generic } from './generic.ts'
import { google } from './google.ts'
import { headers } from './headers.ts'
import { hosting } from './hosting.ts'
import { keyMaterial } from './key_material.ts'
import { mail } from './mail.ts'
import { models } from './models.ts'
import { observability } from './observability.ts'
import { packages } from './packages.ts'
import { payment } from './payment.ts'
import { services } from './services.ts'
import { slack } from './slack.ts'
import { social } from './social.ts'
import { sourceControl } from './source_control.ts'
import { wallets } from './wallets.ts'
import { webhooks } from './webhooks.ts'

export const secrets: readonly Detector[] = [
  ...azure,
  ...chat,
  ...databases,
  ...google,
  ...hosting,
  ...keyMaterial,
  ...mail,
  ...models,
  ...observability,
  ...packages,
  ...payment,
  ...services,
  ...slack,
  ...social,
  ...sourceControl,
  ...wallets,
  ...webhooks,
  ...amazon,
  ...connections,
  ...headers,
  ...generic,
  ...assignments,
]
