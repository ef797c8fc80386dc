/**
 * A manager's word on a discount, as a compact JWS by a key of this journal's own: it holds offline
 * and over a restart, and Odoo checks it once more by the public half of the heartbeat.
 */
import { compactVerify, CompactSign, exportJWK, generateKeyPair, importJWK } from "jose";
import type { CryptoKey, JWK } from "jose";
import { z } from "zod";
import type { Journal } from "../journal/types.ts";
import { DurableSetting } from "../resilience/durable-setting.ts";

const ALGORITHM = "ES256";
const AUDIENCE = "kkt-approval";
const TYPE = "kkt-approval+jwt";

const keySchema = z.object({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: z.string(),
  y: z.string(),
  d: z.string(),
});

const claimsSchema = z.object({
  aud: z.literal(AUDIENCE),
  till: z.string(),
  /** Of the order. */
  uuid: z.string(),
  percent: z.number(),
  person: z.string(),
  name: z.string(),
  /** Seconds since 1970. */
  iat: z.number(),
});
export type Approval = Omit<z.output<typeof claimsSchema>, "aud">;

export interface PublicJwk {
  readonly kty: "EC";
  readonly crv: "P-256";
  readonly x: string;
  readonly y: string;
}

interface Keys {
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

export class ApprovalKey {
  readonly #setting: DurableSetting<typeof keySchema>;
  #jwk: PublicJwk | null = null;
  #keys: Keys | null = null;

  constructor(journal: Pick<Journal, "getSetting" | "setSetting">) {
    this.#setting = new DurableSetting(journal, "approval.key", keySchema);
  }

  /** Reads the journal's key; makes it where there is none yet. */
  async load(): Promise<void> {
    const { kty, crv, x, y, d } = this.#setting.read() ?? (await this.#make());
    this.#jwk = { kty, crv, x, y };
    this.#keys = {
      privateKey: await imported({ kty, crv, x, y, d }),
      publicKey: await imported({ kty, crv, x, y }),
    };
  }

  /** For the heartbeat; null until loaded. */
  get publicJwk(): PublicJwk | null {
    return this.#jwk;
  }

  sign(approval: Approval): Promise<string> {
    const payload = JSON.stringify({ aud: AUDIENCE, ...approval });
    return new CompactSign(new TextEncoder().encode(payload))
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPE })
      .sign(this.#loaded().privateKey);
  }

  /** null: not by this key, or no approval. */
  async read(jws: string): Promise<Approval | null> {
    try {
      const { payload, protectedHeader } = await compactVerify(jws, this.#loaded().publicKey, {
        algorithms: [ALGORITHM],
      });
      if (protectedHeader.typ !== TYPE) return null;
      return claimsSchema.parse(JSON.parse(new TextDecoder().decode(payload)));
    } catch {
      return null;
    }
  }

  #loaded(): Keys {
    if (this.#keys === null) throw new Error("the approval key is not loaded");
    return this.#keys;
  }

  async #make(): Promise<z.output<typeof keySchema>> {
    const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
    const jwk = keySchema.parse(await exportJWK(privateKey));
    this.#setting.write(jwk);
    return jwk;
  }
}

async function imported(jwk: JWK): Promise<CryptoKey> {
  const key = await importJWK(jwk, ALGORITHM);
  if (key instanceof Uint8Array) throw new TypeError("not an EC key");
  return key;
}
