/**
 * That the session was opened. Odoo's page keeps the session as it was loaded, so a page that starts
 * again without Odoo would ask for the opening cash of a session in which goods were sold.
 */
import { OpeningControlPopup } from "@point_of_sale/app/components/popups/opening_control_popup/opening_control_popup";
import type { PosStore } from "@point_of_sale/app/services/pos_store";
import { patch } from "@web/core/utils/patch";

const OPENED = "opened";

const note = ({ config }: PosStore): string => `kkt-opened-session-${String(config.id)}`;

/** Notes an opened session, for the next start without Odoo. */
export function noteOpened(pos: PosStore): void {
  const { session } = pos;
  if (session.state === OPENED) localStorage.setItem(note(pos), String(session.id));
}

/** Odoo can't be asked: a session that was opened here is open. */
export function recallOpened(pos: PosStore): void {
  const { session } = pos;
  if (localStorage.getItem(note(pos)) === String(session.id)) session.state = OPENED;
}

patch(OpeningControlPopup.prototype, {
  async confirm(this: OpeningControlPopup & { readonly pos: PosStore }) {
    await super.confirm();
    if (this.pos.kkt) noteOpened(this.pos);
  },
});
