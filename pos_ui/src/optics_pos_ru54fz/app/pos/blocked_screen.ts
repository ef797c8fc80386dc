/** The screen takes no press while something runs that has no screen of its own. */
import type { PosStore } from "@point_of_sale/app/services/pos_store";

/** Ordinarily it is over by then, ms. */
const WORD_MS = 500;

interface Ui {
  block(data: { message: string; delay: number }): void;
  unblock(): void;
}

/**
 * @param message shown after a moment
 * @returns frees the screen; called again it does nothing
 */
export function blockScreen(pos: PosStore, message: string): () => void {
  const { ui } = (pos.env as { services: { ui: Ui } }).services;
  let blocked = true;
  ui.block({ message, delay: WORD_MS });
  return () => {
    if (blocked) ui.unblock();
    blocked = false;
  };
}
