import { expect, it } from "vitest";
import { deviceOf } from "./device.ts";

it("reads the device that is named", () => {
  expect(deviceOf(undefined)).toBeNull();
  expect(deviceOf("serial:/dev/ttyACM0")).toMatchObject({ path: "/dev/ttyACM0" });
  expect(deviceOf("tcp:192.0.2.7:7778")).toMatchObject({ host: "192.0.2.7", port: 7778 });
});

it.each(["serial:ttyACM0", "tcp:host", "tcp:host:0", "tcp:host:70000", "usb"])(
  "refuses %s and says what is allowed",
  (text) => {
    expect(() => deviceOf(text)).toThrow(/serial:PATH.*tcp:HOST:PORT/);
  },
);
