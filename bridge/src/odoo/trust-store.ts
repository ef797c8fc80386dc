/** What the heartbeat taught the till about Odoo, kept in the journal: a till opens without Odoo. */
import { z } from "zod";
import { publicKeySchema, type PublicKeyJwk } from "../config/schema.ts";
import type { OdooTrust } from "../http/auth/tokens.ts";
import type { Journal } from "../journal/types.ts";
import { DurableSetting } from "../resilience/durable-setting.ts";
import type { HeartbeatAnswer } from "./schemas.ts";

const storedSchema = z.object({
  databaseUuid: z.string().nullable(),
  keys: z.array(publicKeySchema),
  revokedProfiles: z.array(z.string()),
});
type Stored = z.infer<typeof storedSchema>;

export class TrustStore implements OdooTrust {
  readonly #setting: DurableSetting<typeof storedSchema>;
  readonly #pinned: readonly PublicKeyJwk[];
  #stored: Stored = { databaseUuid: null, keys: [], revokedProfiles: [] };
  #revoked: ReadonlySet<string> = new Set();

  constructor(
    journal: Pick<Journal, "getSetting" | "setSetting">,
    pinned: readonly PublicKeyJwk[],
  ) {
    this.#setting = new DurableSetting(journal, "odoo.trust", storedSchema);
    this.#pinned = pinned;
  }

  /** Reads what an earlier run learnt. */
  load(): void {
    const stored = this.#setting.read();
    if (stored !== null) this.#take(stored);
  }

  learn(answer: Pick<HeartbeatAnswer, "database_uuid" | "keys" | "revoked_profiles">): void {
    const learnt: Stored = {
      databaseUuid: answer.database_uuid,
      keys: answer.keys.map(({ kty, crv, x, y, kid }) => ({ kty, crv, x, y, kid })),
      revokedProfiles: answer.revoked_profiles,
    };
    if (JSON.stringify(learnt) === JSON.stringify(this.#stored)) return;
    this.#take(learnt);
    this.#setting.write(learnt);
  }

  /** Pinned ones first: they win where a `kid` is given twice. */
  keys(): readonly PublicKeyJwk[] {
    return [...this.#pinned, ...this.#stored.keys];
  }

  revokedProfiles(): ReadonlySet<string> {
    return this.#revoked;
  }

  databaseUuid(): string | null {
    return this.#stored.databaseUuid;
  }

  #take(stored: Stored): void {
    this.#stored = stored;
    this.#revoked = new Set(stored.revokedProfiles);
  }
}
