/** What the command line says about itself, and about words that it does not know. */
import { beforeAll, describe, expect, it } from "vitest";
import { commands } from "../../src/cli/commands/index.ts";
import { commandHelp } from "../../src/cli/help.ts";
import { parseCommandLine } from "../../src/cli/parse-command-line.ts";
import { ensureBuilt, shrike } from "../support/command-line.ts";

describe("the help of each command", () => {
  it.each(commands.map((command) => [command.name, command] as const))("%s", (_, command) => {
    const help = commandHelp(command);
    expect(command.summary).toMatch(/^[A-Z].*\.$/);
    expect(command.examples.length).toBeGreaterThan(1);
    for (const { name, summary } of command.options) {
      expect(help).toContain(`--${name}`);
      expect(summary).not.toMatch(/\.$/);
    }
    for (const { line } of command.examples) expect(help).toContain(line);
  });

  it("has examples that parse", () => {
    for (const command of commands) {
      for (const { line } of command.examples) {
        const own = line
          .slice(line.indexOf(`shrike ${command.name}`))
          .split(" ")
          .slice(2);
        expect(() => parseCommandLine(command, own)).not.toThrow();
      }
    }
  });
});

describe("shrike", () => {
  beforeAll(ensureBuilt);

  it("prints its version", () => {
    const { status, stdout } = shrike(["--version"]);
    expect(stdout).toMatch(/^shrike \d+\.\d+\.\d+ /);
    expect(status).toBe(0);
  });

  it("prints the help, of itself and of a command", () => {
    expect(shrike(["--help"]).stdout).toContain("usage: shrike COMMAND");
    expect(shrike([]).status).toBe(2);
    const help = shrike(["replay", "--help"]);
    expect(help.status).toBe(0);
    expect(help.stdout).toContain("--stats-interval SECONDS");
    expect(shrike(["help", "replay"]).stdout).toBe(help.stdout);
  });

  it.each([
    [["repaly"], 'unknown command "repaly": did you mean "replay"?'],
    [["replay", "x.pcap", "--simulate-ip"], '"--simulate-ip": did you mean "--simulate-ips"?'],
    [["replay", "-S"], "-S"],
    [["replay", "-S", "x.rules"], "name at least one capture"],
  ])("refuses %j and points to the help", (words, expected) => {
    const { status, stderr } = shrike(words);
    expect(status).toBe(2);
    expect(stderr).toContain(expected);
    expect(stderr).toMatch(/^shrike (replay )?--help shows what can be done$/m);
  });
});

describe("a wrong call", () => {
  beforeAll(ensureBuilt);
  const capture = "test/cases/first-look/traffic.pcap";

  it.each([
    [["replay", capture, "-k", "maybe"], '--checksums takes none or all, found "maybe"'],
    [["replay", capture, "--set", "key"], '--set takes KEY=VALUE, found "key"'],
    [["replay", capture, "--threads", "-1"], "Option '--threads' argument is ambiguous"],
    [["baseline"], "name a model: shrike baseline show MODEL"],
    [["unit"], "name the engine after --: listen, inline, record, with its words"],
  ])("%j has status 2 and names its help", (words, message) => {
    const { status, stderr } = shrike(words);
    expect(stderr).toBe(`shrike: ${message}\nshrike ${words[0]} --help shows what can be done\n`);
    expect(status).toBe(2);
  });

  it("names a configuration that is not there, with the status of files", () => {
    const { status, stderr } = shrike(["replay", capture, "-c", "absent.yaml"]);
    expect(stderr).toBe('shrike: cannot read the configuration "absent.yaml": no such file\n');
    expect(status).toBe(3);
  });

  it("tells of a setting of --set that nothing uses, and of no stock setting", () => {
    const { status, stderr } = shrike(["replay", capture, "--set", "stream.midstrem=true"]);
    const warnings = stderr.split("\n").filter((line) => line.includes("is not used"));
    expect(warnings).toEqual([
      '--set: warning: setting "stream.midstrem" is not used: did you mean "stream.midstream"?',
    ]);
    expect(status).toBe(0);
  });
});
