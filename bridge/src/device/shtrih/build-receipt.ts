/**
 * An open receipt, step by step, such that a register which is reset on the way can't sign a part of
 * it. A reset loses the open receipt, and FF46 opens another one by itself: so what belongs to the
 * whole document goes last, and the sum and the kind are read before anything is closed.
 */
import { totalKopecks } from "../../domain/parse-receipt.ts";
import { givesMoneyBack, isCorrection } from "../../domain/receipt-kind.ts";
import type { Receipt } from "../../domain/receipt.ts";
import { DeviceLinkError, DeviceRefusal } from "../fiscal-device.ts";
import { fnStatus } from "./commands/fn-status.ts";
import { openReceipt } from "./commands/open-receipt.ts";
import { operation } from "./commands/operation.ts";
import { sendOperationTlv } from "./commands/send-operation-tlv.ts";
import { shortStatus } from "./commands/short-status.ts";
import { subtotal } from "./commands/subtotal.ts";
import { bindCode } from "./marking.ts";
import type { ReceiptPlan } from "./receipt-plan.ts";
import type { ShtrihSession } from "./session.ts";

/** fiscal.md §1.5 */
const MODE_DOCUMENT_OPEN = 8;
/** Document that the ФН forms, FF01 (fiscal.md §1.4). */
const FN_RECEIPT = 0x04;
const FN_CORRECTION = 0x14;
const RESET_IN_RECEIPT = "касса была перезапущена во время чека, открытый чек потерян";

export interface ReceiptSteps {
  readonly session: ShtrihSession;
  readonly password: number;
  readonly receipt: Receipt;
  readonly plan: ReceiptPlan;
  /** FF0C, or the way through the buffer for a long one. */
  readonly sendTlv: (tlv: Uint8Array) => Promise<void>;
}

/** @throws DeviceRefusal; DeviceLinkError also when the register was reset on the way */
export async function buildReceipt(steps: ReceiptSteps): Promise<void> {
  const { session, password, plan, receipt, sendTlv } = steps;
  await session.run(openReceipt, plan.open);
  try {
    for (const item of plan.items) {
      await session.run(operation, item.operation);
      for (const tlv of item.tlvs) await session.run(sendOperationTlv, { password, tlv });
      if (item.mark !== null) {
        await bindCode(session, password, item.mark, givesMoneyBack(receipt.type));
      }
    }
    for (const tlv of plan.documentTlvs) await sendTlv(tlv);
    await assertWhole(steps);
  } catch (error) {
    if (!(error instanceof DeviceRefusal)) throw error;
    const { modeNumber } = await session.run(shortStatus, { password });
    if (modeNumber === MODE_DOCUMENT_OPEN) throw error;
    // refused because there is no receipt any more
    throw new DeviceLinkError(RESET_IN_RECEIPT, { cause: error });
  }
}

async function assertWhole({ session, password, receipt }: ReceiptSteps): Promise<void> {
  const { sum } = await session.run(subtotal, { password });
  const { document } = await session.run(fnStatus, { password });
  const kind = isCorrection(receipt.type) ? FN_CORRECTION : FN_RECEIPT;
  // a firmware may begin the ФН's document with the closing command only
  if (sum === totalKopecks(receipt) && (document === 0 || document === kind)) return;
  throw new DeviceLinkError(RESET_IN_RECEIPT);
}
