/**
 * The roster: who may do what at this till, signed by Odoo, kept in the journal, so that a manager
 * approves without Odoo too. An expired one approves nothing and leaves what a cashier may.
 */
import { compactVerify, decodeProtectedHeader, importJWK } from "jose";
import { z } from "zod";
import type { OdooTrust } from "../http/auth/tokens.ts";
import type { TrustedTime } from "../http/auth/trusted-time.ts";
import type { Journal } from "../journal/types.ts";
import type { Logger } from "../observability/logger.ts";
import { DurableSetting } from "../resilience/durable-setting.ts";
import { DEFAULT_LIMITS, HIGHEST_DISCOUNT, limitsSchema, personSchema } from "./person.ts";
import type { Limits, Person } from "./person.ts";

const ALGORITHM = "ES256";
const TYPE = "kkt-roster+jwt";
/** Seconds; by which Odoo's clock may be ahead of what the till believes. */
const TOLERANCE = 60;
/** Seconds; docs/contracts.md. */
const LONGEST_LIFE = 30 * 86_400;
const MOST_PEOPLE = 500;

const claimsSchema = z.object({
  iss: z.string(),
  aud: z.literal("kkt-bridge"),
  till: z.string(),
  /** Seconds since 1970. */
  iat: z.number(),
  exp: z.number(),
  version: z.union([z.string().min(1).max(200), z.int()]),
  limits: limitsSchema,
  people: z.array(personSchema).max(MOST_PEOPLE),
});
type Claims = z.output<typeof claimsSchema>;

export interface RosterOptions {
  readonly journal: Pick<Journal, "getSetting" | "setSetting">;
  readonly trust: Pick<OdooTrust, "keys" | "databaseUuid">;
  readonly time: Pick<TrustedTime, "now">;
  readonly till: string;
  readonly logger: Logger;
}

export class Roster {
  readonly #options: RosterOptions;
  readonly #setting: DurableSetting<typeof claimsSchema>;
  #claims: Claims | null = null;
  #taking: Promise<void> = Promise.resolve();

  constructor(options: RosterOptions) {
    this.#options = options;
    this.#setting = new DurableSetting(options.journal, "odoo.roster", claimsSchema);
  }

  /** Reads what an earlier run learnt. */
  load(): void {
    this.#claims = this.#setting.read();
  }

  /** For the heartbeat; null: none was ever received. */
  get version(): string | number | null {
    return this.#claims?.version ?? null;
  }

  /** ISO UTC; null: none was ever received. */
  get expires(): string | null {
    return this.#claims && new Date(this.#claims.exp * 1000).toISOString();
  }

  get isExpired(): boolean {
    return this.#claims !== null && this.#options.time.now() >= this.#claims.exp * 1000;
  }

  /** Empty while there is none, or none in force. */
  people(): readonly Person[] {
    return this.#claims === null || this.isExpired ? [] : this.#claims.people;
  }

  find(id: string): Person | null {
    return this.people().find((person) => person.id === id) ?? null;
  }

  limits(): Limits {
    const limits = this.#claims?.limits ?? DEFAULT_LIMITS;
    return {
      ...limits,
      discount_cashier: Math.min(limits.discount_cashier, HIGHEST_DISCOUNT),
      discount_manager: Math.min(limits.discount_manager, HIGHEST_DISCOUNT),
    };
  }

  /** Takes a newer roster of a heartbeat's answer; one that does not hold is logged and left. */
  take(jws: string): Promise<void> {
    this.#taking = this.#taking.then(() =>
      this.#take(jws).catch((error: unknown) =>
        this.#options.logger.warn("roster_refused", { error }),
      ),
    );
    return this.#taking;
  }

  async #take(jws: string): Promise<void> {
    const claims = await this.#verified(jws);
    const { till, trust, time } = this.#options;
    const issuer = trust.databaseUuid();
    if (issuer !== null && claims.iss !== issuer) throw new Error("of another Odoo database");
    if (claims.till !== till) throw new Error(`for till ${claims.till}`);
    const now = time.now() / 1000;
    if (claims.exp <= now) throw new Error("expired");
    if (claims.iat > now + TOLERANCE) throw new Error("of the future");
    if (claims.exp - claims.iat > LONGEST_LIFE + TOLERANCE) throw new Error("lives too long");
    if (this.#claims !== null && claims.iat < this.#claims.iat) throw new Error("older than ours");
    const ids = new Set(claims.people.map(({ id }) => id));
    if (ids.size !== claims.people.length) throw new Error("names somebody twice");
    if (JSON.stringify(claims) === JSON.stringify(this.#claims)) return;
    this.#setting.write(claims);
    this.#claims = claims;
    this.#options.logger.info("roster_taken", {
      version: claims.version,
      people: claims.people.length,
      expires: this.expires,
    });
  }

  async #verified(jws: string): Promise<Claims> {
    const { kid } = decodeProtectedHeader(jws);
    const key = this.#options.trust.keys().find((candidate) => candidate.kid === kid);
    if (key === undefined) throw new Error("signed by an unknown key");
    const { kty, crv, x, y } = key;
    const { payload, protectedHeader } = await compactVerify(
      jws,
      await importJWK({ kty, crv, x, y }, ALGORITHM),
      { algorithms: [ALGORITHM] },
    );
    if (protectedHeader.typ !== TYPE) throw new Error(`of type ${String(protectedHeader.typ)}`);
    return claimsSchema.parse(
      JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload)),
    );
  }
}
