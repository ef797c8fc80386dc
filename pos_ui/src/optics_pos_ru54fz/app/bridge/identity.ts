/**
 * Who this browser is for the till: a profile name, a key that never leaves it, and Odoo's
 * certificate over both (`docs/contracts.md`, Tokens). Kept in IndexedDB, so the till opens in
 * the morning without Odoo.
 */
import { BROWSER, type KktDatabase } from "../storage/kkt_database.ts";
import { NotPaired } from "./problem.ts";

export interface Certificate {
  /** Compact JWS by Odoo. */
  readonly certificate: string;
  /** When it ends, ISO 8601. */
  readonly expires: string;
  /** Till code. */
  readonly till: string;
  readonly bridge_url: string;
}

/** The certificate bears the rights of the Odoo user who asked for it. */
interface Kept extends Certificate {
  /** `res.users` id; absent in those kept by older versions. */
  readonly user?: number | null;
}

/** Asks Odoo to certify the public key (`kkt.till.certify_browser`). */
export type Certify = (profile: string, jwk: JsonWebKey) => Promise<Certificate>;

/** A certificate lives 30 days; it is renewed in the second half of its life. */
const RENEW_BEFORE_MS = 15 * 24 * 3_600_000;

/** Odoo's dates come as ISO 8601 or as its own `YYYY-MM-DD HH:MM:SS` in UTC. */
export const parseExpiry = (text: string): number => {
  const iso = text.replace(" ", "T");
  return Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(iso) ? iso : `${iso}Z`);
};

/** Whether it gives no more than any cashier has; one that can't be read may give anything. */
export function isCashiers({ certificate }: Certificate): boolean {
  try {
    const [, payload = ""] = certificate.split(".");
    const bytes = Uint8Array.from(atob(payload.replaceAll("-", "+").replaceAll("_", "/")), (c) =>
      c.charCodeAt(0),
    );
    const { scope } = JSON.parse(new TextDecoder().decode(bytes)) as { scope?: unknown };
    return scope === undefined || scope === "cashier";
  } catch {
    return false;
  }
}

export class Identity {
  private readonly database: Pick<KktDatabase, "get" | "put">;
  private readonly certify: Certify;
  private readonly till: string;
  private readonly now: () => number;
  private readonly user: number | null;
  private keys: CryptoKeyPair | null = null;
  private profileName: string | null = null;
  private current: Kept | null = null;

  /** @param user who is logged in to Odoo, `res.users` id */
  constructor(
    database: Pick<KktDatabase, "get" | "put">,
    certify: Certify,
    till: string,
    now: () => number = Date.now,
    user: number | null = null,
  ) {
    this.database = database;
    this.certify = certify;
    this.till = till;
    this.now = now;
    this.user = user;
  }

  /** Reads or makes the profile and the key. */
  async load(): Promise<void> {
    if (globalThis.crypto?.subtle === undefined) {
      throw new NotPaired("no WebCrypto: the POS must be opened over https or from localhost");
    }
    this.profileName = (await this.database.get<string>(BROWSER, "profile")) ?? null;
    if (this.profileName === null) {
      this.profileName = crypto.randomUUID();
      await this.database.put(BROWSER, this.profileName, "profile");
    }
    this.keys = (await this.database.get<CryptoKeyPair>(BROWSER, "keys")) ?? null;
    if (this.keys === null) {
      const algorithm = { name: "ECDSA", namedCurve: "P-256" };
      this.keys = await crypto.subtle.generateKey(algorithm, false, ["sign", "verify"]);
      await this.database.put(BROWSER, this.keys, "keys");
    }
    const stored = await this.database.get<Kept>(BROWSER, "certificate");
    this.current = stored?.till === this.till ? stored : null;
  }

  get profile(): string {
    if (this.profileName === null) throw new NotPaired("identity not loaded");
    return this.profileName;
  }

  get privateKey(): CryptoKey {
    if (this.keys === null) throw new NotPaired("identity not loaded");
    return this.keys.privateKey;
  }

  /**
   * A certificate that gives this user's rights: another's is asked for anew, and while Odoo is
   * away it serves only when it gives no more than any cashier has. One that has ended by this
   * browser's clock is shown all the same then: clocks are wrong at times, and the bridge goes by
   * Odoo's time.
   *
   * @param fresh ask Odoo even though one is at hand (the bridge refused it)
   * @throws NotPaired when there is none and Odoo gives none
   */
  async certificate(fresh = false): Promise<string> {
    const left = this.current === null ? 0 : parseExpiry(this.current.expires) - this.now();
    const own = this.current !== null && (this.current.user ?? null) === this.user;
    if (this.current !== null && own && !fresh && left > RENEW_BEFORE_MS) {
      return this.current.certificate;
    }
    try {
      await this.renew();
    } catch (error) {
      const serves = this.current !== null && (own || isCashiers(this.current));
      if (fresh || !serves) {
        throw new NotPaired(error instanceof Error ? error.message : String(error), error);
      }
      // Odoo is away and the old one is still good
    }
    if (this.current === null) throw new NotPaired("no certificate");
    return this.current.certificate;
  }

  private async renew(): Promise<void> {
    if (this.keys === null) throw new NotPaired("identity not loaded");
    const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", this.keys.publicKey);
    if (kty === undefined || crv === undefined || x === undefined || y === undefined) {
      throw new NotPaired("the browser's public key can't be exported");
    }
    const certificate = await this.certify(this.profile, { kty, crv, x, y });
    const kept: Kept = { ...certificate, user: this.user };
    await this.database.put(BROWSER, kept, "certificate");
    this.current = kept;
  }
}
