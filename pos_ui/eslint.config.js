import root from "../eslint.config.js";

/** Odoo's sources are JavaScript: at the door to them much is `any`, and a cast would prove nothing. */
export default [
  ...root,
  {
    files: [
      "src/*/app/pos/**/*.ts",
      "src/*/app/components/**/*.ts",
      "src/*/app/receipt/refusal_text.ts",
    ],
    rules: {
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
    },
  },
];
