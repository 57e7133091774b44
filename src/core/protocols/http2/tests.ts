/** Tests of HTTP/2 that are no buffers: fields of its frames. */
import {
  matchesNumber,
  type NumberComparison,
  parseNumberComparison,
} from "../../rule/number-comparison.ts";
import type { OptionText } from "../../rule/option-text.ts";
import { type FlowSide, TO_CLIENT, TO_SERVER } from "../direction.ts";
import { defineTest, type ProtocolTest, type TestSource, testSource } from "../test.ts";
import { errorNames, type Frame, frameTypeNames, settingNames } from "./frames.ts";
import { uriLength } from "./sources.ts";
import { Http2State, type Http2Transaction } from "./transaction.ts";

const family = "http2";

const frameType = defineTest<number>({
  name: "http2.frametype",
  family,
  summary: "Compares the type of the frames of a stream.",
  syntax: "http2.frametype:NAME|N",
  argument: "required",
  examples: [{ options: "http2.frametype:GOAWAY;", meaning: "a frame GOAWAY" }],
  parse: (option) => nameOrNumber(option, frameTypeNames, "frame type", 255),
});

const errorCode = defineTest<number>({
  name: "http2.errorcode",
  family,
  summary: "Compares the error code of GOAWAY and RST_STREAM.",
  syntax: "http2.errorcode:NAME|N",
  argument: "required",
  examples: [{ options: "http2.errorcode:CANCEL;", meaning: "a stream that is cancelled" }],
  parse: (option) => nameOrNumber(option, errorNames, "error", 0xffff_ffff),
});

const priority = defineTest<NumberComparison>({
  name: "http2.priority",
  family,
  summary: "Compares the weight in PRIORITY and HEADERS.",
  syntax: "http2.priority:[op]N",
  argument: "required",
  examples: [{ options: "http2.priority:>250;", meaning: "a weight above 250" }],
  parse: (option) => parseNumberComparison(option, { bits: 8 }),
});

const window = defineTest<NumberComparison>({
  name: "http2.window",
  family,
  summary: "Compares the increment in WINDOW_UPDATE, in bytes.",
  syntax: "http2.window:[op]N",
  argument: "required",
  examples: [{ options: "http2.window:<100;", meaning: "an increment below 100 bytes" }],
  parse: (option) => parseNumberComparison(option, { bits: 32 }),
});

const sizeUpdate = defineTest<NumberComparison>({
  name: "http2.size_update",
  family,
  summary: "Compares a new size of the header table, in bytes.",
  syntax: "http2.size_update:[op]N",
  argument: "required",
  examples: [{ options: "http2.size_update:>4096;", meaning: "a table above 4096 bytes" }],
  parse: (option) => parseNumberComparison(option, { bits: 64 }),
});

interface WantedSetting {
  readonly id: number;
  /** Null: any value. */
  readonly comparison: NumberComparison | null;
}

const setting = defineTest<WantedSetting>({
  name: "http2.settings",
  family,
  summary: "Tells whether SETTINGS has a parameter, and compares its value.",
  syntax: "http2.settings:NAME [op]N",
  argument: "required",
  examples: [
    { options: "http2.settings:SETTINGS_ENABLE_PUSH =0;", meaning: "pushes are not wanted" },
  ],
  parse(option) {
    const match = /^\s*([A-Za-z0-9_]+)\s*(.*)$/s.exec(option.required());
    const [, name = "", value = ""] = match ?? [];
    const id = settingNames.findIndex(
      (known) => known !== undefined && plain(known) === plain(name),
    );
    if (id < 0) option.fail("unknown-value", `unknown setting "${name}"`);
    const comparison = value === "" ? null : parseNumberComparison(value, { bits: 32 });
    return { id, comparison };
  },
});

export const http2Tests: readonly TestSource[] = [
  uriLength,
  ...anyFrame(frameType, (frame, wanted) => frame.type === wanted),
  ...anyFrame(errorCode, (frame, wanted) => frame.errorCode === wanted),
  ...anyFrame(priority, (frame, wanted) => compare(wanted, frame.priority)),
  ...anyFrame(window, (frame, wanted) => compare(wanted, frame.windowIncrement)),
  ...anyFrame(sizeUpdate, ({ fields }, wanted) =>
    fields.some((field) => compare(wanted, field.sizeUpdate)),
  ),
  ...anyFrame(setting, ({ settings }, wanted) =>
    settings.some(
      ({ id, value }) =>
        id === wanted.id && (wanted.comparison === null || compare(wanted.comparison, value)),
    ),
  ),
];

function anyFrame<Value>(
  test: ProtocolTest<Value>,
  holds: (frame: Frame, value: Value) => boolean,
): readonly TestSource[] {
  const sides: readonly FlowSide[] = ["toServer", "toClient"];
  return sides.map((side) =>
    testSource<Value, Http2Transaction>(test, {
      side,
      progress: Http2State.idle,
      run: ({ messages }, value) =>
        messages[side === "toServer" ? TO_SERVER : TO_CLIENT].frames.some((frame) =>
          holds(frame, value),
        ),
    }),
  );
}

/** Negative numbers are fields that a frame does not have. */
function compare(comparison: NumberComparison, number: number): boolean {
  return number >= 0 && matchesNumber(comparison, number);
}

function nameOrNumber(
  option: OptionText,
  names: readonly string[],
  what: string,
  max: number,
): number {
  const { whole } = option;
  if (/^\d+$/.test(whole.text)) return option.integer(whole, { max, name: what });
  const found = names.findIndex((name) => plain(name) === plain(whole.text));
  return found >= 0 ? found : names.indexOf(option.oneOf(whole, names, what));
}

/** Names may be written with and without underscores. */
function plain(name: string): string {
  return name.trim().replaceAll("_", "").toUpperCase();
}
