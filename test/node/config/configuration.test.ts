/** Configuration files: includes, places of what is wrong, settings that nothing uses. */
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readHttpOptions } from "../../../src/core/protocols/http1/options.ts";
import { defaultSettings } from "../../../src/core/protocols/settings.ts";
import { readEngineSettings } from "../../../src/node/config/engine-settings.ts";
import { readOutputs } from "../../../src/node/config/outputs.ts";
import { stockConfiguration } from "../../../src/node/config/stock.ts";
import { ConfigTree, readConfigFile, setConfigValue } from "../../../src/node/config/tree.ts";
import { temporaryFolder } from "../../support/command-line.ts";

let folder = "";
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function write(name: string, ...lines: readonly string[]): string {
  const file = path.join(folder, name);
  fs.writeFileSync(file, `${lines.join("\n")}\n`);
  return file;
}

function readAll(tree: ConfigTree) {
  const settings = readEngineSettings(tree, { inline: false, hashKey: 1 });
  return { settings, outputs: readOutputs(tree) };
}

/** The message without the folder, or null when nothing is thrown. */
function failure(run: () => unknown): string | null {
  try {
    run();
    return null;
  } catch (error) {
    return (error as Error).message.replaceAll(`${folder}/`, "");
  }
}

describe("a value of the wrong kind", () => {
  it.each([
    [["stream:", "  memcap: lots"], 'c.yaml:2:11: "stream.memcap" is "lots": expected a size'],
    [
      ["flow:", "  memcap: [1]"],
      'c.yaml:2:11: "flow.memcap" is a list or a map: expected a single',
    ],
    [["stream:", "  midstream: maybe"], 'c.yaml:2:14: "stream.midstream" is "maybe": expected yes'],
    [["packet-alert-max: few"], 'c.yaml:1:19: "packet-alert-max" is "few": expected a number'],
    [
      ["pcap-file: {checksum-checks: never}"],
      'c.yaml:1:30: "pcap-file.checksum-checks" is "never"',
    ],
    [["host-os-policy:", "  beos: [10.0.0.1]"], 'c.yaml:2:9: unknown "host-os-policy.beos"'],
    [
      [
        "outputs:",
        "  - eve-log:",
        "      types:",
        "        - alert:",
        "            payload: perhaps",
      ],
      'c.yaml:5:22: "payload" is "perhaps": expected yes or no',
    ],
  ])("%j is told with its place", (lines, message) => {
    const file = write("c.yaml", ...lines);
    expect(failure(() => readAll(readConfigFile(file)))).toContain(message);
  });

  it("of the command line is told as such", () => {
    const tree = new ConfigTree(stockConfiguration(), folder);
    setConfigValue(tree.root, "flow.memcap=lots");
    expect(failure(() => readAll(tree))).toMatch(/^--set: "flow\.memcap" is "lots"/);
  });

  it("and YAML that cannot be read have file, line and column", () => {
    const file = write("broken.yaml", "a: 1", "b: [1, 2");
    expect(failure(() => readConfigFile(file))).toMatch(/^broken\.yaml:\d+:\d+: /);
    expect(failure(() => readConfigFile(path.join(folder, "absent.yaml")))).toBe(
      'cannot read the configuration "absent.yaml": no such file',
    );
  });
});

describe("include", () => {
  it("takes in files relative to the including one; the later of two values holds", () => {
    fs.mkdirSync(path.join(folder, "sub"), { recursive: true });
    write("sub/inner.yaml", "flow: {memcap: 3mb}");
    write("sub/outer.yaml", "include: inner.yaml", "defrag: {timeout: 7}");
    write("vars.yaml", "address-groups: {HOME_NET: 10.0.0.0/8}");
    const file = write(
      "main.yaml",
      "flow: {memcap: 1mb}",
      "include: [sub/outer.yaml]",
      "vars: !include vars.yaml",
      "defrag: {timeout: 9}",
    );
    const { settings } = readAll(readConfigFile(file));
    expect(settings.flow.memoryLimitBytes).toBe(3 * 1024 ** 2);
    expect(settings.defrag.timeoutMs).toBe(9000);
    expect(settings.variables.addressGroups.get("HOME_NET")).toBe("10.0.0.0/8");
  });

  it("works below a key", () => {
    write("stream.yaml", "midstream: yes");
    const file = write("below.yaml", "stream:", "  include: stream.yaml", "  memcap: 2mb");
    const { stream } = readAll(readConfigFile(file)).settings;
    expect(stream.midstream).toBe(true);
    expect(stream.memoryLimitBytes).toBe(2 * 1024 ** 2);
  });

  it("of itself, or of a file that is not there, is an error with a place", () => {
    const file = write("self.yaml", "include: self.yaml");
    expect(failure(() => readConfigFile(file))).toBe(
      'self.yaml:1:10: "self.yaml" is included too deeply',
    );
    const lost = write("lost.yaml", "a: 1", "include: nowhere.yaml");
    expect(failure(() => readConfigFile(lost))).toBe(
      'lost.yaml:2:10: cannot read the configuration "nowhere.yaml": no such file',
    );
  });
});

describe("settings that nothing uses", () => {
  function unused(...lines: readonly string[]) {
    const tree = readConfigFile(write("unused.yaml", ...lines));
    readAll(tree);
    return tree
      .unusedSettings()
      .map(({ key, place, nearest }) => [place.replaceAll(`${folder}/`, ""), key, nearest]);
  }

  it("are named once, sorted, with what was perhaps meant", () => {
    expect(
      unused(
        "strem: {midstream: yes, depth: 1mb}",
        "stream:",
        "  midstraem: yes",
        "  reassembly: {depht: 1mb}",
        "zebra: [1, 2, 3]",
        "outputs:",
        "  - tls-log: {enabled: yes}",
        "  - http-log: {enabled: no}",
      ),
    ).toEqual([
      ["unused.yaml:7:14: ", "outputs[].tls-log", undefined],
      ["unused.yaml:3:14: ", "stream.midstraem", "stream.midstream"],
      ["unused.yaml:4:23: ", "stream.reassembly.depht", "stream.reassembly.depth"],
      ["unused.yaml:1:8: ", "strem", "stream"],
      ["unused.yaml:5:8: ", "zebra", undefined],
    ]);
  });

  it("are not those that have nothing to do here", () => {
    expect(
      unused(
        "flow: {hash-size: 1, prealloc: 2}",
        "af-packet: [{interface: eth0}]",
        "threading: {}",
      ),
    ).toEqual([]);
  });
});

describe("a file that leaves limits out", () => {
  it("has those of the stock file: nothing grows without bound because a line is missing", () => {
    const { settings } = readAll(readConfigFile(write("few.yaml", "vars: {}")));
    expect(settings.stream.depthBytes).toBe(1024 ** 2);
    expect(readHttpOptions(defaultSettings)).toMatchObject({
      requestBodyLimitBytes: 100 * 1024,
      responseBodyLimitBytes: 100 * 1024,
    });
  });

  it("follows files of SMB beyond the depth of other streams, up to its own", () => {
    const depthWith = (...lines: readonly string[]) => {
      const { settings } = readAll(readConfigFile(write("smb.yaml", ...lines)));
      return settings.protocols.named("smb")?.streamDepthBytes;
    };
    expect(depthWith("vars: {}")).toBe(0);
    expect(depthWith("app-layer: {protocols: {smb: {stream-depth: 2mb}}}")).toBe(2 * 1024 ** 2);
  });
});
