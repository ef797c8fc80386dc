import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { OPERATIONS, type Operation } from "../src/http/operations.ts";
import { apiPage } from "./api-page.ts";

const { version } = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
) as { version: string };

describe("docs/api/bridge.md", () => {
  it("is what the bridge says of itself: else run npm run docs:api", async () => {
    const written = readFileSync(new URL("../../docs/api/bridge.md", import.meta.url), "utf8");
    expect(written).toBe(await apiPage(version));
  });

  it("has every call with its role, its body and its refusals", async () => {
    const page = await apiPage(version);
    for (const { method, path, role } of Object.values<Operation>(OPERATIONS)) {
      const part = page.split(`## ${method.toUpperCase()} ${path}\n`)[1]?.split("\n## ")[0] ?? "";
      expect(part, path).toContain("**Refusals**");
      if (role !== undefined) expect(part, path).toContain(`Role: \`${role}\``);
    }
    const sale = page.split("## POST /kkt/receipt\n")[1]!.split("\n## ")[0]!;
    for (const field of ["items[].vat", "order.uuid", "discount.approval", "refund_of.fd"]) {
      expect(sale).toContain(`\`${field}\``);
    }
    expect(sale).toContain("`approval_needed`");
  });
});
