/** Certifies a page's key where no Odoo takes part: the bridge has the public half pinned. */
import { SignJWT } from "jose";
import type { SigningKey } from "@opticserp/fixtures/stand/bridge-client.ts";
import type { Certify } from "../../pos_ui/src/optics_pos_ru54fz/app/bridge/identity.ts";

const DAYS = 30;

export function certifier(key: SigningKey, till: string, bridgeUrl: string): Certify {
  return async (profile, jwk) => ({
    // a page that may take the Z
    certificate: await new SignJWT({ till, profile, scope: "manager", cnf: { jwk } })
      .setProtectedHeader({ alg: "ES256", kid: "test-key", typ: "kkt-browser+jwt" })
      .setIssuer("test-database")
      .setAudience("kkt-bridge")
      .setIssuedAt()
      .setExpirationTime(`${DAYS}d`)
      .sign(key.privateKey),
    expires: new Date(Date.now() + DAYS * 86_400_000).toISOString(),
    till,
    bridge_url: bridgeUrl,
  });
}
