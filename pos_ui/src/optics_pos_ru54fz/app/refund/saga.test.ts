import { expect, it } from "vitest";
import { MOST_TRIES, sagaAfter, SagaWatch, type Saga } from "./saga.ts";

const answer = { retryAfterSeconds: 300, releasable: true };

it("asks again every five minutes, twelve times, then no more by itself", () => {
  let saga: Saga | undefined;
  for (let tries = 1; tries < MOST_TRIES; tries += 1) {
    saga = sagaAfter(saga, answer, tries * 1_000);
    expect(saga).toEqual({ tries, nextAt: tries * 1_000 + 300_000, releasable: true });
  }
  saga = sagaAfter(saga, answer, 0);
  expect(saga).toEqual({ tries: 12, nextAt: null, releasable: true });
  const watch = new SagaWatch(saga, false);
  expect(watch.secondsLeft(1e12)).toBeNull();
  expect(watch.isDue(1e12, false)).toBe(false);
  // the link may still return
  expect(watch.isDue(1e12, true)).toBe(true);
});

it("counts down and is due at its time, also after a reload", () => {
  const saga: Saga = { tries: 2, nextAt: 300_000, releasable: false };
  const watch = new SagaWatch(saga, false);
  expect(watch.secondsLeft(0)).toBe(300);
  expect(watch.secondsLeft(299_001)).toBe(1);
  expect(watch.isDue(299_999, false)).toBe(false);
  expect(watch.isDue(300_000, false)).toBe(true);
  expect(new SagaWatch(saga, false).isDue(900_000, false)).toBe(true);
});

it("is due at once when the link returns, not when it was never lost", () => {
  const saga: Saga = { tries: 1, nextAt: 300_000, releasable: false };
  const there = new SagaWatch(saga, true);
  expect(there.isDue(1, true)).toBe(false);
  expect(there.isDue(2, false)).toBe(false);
  expect(there.isDue(3, true)).toBe(true);
});
