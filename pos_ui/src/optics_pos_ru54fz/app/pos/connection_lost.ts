/**
 * Odoo's own dialog about a lost connection stands between the cashier and the customer; with a
 * till the sale goes on, and the status bar tells what is away.
 */
import { ConnectionLostError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { currentPos } from "./current_pos.ts";
import { isStarting } from "./start_offline.ts";

function connectionLostHandler(_env: unknown, _error: Error, originalError: unknown): boolean {
  if (!(originalError instanceof ConnectionLostError)) return false;
  const kkt = currentPos()?.kkt;
  kkt?.link.lost();
  return kkt != null || isStarting();
}

registry.category("error_handlers").add("kkt-connectionLostHandler", connectionLostHandler, {
  sequence: 10,
});
