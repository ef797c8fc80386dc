/** The user's login to Odoo ends while the page stays: only a person can end that, so it is said. */
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { RPCError } from "@web/core/network/rpc";
import type { PosTill } from "./pos_till.ts";

/** `error.code` of Odoo's answer to somebody who is not logged in. */
const SESSION_EXPIRED = 100;

export const isLoginEnded = (error: unknown): boolean =>
  error instanceof RPCError && (error.code as number | null) === SESSION_EXPIRED;

/** One lasting notice, until Odoo takes a call again. */
export class LoginNotice {
  private readonly kkt: PosTill;
  private close: (() => void) | null = null;

  constructor(kkt: PosTill) {
    this.kkt = kkt;
  }

  /** Called again and again while the login is over: the notice waits for the end of a sale. */
  show(): void {
    if (this.close !== null || this.isSelling) return;
    this.close = this.kkt.pos.notification.add(
      _t("Sales go on; log in again so that orders reach Odoo."),
      {
        title: _t("Your Odoo login has ended"),
        type: "warning",
        sticky: true,
        buttons: [{ name: _t("Log in to Odoo again"), primary: true, onClick: () => this.logIn() }],
      },
    ) as () => void;
  }

  hide(): void {
    this.close?.();
    this.close = null;
  }

  private get isSelling(): boolean {
    return this.kkt.settling || this.kkt.validating;
  }

  /** Odoo answers the page with its login. A card may be in the terminal: a sale is not left. */
  private logIn(): void {
    if (this.isSelling) return;
    (browser as unknown as { location: Location }).location.reload();
  }
}
