/** Calls to Odoo in a class of work: they stand back while receipts and shifts pile up. */
import type { z } from "zod";
import { Overloaded, type WorkClass, type WorkClasses } from "../resilience/work-classes.ts";
import { OdooUnreachable, type CallOptions, type OdooClient } from "./client.ts";

/**
 * A call that has to stand back is none that Odoo refused: it fails as one that did not get there,
 * and is tried again after the usual pause.
 */
export function inClass(
  client: Pick<OdooClient, "call">,
  work: Pick<WorkClasses, "run">,
  name: WorkClass,
): Pick<OdooClient, "call"> {
  return {
    async call<T extends z.ZodType>(
      method: string,
      params: unknown,
      schema: T,
      options: CallOptions,
    ): Promise<z.output<T>> {
      try {
        return await work.run(name, () => client.call(method, params, schema, options));
      } catch (error) {
        if (!(error instanceof Overloaded)) throw error;
        throw new OdooUnreachable(`${method}: ${error.message}`);
      }
    },
  };
}
