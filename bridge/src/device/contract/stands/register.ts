/** What the stands share: the register's own hands and ledger, from fixtures/kkt. */
import type { KktEmulator } from "../../../../../fixtures/kkt/index.ts";
import type { LedgerDocument } from "../stand.ts";

export type RegisterFault = Parameters<KktEmulator["device"]["addFault"]>[0];

/** The control API's defaults: the next matching command, once. */
export function registerFault(
  spec: { kind: RegisterFault["kind"] } & Record<string, unknown>,
): RegisterFault {
  return { skip: 0, count: 1, ...spec } as unknown as RegisterFault;
}

export async function ledgerOf(kkt: KktEmulator): Promise<readonly LedgerDocument[]> {
  const answer = await fetch(`${kkt.controlUrl}/ledger`);
  return ((await answer.json()) as { documents: LedgerDocument[] }).documents;
}

export async function pressZ(kkt: KktEmulator): Promise<void> {
  const answer = await fetch(`${kkt.controlUrl}/operator/z`, { method: "POST" });
  if (!answer.ok) throw new Error(await answer.text());
}

/** Power and paper are back, the cover is shut, no fault is left. */
export function healRegister(kkt: KktEmulator): void {
  kkt.device.clearFaults();
  kkt.device.setPower(true);
  kkt.device.register.printer.setPaper(true);
  kkt.device.register.printer.setCover(false);
}
