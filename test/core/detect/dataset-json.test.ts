import { describe, expect, it } from "vitest";
import { bytesToLatin1, latin1ToBytes } from "../../../src/core/bytes/latin1.ts";
import { type DatasetJsonForm, readJsonValues } from "../../../src/core/detect/dataset-json.ts";
import { Dataset, type DatasetType } from "../../../src/core/detect/datasets.ts";

const plain: DatasetJsonForm = {
  format: "json",
  valueKey: "host",
  arrayKey: "",
  removesKey: false,
};

function read(text: string, form: Partial<DatasetJsonForm> = {}, type: DatasetType = "string") {
  const values = readJsonValues(latin1ToBytes(text), type, { ...plain, ...form });
  if (typeof values === "string") return values;
  return values.map(({ value, context }) => [bytesToLatin1(value, 0, value.length), context]);
}

describe("datasets in JSON", () => {
  it("are arrays of objects, whole documents or inside them", () => {
    expect(read('[{"host":"a","n":1},{"other":2}]')).toEqual([["a", '{"host":"a","n":1}']]);
    const nested = '{"info":{"list":[{"host":{"name":"b"}}]}}';
    expect(read(nested, { arrayKey: "info.list", valueKey: "host.name" })).toEqual([
      ["b", '{"host":{"name":"b"}}'],
    ]);
  });

  it("are objects a line, without the value where the rule wants it so", () => {
    const lines = '{"host":"a","n":1}\n\n{"host":"b","n":2}\n';
    expect(read(lines, { format: "ndjson", removesKey: true })).toEqual([
      ["a", '{"n":1}'],
      ["b", '{"n":2}'],
    ]);
  });

  it("say what is wrong with them", () => {
    expect(read("a,b")).toBe("the file is no JSON document");
    expect(read("{}")).toBe("the document is no array");
    expect(read("{}", { arrayKey: "x" })).toBe('there is no array "x"');
    expect(read("[]", { format: "ndjson" })).toBe("line 1 is no JSON object");
    expect(read('[{"host":5}]')).toBe('the value of "host" is not a string');
    expect(read('[{"host":"x"}]', {}, "ip")).toBe('"x" is no value of type ip');
  });

  it("hold until the date that their object says, by packet time", () => {
    const form = { ...plain, format: "ndjson" as const, expiresKey: "until" };
    const options = { name: "s", type: "string" as const, isReputation: false, limitBytes: 0 };
    const set = new Dataset({ ...options, loadPath: "s", savePath: "", json: form }, "string", 1e6);
    const lines = '{"host":"a","until":"2030-01-01T00:00:00Z"}\n{"host":"b"}\n';
    expect(set.load(latin1ToBytes(lines))).toBeNull();
    const holds = (text: string, timeMs: number) =>
      set.holds(latin1ToBytes(text), 0, text.length, timeMs * 1000);
    const end = Date.UTC(2030, 0, 1);
    expect([holds("a", end - 1), holds("a", end), holds("b", end), holds("c", 0)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    const bad = { format: "ndjson" as const, expiresKey: "until" };
    expect(read('{"host":"a","until":5}', bad)).toBe('the value of "until" is no date');
  });
});
