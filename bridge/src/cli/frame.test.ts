import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { fromHex, hex } from "../device/shtrih/binary.ts";
import { encodeFrame } from "../device/shtrih/frame.ts";
import { encodeFrameV2 } from "../device/shtrih/frame-v2.ts";
import frames from "../device/shtrih/vectors/shtrih_frames.json" with { type: "json" };
import payloads from "../device/shtrih/vectors/shtrih_payloads.json" with { type: "json" };
import { registerFrameCommand } from "./frame.ts";

interface Result {
  out: string;
  err: string;
  code: number;
}

function run(...args: string[]): Result {
  const result: Result = { out: "", err: "", code: 0 };
  const program = new Command().exitOverride();
  registerFrameCommand(program, {
    out: (text) => (result.out += text),
    err: (text) => (result.err += text),
    exit: (code) => (result.code = code),
  });
  program.parse(["frame", "decode", ...args], { from: "user" });
  return result;
}

function decode(...args: string[]): Record<string, unknown> {
  const { out, err, code } = run(...args);
  expect({ err, code }).toEqual({ err: "", code: 0 });
  return JSON.parse(out) as Record<string, unknown>;
}

/** The body (hex) in a frame of V1. */
function framed(body: string): string {
  return hex(encodeFrame(fromHex(body) ?? new Uint8Array()));
}

describe("frame decode", () => {
  it.each(frames)("reads the logged frame: $desc", ({ framing, hex: text }) => {
    expect(decode(text)).toMatchObject({ framing, checksumOk: true });
  });

  it("prints these keys and no other", () => {
    expect(Object.keys(decode("0205111c00000008"))).toEqual([
      "framing",
      "kind",
      "command",
      "payload",
      "checksumOk",
      "fields",
    ]);
  });

  it("shows an item", () => {
    const text = frames.find(({ desc }) => desc.startsWith("FF46"))?.hex ?? "";
    expect(decode(text)).toEqual({
      framing: "v1",
      kind: "request",
      command: "FF46",
      payload: text.slice(8, -2),
      checksumOk: true,
      fields: {
        password: 30,
        op: 1,
        quantity: 1_000_000,
        price: 10_000,
        sum: 10_000,
        tax: null,
        rate: 8,
        vat: 6,
        department: 0,
        paymentMethod: 0,
        subject: 0,
        name: "Комплексный обед",
      },
    });
  });

  /** The vendor's names of fields, and ours. */
  const NAMES: Record<string, string> = {
    docType: "documentType",
    dt: "dateTime",
    tax: "taxSystems",
    mode: "workMode",
    doc: "document",
    docData: "documentData",
    warn: "warnings",
    shiftState: "state",
  };
  const answers = payloads.filter(({ kind }) => kind === "response");

  it.each(answers)("reads the vendor's answer $hex", ({ cmd, hex: text, expect: expected }) => {
    const { kind, command, fields } = decode(framed(text));
    expect({ kind, command }).toEqual({ kind: "response", command: cmd });
    for (const [name, value] of Object.entries(expected as Record<string, unknown>)) {
      const ours = (fields as Record<string, unknown>)[NAMES[name] ?? name];
      const states = ["closed", "open"];
      expect(typeof ours === "string" && states.includes(ours) ? states.indexOf(ours) : ours).toBe(
        value,
      );
    }
  });

  it("has exactly the promised fields for receipts found, the ФН and the close", () => {
    expect(decode(framed("ff0a0003011a0b1615030300000078563412020a00000000")).fields).toEqual({
      documentType: 3,
      ticketReceived: true,
      dateTime: "2026-11-22T21:03",
      fd: 3,
      fp: 0x12345678,
      operation: 2,
      sum: 10,
    });
    expect(decode(framed("ff450050c30000000300000078563412")).fields).toMatchObject({
      fd: 3,
      fp: 0x12345678,
      change: 50_000,
    });
    expect(decode(framed("ff40000134010500")).fields).toMatchObject({ shift: 308, receipt: 5 });
  });

  it("tells requests from answers, unless it is told", () => {
    const kindOf = (body: string, ...args: string[]): unknown => decode(framed(body), ...args).kind;
    expect(kindOf("ff0a1e000000a3000000")).toBe("request");
    expect(kindOf("ff4545")).toBe("response");
    expect(kindOf("8d001e")).toBe("response");
    expect(kindOf("fc")).toBe("request");
    expect(kindOf("f701")).toBe("request");
    expect(kindOf("f737")).toBe("response");
    // a password of 0
    expect(kindOf("8d0000000000")).toBe("request");
    expect(kindOf("2500000000")).toBe("response");
    expect(kindOf("2500000000", "--kind", "request")).toBe("request");
  });

  it("names an error", () => {
    expect(decode(framed("ff4545")).fields).toEqual({
      error: 0x45,
      errorName: "payment-below-total",
      errorText: "сумма всех типов оплаты меньше итога чека",
    });
  });

  it("shows TLVs, also those that nobody knows", () => {
    const body = "ff0c1e000000" + "3c04070001000300414243" + "ffff0100aa";
    const { fields } = decode(framed(body));
    expect(fields).toEqual({
      password: 30,
      tlv: [
        { tag: 1084, value: [{ tag: 1, value: "414243" }] },
        { tag: 65_535, value: "aa" },
      ],
    });
  });

  it("says when the checksum is wrong, in both framings", () => {
    expect(decode("0205111c00000009")).toMatchObject({ checksumOk: false, command: "11" });
    expect(decode("8f07000300111e000000ad67")).toMatchObject({
      framing: "v2",
      checksumOk: false,
      fields: { packet: 3, password: 30 },
    });
  });

  it("reads control bytes and packets without data", () => {
    for (const [text, name] of [
      ["05", "ENQ"],
      ["06", "ACK"],
      ["15", "NAK"],
    ] as const) {
      expect(decode(text)).toEqual({
        framing: "v1",
        kind: "control",
        command: text,
        payload: "",
        checksumOk: true,
        fields: { name },
      });
    }
    const packet = hex(encodeFrameV2({ number: 7, data: new Uint8Array() }));
    expect(decode(packet)).toMatchObject({ framing: "v2", kind: "control", fields: { packet: 7 } });
    expect(decode("8f00000f1d")).toMatchObject({ kind: "control", fields: {} });
  });

  it("keeps commands that it does not know", () => {
    expect(decode(framed("ff99001122"))).toMatchObject({
      kind: "response",
      command: "FF99",
      payload: "001122",
      fields: {},
    });
    expect(decode(framed("ff45000102"))).toMatchObject({ command: "FF45", fields: {} });
  });

  it("takes hex with spaces and in capitals", () => {
    expect(decode("02", "05", "11", "1C", "000000", "08")).toMatchObject({ command: "11" });
    expect(decode("02 05 11 1C 00 00 00 08")).toMatchObject({ command: "11" });
  });

  it.each(["zz", "123", "00", "deadbeef", "0205111c0000", "0205111c0000000808", "8f0700", "02ff"])(
    "refuses %s with one line and code 2",
    (text) => {
      const { out, err, code } = run(text);
      expect({ out, code }).toEqual({ out: "", code: 2 });
      expect(err).toMatch(/^not (hex|a frame): .+\n$/);
    },
  );

  it("refuses another kind with one line and code 2", () => {
    expect(run("05", "--kind", "answer")).toEqual({
      out: "",
      err: "--kind answer: request or response is allowed\n",
      code: 2,
    });
  });
});
