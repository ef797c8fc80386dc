/** Puts time-outs on the page's calls to Odoo and tells the link of those that were lost. */
import { browser } from "@web/core/browser/browser";
import { ConnectionLostError, rpcBus } from "@web/core/network/rpc";
import { timeoutOf, withTimeout } from "../till/rpc_timeout.ts";
import { isLoginEnded } from "./odoo_login.ts";
import type { PosTill } from "./pos_till.ts";

export function watchRpc(kkt: PosTill): void {
  const page = browser as { XMLHttpRequest: typeof XMLHttpRequest };
  // nobody waits long for an Odoo that is known to be away
  const short = (): boolean => kkt.validating || !kkt.link.reachable;
  page.XMLHttpRequest = withTimeout(page.XMLHttpRequest, (url) => timeoutOf(url, short()));
  rpcBus.addEventListener("RPC:RESPONSE", (event: Event) => {
    const { error } = (event as CustomEvent<{ error?: unknown }>).detail;
    if (error instanceof ConnectionLostError || isLoginEnded(error)) kkt.link.lost();
  });
}
