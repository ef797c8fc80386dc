import { onPatched, useExternalListener } from "@odoo/owl";

/**
 * A button that is disabled while the register works loses the focus, and with it the keyboard
 * leaves the dialog. Afterwards the focus goes back there, else to the next step, else to the dialog.
 *
 * @param content selector of what stands in the dialog
 */
export function keepFocus(content: string): void {
  const dialog = (): Element | null => document.querySelector(content)?.closest(".modal") ?? null;
  let last: HTMLElement | null = null;
  useExternalListener(document.body, "focusin", ({ target }: Event) => {
    if (target instanceof HTMLElement && dialog()?.contains(target)) last = target;
  });
  onPatched(() => {
    const focused = document.activeElement;
    if (focused !== null && focused !== document.body) return;
    const modal = dialog();
    const next = modal?.querySelector<HTMLElement>(".modal-footer .btn-primary:not(:disabled)");
    const back = last !== null && last.isConnected && !last.matches(":disabled") ? last : next;
    if (back) back.focus();
    else if (modal instanceof HTMLElement) modal.focus();
  });
}
