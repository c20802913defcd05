// Owns the admin port of a run through reloads: it moves when its settings do, and stays where it is when it can not.

import { isDeepStrictEqual } from 'node:util'
import type { Logger } from 'pino'
import { LogveilError } from '../../core/errors.ts'
import type { AdminPlan, Plan } from '../../core/plan.ts'
import { type Admin, startAdmin } from '../admin.ts'
import type { Behind } from './pages.ts'

export class AdminFront {
  readonly #logger: Logger
  readonly #behind: Behind
  #admin: Admin | null = null
  #plan: AdminPlan | null = null

  constructor(behind: Behind, logger: Logger) {
    this.#behind = behind
    this.#logger = logger
  }

  get address(): string | undefined {
    return this.#admin?.address
  }

  /** Rejects with the LogveilError of what is wrong. */
  async start(plan: AdminPlan | null): Promise<void> {
    this.#admin = plan && (await startAdmin(plan, this.#behind))
    this.#plan = plan
  }

  /** False when it could not follow; what was there before is there still, then. */
  async follow({ admin: plan }: Plan): Promise<boolean> {
    const before = this.#admin
    try {
      if (isDeepStrictEqual(plan, this.#plan)) await before?.renew()
      else {
        await this.#exchange(plan)
        this.#logger.info({ event: 'admin_moved', admin: this.address }, 'The admin port has other settings')
      }
      return true
    } catch (error) {
      if (!(error instanceof LogveilError)) throw error
      const { code, message, remedy } = error
      this.#logger.error({ event: 'admin_stays', code, remedy }, message)
      return false
    }
  }

  async close(): Promise<void> {
    await this.#admin?.close()
  }

  async #exchange(plan: AdminPlan | null): Promise<void> {
    const before = this.#admin
    // One address can not be listened on twice. Who asked for the reload gets an answer all the same.
    const isSamePlace = plan?.listen === this.#plan?.listen || plan?.listen === before?.address
    if (isSamePlace) await before?.release()
    try {
      await this.start(plan)
    } catch (error) {
      if (isSamePlace && this.#plan) await this.start({ ...this.#plan, listen: before?.address ?? this.#plan.listen })
      throw error
    }
    void before?.close()
  }
}
