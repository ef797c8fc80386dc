/**
 * Odoo's own dialog about a lost connection stands between the cashier and the customer; with a
 * till the sale goes on, and the status bar tells what is away.
 */
import { ConnectionLostError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { currentPos } from "./current_pos.ts";

function connectionLostHandler(_env: unknown, _error: Error, originalError: unknown): boolean {
  const kkt = currentPos()?.kkt;
  if (!kkt || !(originalError instanceof ConnectionLostError)) return false;
  kkt.link.lost();
  return true;
}

registry.category("error_handlers").add("kkt-connectionLostHandler", connectionLostHandler, {
  sequence: 10,
});
