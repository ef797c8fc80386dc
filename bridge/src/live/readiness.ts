/** What keeps a till from selling, in Russian; for `GET /v1/ready`. */
import type { StatusBody } from "../http/schemas/status.ts";

/** @param knownKeys Odoo's public keys; without one no page gets a token */
export function missingForSale(status: StatusBody, knownKeys: number): string[] {
  const { device, lane, buffer } = status;
  const missing: string[] = [];
  if (device.state !== "ready" && device.state !== "busy") {
    missing.push(device.reason ?? "Нет связи с кассой.");
  }
  if (lane.state === "doubt") missing.push("Проверяется исход последнего чека.");
  if (lane.state === "stopped" && device.state !== "stopped") missing.push("Касса остановлена.");
  if (buffer.level >= buffer.capacity) missing.push("Буфер переполнен: касса ждёт связи с ОФД.");
  if (knownKeys === 0) missing.push("Нет ключей Odoo: нужен один сеанс связи с Odoo.");
  return missing;
}
