/**
 * A marking code of the last operation (fiscal.md §1.6): checked by the ФН (FF61h), accepted (FF69h)
 * and bound (FF67h). What the check finds is the ФН's and goes into the document (2106); the
 * receipt is made either way.
 */
import { acceptMark } from "./commands/accept-mark.ts";
import { bindMark } from "./commands/bind-mark.ts";
import { checkMark } from "./commands/check-mark.ts";
import type { ShtrihSession } from "./session.ts";

/** Tag 2003: one piece sold, one piece given back. */
const STATUS_SOLD = 1;
const STATUS_RETURNED = 3;

export async function bindCode(
  session: ShtrihSession,
  password: number,
  code: string,
  returned: boolean,
): Promise<void> {
  const mark = Buffer.from(code, "latin1");
  const status = returned ? STATUS_RETURNED : STATUS_SOLD;
  await session.run(checkMark, { password, status, mode: 0, mark, tlv: new Uint8Array() });
  await session.run(acceptMark, { password, accept: true });
  await session.run(bindMark, { password, mark });
}
