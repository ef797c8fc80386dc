/** FF03h: until when the ФН is valid, and how often the ККТ may be or was re-registered. */
import type { WireReader } from "../binary.ts";
import { type Command, type PasswordOnly, passwordOnly } from "./command.ts";

export interface FnExpiry {
  /** `YYYY-MM-DD`. */
  readonly expires: string;
  readonly registrationsLeft: number | null;
  readonly registrations: number | null;
}

export const fnExpiry: Command<PasswordOnly, FnExpiry> = {
  code: 0xff03,
  title: "FN expiry",
  safety: "read",
  timeoutMs: 5_000,
  ...passwordOnly,
  decodeAnswer(reader: WireReader): FnExpiry {
    const expires = reader.dateYmd("expiry");
    const registrationsLeft = reader.remaining > 0 ? reader.uint(1, "registrations left") : null;
    const registrations = reader.remaining > 0 ? reader.uint(1, "registrations") : null;
    return { expires, registrationsLeft, registrations };
  },
};
