/** What Odoo's page has written of an order: it does so when the order has rested a while. */
import { until } from "@opticserp/fixtures/stand/control.ts";
import type { Page } from "playwright-core";

const WAIT_MS = 60_000;

/** Waits until Odoo's page has this order on the disk, with all lines that it shows. */
export async function onDisk(page: Page, uuid: string): Promise<void> {
  await until(
    `order ${uuid} is on the disk`,
    () =>
      page.evaluate(
        async ([order]) => {
          const { posmodel } = globalThis as unknown as {
            posmodel: {
              data: { databaseName: string };
              models: {
                "pos.order": {
                  getBy(key: "uuid", value: string): { lines: readonly { uuid: string }[] };
                };
              };
            };
          };
          const open = indexedDB.open(posmodel.data.databaseName);
          const database = await new Promise<IDBDatabase>((resolve, reject) => {
            open.onsuccess = () => resolve(open.result);
            open.onerror = () => reject(open.error ?? new Error("no database"));
          });
          const read = database.transaction(["pos.order", "pos.order.line"]);
          const all = (name: string) =>
            new Promise<Record<string, unknown>[]>((resolve, reject) => {
              const request = read.objectStore(name).getAll();
              request.onsuccess = () => resolve(request.result as Record<string, unknown>[]);
              request.onerror = () => reject(request.error ?? new Error(name));
            });
          const [orders, lines] = await Promise.all([all("pos.order"), all("pos.order.line")]);
          database.close();
          const shown = posmodel.models["pos.order"].getBy("uuid", order).lines;
          return (
            orders.some((one) => one["uuid"] === order) &&
            shown.length > 0 &&
            shown.every(({ uuid: line }) => lines.some((one) => one["uuid"] === line))
          );
        },
        [uuid] as const,
      ),
    WAIT_MS,
  );
}
