import { describe, expect, it } from "vitest";
import { hasPort, ownersOf, ownPortBits } from "../../../src/core/anomaly/services/own-ports.ts";
import type { AnomalyDetails } from "../../../src/core/detect/anomaly-details.ts";
import type { RuleBuilder } from "../../../src/core/detect/rule-builder.ts";
import { replayBytes } from "../../support/replay-bytes.ts";
import { Traffic } from "../../support/traffic.ts";
import { compile, problem } from "../keywords/payload-harness.ts";

const START = 1_700_000_000;
const CLIENT = "10.0.0.5";
const SERVER = "10.0.0.80";

/** A ClientHello without extensions, and a ServerHello. */
const clientHello = record(1, [3, 3, ...zeros(32), 0, 0, 2, 0x00, 0x2f, 1, 0]);
const serverHello = record(2, [3, 3, ...zeros(32), 0, 0x00, 0x2f, 0]);
const sshClient = "SSH-2.0-OpenSSH_9.6\r\n";
const sshServer = "SSH-2.0-OpenSSH_9.2\r\n";
const request = "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n";
const response = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

function zeros(count: number): number[] {
  return Array.from({ length: count }, () => 0);
}

function record(type: number, body: readonly number[]): Uint8Array {
  const message = [type, 0, 0, body.length, ...body];
  return Uint8Array.from([22, 3, 1, 0, message.length, ...message]);
}

const talks = {
  tls: { request: clientHello, response: serverHello },
  ssh: { request: sshClient, response: sshServer },
  http: { request, response },
  noise: { request: "\x01\x02hello\x00", response: "\x05\x06\x07" },
};

function found(
  talk: keyof typeof talks,
  port: number,
  options: string,
  builder: Partial<RuleBuilder> = {},
): AnomalyDetails[] {
  const traffic = new Traffic();
  traffic.connection({ client: CLIENT, server: SERVER, port, at: START, ...talks[talk] });
  const details: AnomalyDetails[] = [];
  const rule = `alert tcp any any -> any any (msg:"p"; port_protocol:${options}; sid:1;)`;
  const { failed } = replayBytes(
    traffic.capture(),
    rule,
    {},
    {
      builder,
      onAlert: ({ anomaly }) => {
        if (anomaly !== null) details.push(anomaly);
      },
    },
  );
  expect(failed).toBe(0);
  return details;
}

const site = (approved: string) => ({
  listsServices: true,
  approves: (_: number, words: Int32Array, port: number, protocol: string) =>
    words[0] === 0x0a000050 && `${port} ${protocol}` === approved,
  listsPort: (_: number, __: Int32Array, port: number) => `${port}` === approved.split(" ")[0],
  isAllowedDestination: () => false,
  isAllowedDomain: () => false,
});

describe("port_protocol", () => {
  it("finds protocols on ports that are not theirs, once a flow", () => {
    expect(found("tls", 8088, "foreign")).toEqual([
      { metric: "port_protocol.foreign", subject: "tls", value: 8088, expected: 443 },
    ]);
    expect(found("ssh", 443, "foreign")).toMatchObject([{ subject: "ssh", expected: 22 }]);
    expect(found("http", 31_337, "foreign")).toMatchObject([{ subject: "http", expected: 80 }]);
  });

  it("is quiet on their own ports and on what is not recognised", () => {
    expect(found("tls", 443, "foreign")).toEqual([]);
    expect(found("tls", 993, "foreign")).toEqual([]);
    expect(found("ssh", 22, "foreign")).toEqual([]);
    expect(found("http", 8080, "foreign")).toEqual([]);
    expect(found("noise", 31_337, "foreign")).toEqual([]);
  });

  it("tells ports that belong to another protocol", () => {
    expect(found("ssh", 443, "misused")).toHaveLength(1);
    expect(found("http", 22, "misused")).toHaveLength(1);
    expect(found("tls", 31_337, "misused")).toEqual([]);
    expect(found("ssh", 2200, "misused")).toEqual([]);
  });

  it("asks for some protocols only", () => {
    expect(found("tls", 9999, "foreign, ssh, http")).toEqual([]);
    expect(found("tls", 9999, "foreign, ssh, tls")).toHaveLength(1);
  });

  it("takes what the site approves of for its own", () => {
    expect(found("tls", 8088, "foreign", { site: site("8088 tls") })).toEqual([]);
    expect(found("tls", 8088, "foreign", { site: site("8088 ssh") })).toHaveLength(1);
  });

  it("finds services that the site does not list", () => {
    expect(found("http", 80, "unlisted", { site: site("80 http") })).toEqual([]);
    expect(found("tls", 443, "unlisted", { site: site("443 https") })).toEqual([]);
    expect(found("http", 80, "unlisted", { site: site("443 tls") })).toMatchObject([
      { metric: "port_protocol.unlisted", subject: "http", value: 80 },
    ]);
    expect(found("noise", 4444, "unlisted", { site: site("443 tls") })).toHaveLength(1);
    expect(found("noise", 4444, "unlisted")).toEqual([]);
    expect(found("noise", 4444, "unlisted", { site: site("4444 oracle") })).toEqual([]);
  });

  it("says that it needs a site file, and what is wrong", () => {
    const { warnings } = compile("port_protocol:unlisted;", "tcp").draft;
    expect(warnings.map(({ problem: { code } }) => code)).toEqual(["site-needed"]);
    expect(problem("port_protocol:foreing;")).toBe("unknown-value");
    expect(problem("port_protocol:foreign, tsl;")).toBe("unknown-protocol");
  });

  it("knows whose port a number is", () => {
    expect(ownersOf(22)).toEqual(["ssh"]);
    expect(ownersOf(443)).toContain("tls");
    expect(ownersOf(40_000)).toEqual([]);
    const dcerpc = ownPortBits("dcerpc");
    expect(dcerpc !== null && hasPort(dcerpc, 49_664)).toBe(true);
  });
});
