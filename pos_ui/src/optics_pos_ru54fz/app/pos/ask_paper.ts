/** Somebody looks at the paper and says whether a receipt is on it. */
import { KktPaperDialog, type PaperAnswer } from "../components/paper_dialog/paper_dialog.ts";
import type { PosTill } from "./pos_till.ts";

export interface PaperQuestion {
  readonly title: string;
  readonly orderName: string;
  readonly story: string;
  readonly fn: string | null;
  readonly error?: string;
}

/** @returns null when it was put off */
export function askPaper(kkt: PosTill, question: PaperQuestion): Promise<PaperAnswer | null> {
  return new Promise((resolve) => {
    const props = {
      error: "",
      ...question,
      answer: (given: PaperAnswer) => resolve(given),
    };
    kkt.pos.dialog.add(KktPaperDialog, props, { onClose: () => resolve(null) });
  });
}
