/** A dialog that stays until it is ended: Odoo closes all dialogs at some turns of its own. */
import type { PosTill } from "./pos_till.ts";

/** @returns ends it */
export function lastingDialog(kkt: PosTill, dialog: unknown, props: object): () => void {
  let over = false;
  let close: () => void = () => undefined;
  const show = (): void => {
    const onClose = (): void => {
      if (!over) setTimeout(() => !over && show());
    };
    close = kkt.pos.dialog.add(dialog, props, { onClose }) as () => void;
  };
  show();
  return () => {
    over = true;
    close();
  };
}
