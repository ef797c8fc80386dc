import { describe, expect, it } from "vitest";
import { MOST_CRITICAL, Overloaded, WorkClasses } from "./work-classes.ts";

describe("classes of work", () => {
  const held = (): { readonly done: Promise<void>; release: () => void } => {
    let release = (): void => undefined;
    const done = new Promise<void>((resolve) => (release = resolve));
    return { done, release: () => release() };
  };

  it("never lets a sale wait behind low work", async () => {
    const work = new WorkClasses();
    const low = held();
    const reports = Array.from({ length: 22 }, () => work.run("low", () => low.done));
    expect(work.load("low")).toEqual({ running: 2, waiting: 20 });
    await expect(work.run("low", () => undefined)).rejects.toBeInstanceOf(Overloaded);
    expect(await work.run("critical", () => "sold")).toBe("sold");
    expect(await work.run("default", () => "item")).toBe("item");
    low.release();
    await Promise.all(reports);
    expect(work.load("low")).toEqual({ running: 0, waiting: 0 });
  });

  it("turns all but critical work away over fifty critical tasks", async () => {
    const work = new WorkClasses();
    const sale = held();
    const sales = Array.from({ length: MOST_CRITICAL }, () =>
      work.run("critical", () => sale.done),
    );
    expect(await work.run("high", () => 1)).toBe(1);
    sales.push(work.run("critical", () => sale.done));
    for (const name of ["high", "default", "low"] as const) {
      await expect(work.run(name, () => 1)).rejects.toBeInstanceOf(Overloaded);
    }
    expect(await work.run("critical", () => "sold")).toBe("sold");
    sale.release();
    await Promise.all(sales);
    expect(await work.run("low", () => 1)).toBe(1);
  });

  it("passes on what a task throws", async () => {
    const work = new WorkClasses();
    await expect(work.run("low", () => Promise.reject(new Error("disk")))).rejects.toThrow("disk");
    expect(work.load("low").running).toBe(0);
  });
});
