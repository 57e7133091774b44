import { describe, expect, it } from "vitest";
import {
  FRAME_LENGTH_UNKNOWN,
  FRAMES_PER_DIRECTION_MAX,
  FrameList,
  STREAM_FRAME,
} from "../../../src/core/protocols/frame.ts";

describe("FrameList", () => {
  it("counts frames from 1 and keeps no more than its limit", () => {
    const list = new FrameList();
    for (let i = 0; i < FRAMES_PER_DIRECTION_MAX; i++) expect(list.add(0, i, 1)?.id).toBe(i + 1);
    expect(list.add(0, 9999, 1)).toBeNull();
    expect(list.refused).toBe(1);
    list.removeUntil(10);
    expect(list.items.length).toBe(FRAMES_PER_DIRECTION_MAX - 10);
    expect(list.add(0, 9999, 1)?.id).toBe(FRAMES_PER_DIRECTION_MAX + 1);
  });

  it("keeps open frames, and the data that they need", () => {
    const list = new FrameList();
    list.add(0, 100, 50);
    const open = list.add(1, 120, FRAME_LENGTH_UNKNOWN);
    list.removeUntil(10_000);
    expect(list.items).toEqual([open]);
    expect(list.leftEdge(200)).toBe(120);
    expect(list.leftEdge(10_000)).toBe(7500);
    expect(new FrameList().leftEdge(5)).toBe(Number.POSITIVE_INFINITY);
  });

  it("opens the stream's frame once and closes it at the end", () => {
    const list = new FrameList();
    list.openStream(0);
    list.openStream(50);
    list.closeStream(80);
    expect(list.items.map(({ type, length }) => [type, length])).toEqual([[STREAM_FRAME, 80]]);
  });
});
