/** One command of an operation between its two entries in the journal. */
import { DeviceDoubt, DeviceRefusal, type DeviceStatus } from "../device/fiscal-device.ts";
import type { OperationKind, StoredOperation } from "../journal/types.ts";
import { isLinkTrouble, type LaneTools } from "./lane-tools.ts";
import { DOCUMENT_TYPES } from "./operation-log.ts";
import { linkReason, REASONS, refusalReason } from "./reasons.ts";

type Data = Readonly<Record<string, unknown>>;

/**
 * @param command sends it and returns the operation's result
 * @throws what `command` throws. The entry is ended as refused where nothing was executed, and
 * stays open where that isn't certain: the next status settles it.
 */
export async function runOnce(
  tools: LaneTools,
  key: string,
  kind: OperationKind,
  body: Data,
  status: DeviceStatus,
  command: () => Promise<Data>,
): Promise<StoredOperation> {
  const { operations } = tools;
  const open = operations.begin(key, kind, body, status);
  if (open.state !== "begun") return open;
  let result: Data;
  try {
    result = await command();
  } catch (error) {
    if (error instanceof DeviceRefusal && (await nothingSigned(tools, open))) {
      operations.refused(open, refusalReason(error));
    } else if (isLinkTrouble(error) && !(error instanceof DeviceDoubt)) {
      operations.refused(open, linkReason(error));
    } else {
      operations.unknown(open, REASONS.shiftInDoubt);
    }
    throw error;
  }
  return operations.done(open, result, status.dateTime.slice(0, 16));
}

/** Some refusals tell of the printer after the ФН has signed: its last document decides. */
async function nothingSigned(
  { link, log }: LaneTools,
  { kind, intent }: StoredOperation,
): Promise<boolean> {
  if (DOCUMENT_TYPES[kind] === undefined) return true;
  try {
    const { fn, lastFd } = await link.device.position();
    return fn === intent?.fn && lastFd === intent.lastFd;
  } catch (error) {
    log("warn", "the ФН could not be asked after a refusal", { error: String(error) });
    return false;
  }
}
