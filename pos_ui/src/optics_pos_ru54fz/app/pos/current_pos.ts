/** The one POS of the page, for models, which know their records only. */
import type { PosStore } from "@point_of_sale/app/services/pos_store";

let current: PosStore | null = null;

export const setCurrentPos = (pos: PosStore): void => {
  current = pos;
};

export const currentPos = (): PosStore | null => current;
