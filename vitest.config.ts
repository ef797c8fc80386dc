import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        // pure logic, protocols against the vectors and the emulators; no Odoo
        test: {
          name: "unit",
          include: ["{bridge,fixtures,deploy,pos_ui}/**/*.test.ts"],
          exclude: ["**/node_modules/**", "**/dist/**"],
          testTimeout: 30_000,
        },
      },
      {
        // the real bridge process, real emulators, real Odoo, real Chromium
        test: {
          name: "integration",
          include: ["tests/**/*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 900_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
