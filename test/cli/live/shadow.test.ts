/** Shadow mode: what rules would cut is told and passes; rules are promoted and demoted while packets go through. */
import fs from "node:fs";
import path from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { ListenPump } from "../../../src/cli/live/listen-pump.ts";
import { LiveSession } from "../../../src/cli/live/live-session.ts";
import { SessionOperation } from "../../../src/cli/live/session-operation.ts";
import { configure } from "../../../src/cli/rule-session.ts";
import { ShadowMode } from "../../../src/cli/shadow-mode.ts";
import { VERDICT_STOPS } from "../../../src/core/detect/verdict.ts";
import { encodePcap } from "../../../src/core/pcap/writer.ts";
import { CapturePlayback, PLAYBACK_REGION_BYTES } from "../../../src/node/live/capture-playback.ts";
import { readCaptureIntoMemory } from "../../../src/node/live/read-capture.ts";
import { controlAnswers } from "../../../src/node/operation/answer-control.ts";
import { ControlArguments } from "../../../src/node/operation/control-command.ts";
import { ensureBuilt, shrike, temporaryFolder } from "../../support/command-line.ts";
import { httpTalks } from "../../support/http-talks.ts";

const TALKS = 6;
const rules = `
drop http any any -> any any (msg:"even"; http.uri; content:"/even"; sid:1;)
reject http any any -> any any (msg:"odd"; http.uri; content:"/odd"; noalert; sid:2;)
alert http any any -> any any (msg:"seen"; http.uri; content:"/"; sid:3;)
alert tcp any any -> any any (msg:"changed"; content:"GET"; replace:"PUT"; sid:4;)
`;

let folder: string;
const at = (name: string): string => path.join(folder, name);

beforeAll(ensureBuilt);
beforeEach(() => {
  folder = temporaryFolder();
  const name = (index: number): string => (index % 2 === 0 ? "/even" : "/odd");
  const times = { startUs: 1_700_000_000_000_000, stepUs: 1000 };
  const packets = httpTalks({ count: TALKS, path: name, ...times });
  fs.writeFileSync(at("talks.pcap"), encodePcap(packets, 1));
  fs.writeFileSync(at("test.rules"), rules);
});
afterEach(() => {
  vi.restoreAllMocks();
  fs.rmSync(folder, { recursive: true });
});

interface ShadowRule {
  readonly sid: number;
  readonly flow_count: number;
  readonly host_count: number;
  readonly packets: number;
  readonly held_back: boolean;
}

const bySid = (list: readonly ShadowRule[]): readonly number[][] =>
  list.map((rule) => [rule.sid, rule.flow_count, rule.host_count]).sort();

describe("shrike replay --shadow", () => {
  it("reports flows and hosts by rule, rules without alert included, and cuts nothing", () => {
    const words = ["replay", at("talks.pcap"), "-S", at("test.rules"), "--simulate-ips"];
    const { status, stderr } = shrike([...words, "--shadow", "-l", folder]);
    expect(status).toBe(0);
    expect(stderr).toContain("shadow mode: 2 rules would have cut traffic");
    const { rules: found } = JSON.parse(fs.readFileSync(at("shadow.json"), "utf8")) as {
      rules: ShadowRule[];
    };
    expect(bySid(found)).toEqual([
      [1, TALKS / 2, TALKS / 2],
      [2, TALKS / 2, TALKS / 2],
    ]);
    const lines = fs.readFileSync(at("eve.json"), "utf8").trim().split("\n");
    const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events.filter(({ event_type: type }) => type === "drop")).toEqual([]);
    const actions = events.flatMap(
      ({ alert }) => (alert as { action: string } | null)?.action ?? [],
    );
    expect(actions.length).toBeGreaterThan(TALKS);
    expect(new Set(actions)).toEqual(new Set(["allowed"]));
  });

  it("goes with --simulate-ips only", () => {
    const { status, stderr } = shrike([
      "replay",
      at("talks.pcap"),
      "-S",
      at("test.rules"),
      "--shadow",
    ]);
    expect(status).not.toBe(0);
    expect(stderr).toContain("--shadow goes with --simulate-ips");
  });
});

/** A bridge without interfaces: the capture is played once a call, and the packets that are stopped are counted. */
async function makeBridge(holdsAll: boolean) {
  vi.spyOn(console, "error").mockImplementation(() => {});
  const texts = new Map([["rules", [at("test.rules")]]]);
  const configured = configure({ files: [], texts, switches: new Set() }, true);
  const options = { inline: true, logFolder: folder, statsIntervalSeconds: 0 };
  const session = new LiveSession(configured, options);
  session.loadRules([at("test.rules")]);
  session.isShadow = holdsAll;
  session.shadow = new ShadowMode({ holdsAll, rules: () => session.loaded?.ruleSet.rules ?? [] });
  const capture = await readCaptureIntoMemory(at("talks.pcap"));
  const regionStart = session.arena.allocate(PLAYBACK_REGION_BYTES);
  session.start(["test"]);
  let round = 0;
  const play = (): number => {
    let stopped = 0;
    const shift = round++ * 1_000_000_000;
    const source = new CapturePlayback({
      ...capture,
      name: "test",
      interfaceIndex: 0,
      arena: session.arena.bytes,
      regionStart,
      packetsPerSecond: 0,
      rounds: 1,
    });
    const pump = new ListenPump([source], (record) => {
      const later = { ...record, timeUs: record.timeUs + shift };
      if ((session.process(later) & VERDICT_STOPS) !== 0) stopped++;
    });
    while (pump.pump() > 0);
    return stopped;
  };
  const operation = new SessionOperation(session, false);
  const answers = controlAnswers(operation);
  const control = async (name: string, given: Record<string, string> = {}) =>
    JSON.parse(
      await answers({
        kind: "command",
        name,
        given: new ControlArguments(new Map(Object.entries(given))),
      }),
    ) as { return: string; message: unknown };
  return { play, control, operation };
}

describe("a bridge", () => {
  it("in shadow mode cuts by promoted rules alone, also after rules were loaded anew", async () => {
    const { play, control, operation } = await makeBridge(true);
    expect(play()).toBe(0);
    expect(await control("promote", { sid: "1" })).toMatchObject({ return: "OK" });
    const cut = play();
    expect(cut).toBeGreaterThan(0);
    fs.writeFileSync(at("test.rules"), rules.replace('msg:"odd"', 'msg:"odd ones"'));
    expect(await operation.reload()).toMatchObject({ isDone: true });
    expect(play()).toBe(cut);
    expect(await control("demote", { sid: "1" })).toMatchObject({ return: "OK" });
    expect(play()).toBe(0);
    const { message } = await control("shadow-report");
    const found = message as (ShadowRule & { message: string })[];
    expect(bySid(found)).toEqual([
      [1, TALKS, TALKS / 2],
      [2, 2 * TALKS, TALKS / 2],
    ]);
    expect(found.find(({ sid }) => sid === 2)?.message).toBe("odd ones");
  });

  it("lets rules be demoted and promoted again", async () => {
    const { play, control } = await makeBridge(false);
    const cut = play();
    expect(cut).toBeGreaterThan(0);
    await control("demote", { sid: "1" });
    await control("demote", { sid: "2" });
    expect(play()).toBe(0);
    await control("promote", { sid: "1" });
    await control("promote", { sid: "2" });
    expect(play()).toBe(cut);
    expect(await control("demote", { sid: "3" })).toMatchObject({
      return: "NOK",
      message: "no rule 3 that drops or rejects is loaded",
    });
    expect(await control("demote", { sid: "x" })).toMatchObject({ return: "NOK" });
  });
});
