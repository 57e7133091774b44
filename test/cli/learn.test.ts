/** shrike learn and shrike baseline show, as they ship: from captures and logs to models, tables, graphs and alerts. */
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureBuilt, shrike, temporaryFolder } from "../support/command-line.ts";
import { Traffic } from "../support/traffic.ts";

/** A Monday, 00:00 in Berlin's summer. */
const MONDAY = Date.UTC(2026, 5, 1) / 1000 - 7200;
const HOUR = 3600;
const DAY = 86_400;
const CLIENT = "10.0.0.5";
const SERVER = "203.0.113.7";

const RULE =
  'alert ip $HOME_NET any -> any any (msg:"off the baseline"; baseline:upload >2KB, deviation 4, season hour_of_week, learn 1w; sid:1; rev:1;)';

let folder = "";
beforeAll(() => {
  ensureBuilt();
  folder = temporaryFolder();
  fs.writeFileSync(file("local.rules"), `${RULE}\n`);
  fs.writeFileSync(file("site.yaml"), "home-networks: 10.0.0.0/8\nzone: Europe/Berlin\n");
  fs.writeFileSync(file("1.pcap"), office(0, 14));
  fs.writeFileSync(file("2.pcap"), office(14, 21));
  fs.writeFileSync(
    file("odd.pcap"),
    office(21, 22, (traffic) => send(traffic, MONDAY + 21 * DAY + 3 * HOUR + 900, 9000)),
  );
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function file(name: string): string {
  return path.join(folder, name);
}

function send(traffic: Traffic, at: number, bytes: number): void {
  traffic.connection({ client: CLIENT, server: SERVER, port: 443, at, request: "x".repeat(bytes) });
}

/** Work by day, little at night. */
function office(from: number, to: number, more: (traffic: Traffic) => void = () => {}): Uint8Array {
  const traffic = new Traffic();
  for (let hour = 24 * from; hour < 24 * to; hour++) {
    const isWork = hour % 24 >= 8 && hour % 24 < 18 && Math.floor(hour / 24) % 7 < 5;
    send(traffic, MONDAY + hour * HOUR + 5, isWork ? 5000 + 200 * (hour % 5) : 40);
    send(traffic, MONDAY + hour * HOUR + 3590, 40);
  }
  more(traffic);
  return traffic.capture();
}

function run(...words: readonly string[]): { stdout: string; stderr: string } {
  const { status, stdout, stderr } = shrike(words, { cwd: folder });
  expect({ words, status, stderr: status === 0 ? "" : stderr }).toEqual({
    words,
    status: 0,
    stderr: "",
  });
  return { stdout, stderr };
}

const OPTIONS = ["-S", "local.rules", "--site", "site.yaml"];

interface Shown {
  readonly zone: string;
  readonly baselines: readonly {
    readonly key: string;
    readonly learned: number;
    readonly measured: number;
    readonly slots: readonly ({ readonly mean: number } | null)[];
  }[];
}

function show(model: string): Shown {
  return JSON.parse(run("baseline", "show", model, "--json", "--key", CLIENT).stdout) as Shown; // our own form
}

describe("shrike learn", () => {
  it("learns hours of the week from captures, in the zone of the site", () => {
    run("learn", "1.pcap", "2.pcap", "-o", "whole.model", ...OPTIONS);
    const { zone, baselines } = show("whole.model");
    expect(zone).toBe("Europe/Berlin");
    const [host] = baselines;
    expect(host).toMatchObject({ key: CLIENT, learned: 21, measured: 21 * 24 });
    expect(host?.slots[10]?.mean).toBeGreaterThan(5000);
    expect(host?.slots[3]?.mean).toBeLessThan(3000);
    expect(host?.slots[5 * 24 + 10]?.mean).toBeLessThan(3000);
  });

  it("merges models to that of the whole", () => {
    run("learn", "1.pcap", "-o", "1.model", ...OPTIONS);
    run("learn", "2.pcap", "-o", "2.model", ...OPTIONS);
    run("learn", "2.model", "1.model", "-o", "both.model");
    const [whole] = show("whole.model").baselines;
    const [both] = show("both.model").baselines;
    expect(both).toMatchObject({ learned: 21, measured: 21 * 24 });
    // But for flows that straddle the cut.
    both?.slots.forEach((slot, i) => {
      expect(slot!.mean / whole!.slots[i]!.mean).toBeCloseTo(1, 1);
    });
  });

  it("learns about the same from flow records", () => {
    run("replay", "1.pcap", "2.pcap", "-l", "out", "-S", "local.rules");
    run("learn", "out/eve.json", "-o", "eve.model", ...OPTIONS);
    const [whole] = show("whole.model").baselines;
    const [log] = show("eve.model").baselines;
    expect(log!.slots[10]!.mean / whole!.slots[10]!.mean).toBeCloseTo(1, 1);
    expect(log!.slots[3]!.mean / whole!.slots[3]!.mean).toBeCloseTo(1, 1);
  });

  it("gives rules what they compare with", () => {
    const alerts = (...options: readonly string[]): string[] =>
      run("replay", "odd.pcap", ...OPTIONS, ...options)
        .stdout.trim()
        .split("\n")
        .filter((line) => line !== "");
    expect(alerts()).toEqual([]);
    expect(alerts("--model", "whole.model")).toHaveLength(1);
    run("replay", "odd.pcap", ...OPTIONS, "--model", "whole.model", "--save-model", "next.model");
    expect(show("next.model").baselines[0]).toMatchObject({ learned: 22 });
  });

  it("refuses what is no model, no site, no output", () => {
    const failures = [
      [
        ["replay", "odd.pcap", ...OPTIONS, "--model", "site.yaml"],
        1,
        '"site.yaml" is not a model of shrike learn',
      ],
      [["learn", "1.pcap"], 2, "name the model to write with -o"],
      [
        ["learn", "1.pcap", "-o", "x.model", "--site", "local.rules"],
        1,
        "the site file has errors",
      ],
      [["baseline", "show", "whole.model", "--metric", "uplaod"], 2, 'did you mean "upload"?'],
      [["baseline", "whole.model"], 2, "shrike baseline show MODEL"],
    ] as const;
    for (const [words, status, text] of failures) {
      const found = shrike(words, { cwd: folder });
      expect({ status: found.status, text: found.stderr.includes(text) }).toEqual({
        status,
        text: true,
      });
    }
  });
});

describe("shrike baseline show", () => {
  it("prints a table", () => {
    const { stdout } = run("baseline", "show", "whole.model");
    expect(stdout).toContain("learned from 2026-05-31T22:00 to");
    expect(stdout).toContain("upload by host, each 1h, season hour_of_week");
    expect(stdout).toMatch(/ {2}10\.0\.0\.5 +\S+k +\S+k +21\.0/);
  });

  it("draws what was measured, and the baseline with its band", () => {
    run("baseline", "show", "whole.model", "--key", CLIENT, "--svg", "upload.svg");
    const svg = fs.readFileSync(file("upload.svg"), "utf8");
    const points = [...svg.matchAll(/<polyline[^>]*points="([^"]*)"/g)].map(
      ([, text = ""]) => text.split(" ").length,
    );
    expect(points).toEqual([504, 504]);
    expect(svg).toMatch(/<polygon[^>]*points="/);
    expect(svg).toContain("upload of 10.0.0.5, each 1h");
    expect(svg).not.toContain("NaN");
  });
});
