/**
 * A worked example of docs/examples: rules, files they name, traffic as lines, and the alerts. A line of traffic is
 * a TCP connection: second, client, server with port, request, and after ` => ` the response; `\r\n` as in strings.
 */
import { addressToText } from "../../src/core/bytes/address-text.ts";
import { DetectionState } from "../../src/core/detect/detection-state.ts";
import { replayBytes } from "../support/replay-bytes.ts";
import { Traffic } from "../support/traffic.ts";

/** A Monday, 00:00 UTC. */
const START = Date.UTC(2026, 5, 1) / 1000;

export interface KeywordExample {
  readonly rules: string;
  readonly traffic: string;
  /** One alert a line. */
  readonly alerts: string;
  readonly files: ReadonlyMap<string, string>;
}

export function readExample(page: string): KeywordExample {
  const files = new Map<string, string>();
  for (const [, name = "", text = ""] of page.matchAll(/```file (\S+)\n([\s\S]*?)```/g)) {
    files.set(name, text);
  }
  const block = (kind: string): string =>
    new RegExp(`\`\`\`${kind}\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? "";
  return { rules: block("suricata"), traffic: block("traffic"), alerts: block("alerts"), files };
}

/** Lines `SECOND [SID] MESSAGE {TCP} SOURCE:PORT -> DESTINATION:PORT`; client ports are left out. */
export function alertsOf({ rules, traffic, files }: KeywordExample): string {
  const state = new DetectionState();
  const categories = files.get("categories.txt");
  if (categories !== undefined) state.reputation.loadCategories(categories);
  const reputation = files.get("reputation.list");
  if (reputation !== undefined) state.reputation.loadValues(reputation);
  const lines: string[] = [];
  const { failed } = replayBytes(
    captureOf(traffic),
    rules,
    {},
    {
      builder: {
        state,
        readFile: (name) => {
          const text = files.get(name);
          return text === undefined ? null : new TextEncoder().encode(text);
        },
      },
      onAlert({ rule }, packet) {
        const { sourceWords, destinationWords } = packet;
        const second = Math.floor(packet.timeUs / 1e6 - START);
        const end = (words: Int32Array, port: number): string =>
          `${addressToText(packet.ipVersion, words)}${port < 20_000 ? `:${port}` : ""}`;
        const source = end(sourceWords, packet.sourcePort);
        const destination = end(destinationWords, packet.destinationPort);
        lines.push(`${second}  [${rule.sid}] ${rule.message}  ${source} -> ${destination}\n`);
      },
    },
  );
  if (failed > 0) throw new Error(`a rule is bad: ${rules}`);
  return lines.join("");
}

function captureOf(text: string): Uint8Array {
  const traffic = new Traffic();
  for (const line of text.trimEnd().split("\n")) {
    const found = /^(\d+) +(\S+) -> (\S+):(\d+) +(.*)$/.exec(line);
    if (found === null) throw new Error(`not a line of traffic: ${line}`);
    const [, second, client = "", server = "", port, talk = ""] = found;
    const [request = "", response = ""] = talk
      .split(" => ")
      .map((part) => part.replaceAll("\\r", "\r").replaceAll("\\n", "\n"));
    const at = START + Number(second);
    traffic.connection({ client, server, port: Number(port), at, request, response });
  }
  return traffic.capture();
}
