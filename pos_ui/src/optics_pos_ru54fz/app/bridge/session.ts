/** The short-lived token: challenge, proof, token; renewed without a word when it ends. */
import { callBridge } from "./transport.ts";
import type { Identity } from "./identity.ts";
import { signJws } from "./jws.ts";
import { BridgeProblem, BridgeUnreachable } from "./problem.ts";

/** A token is taken as ended this long before it does, so it does not end on the way. */
const MARGIN_MS = 30_000;

export class BridgeSession {
  private readonly base: string;
  private readonly till: string;
  private readonly identity: Identity;
  /** Monotonic milliseconds: a till's wall clock may jump. */
  private readonly clock: () => number;
  private current: { token: string; until: number } | null = null;
  private pending: Promise<string> | null = null;

  constructor(
    base: string,
    till: string,
    identity: Identity,
    clock: () => number = () => performance.now(),
  ) {
    this.base = base;
    this.till = till;
    this.identity = identity;
    this.clock = clock;
  }

  /** A token that is good now; concurrent callers share one renewal. */
  token(): Promise<string> {
    if (this.current !== null && this.clock() < this.current.until) {
      return Promise.resolve(this.current.token);
    }
    this.pending ??= this.renew().finally(() => (this.pending = null));
    return this.pending;
  }

  /** The bridge refused this token (it restarted, or the token ended). */
  forget(token: string): void {
    if (this.current?.token === token) this.current = null;
  }

  private async renew(): Promise<string> {
    try {
      return await this.request(await this.identity.certificate());
    } catch (error) {
      const refused =
        error instanceof BridgeProblem && error.problem.code.startsWith("certificate_");
      if (!refused) throw error;
      return await this.request(await this.identity.certificate(true));
    }
  }

  private async request(certificate: string): Promise<string> {
    const challenge = await callBridge<{ nonce: string }>(`${this.base}/v1/auth/challenge`, {
      body: "{}",
    });
    if (typeof challenge.body?.nonce !== "string") {
      throw new BridgeUnreachable(new Error("no nonce"));
    }
    const proof = await signJws(
      this.identity.privateKey,
      { typ: "kkt-proof+jwt" },
      { aud: "kkt-bridge", till: this.till, nonce: challenge.body.nonce },
    );
    const { body } = await callBridge<{ token: string; expires_in: number }>(
      `${this.base}/v1/auth/token`,
      { body: JSON.stringify({ certificate, proof }) },
    );
    if (typeof body?.token !== "string" || typeof body.expires_in !== "number") {
      throw new BridgeUnreachable(new Error("no token"));
    }
    const until = this.clock() + body.expires_in * 1_000 - MARGIN_MS;
    this.current = { token: body.token, until };
    return body.token;
  }
}
