/** shrike inline: a bridge of two interfaces that drops, rejects and changes what its rules say. */
import { SOURCE_REGION_BYTES } from "../../node/live/af-packet-source.ts";
import { InlinePort } from "../../node/live/inline-port.ts";
import { type Command, lastText, type ParsedCommand, UsageError } from "../command.ts";
import { guardBridge, isGuarded, waitForGuard } from "../live/fail-open-guard.ts";
import { InlineBridge } from "../live/inline-bridge.ts";
import {
  liveOptions,
  prepareSession,
  readNumber,
  ringBytes,
  runSession,
} from "../live/live-command.ts";
import type { LiveSession } from "../live/live-session.ts";
import { ShadowMode } from "../shadow-mode.ts";

const STALL_MS = 3000;

export const inline: Command = {
  name: "inline",
  summary: "Bridges two interfaces and drops, rejects or changes packets by rules.",
  usage: "IFACE-A IFACE-B -S RULES [options]",
  options: [
    {
      name: "fail",
      value: "MODE",
      summary:
        "open: packets go on while the engine is away or stalled; closed, the default: none do",
    },
    {
      name: "stall-ms",
      value: "MS",
      summary: "with --fail open: how long is stalled; 3000 without",
    },
    { name: "shadow", summary: "rules decide but do not act; the report says what they would cut" },
    ...liveOptions,
  ],
  examples: [
    { line: "shrike inline eth0 eth1 -S drop.rules -l out", meaning: "a bridge with rules" },
    {
      line: "shrike inline eth0 eth1 -S drop.rules --shadow",
      meaning: "what the rules would do to real traffic",
    },
  ],
  run: runInline,
};

async function runInline(parsed: ParsedCommand): Promise<number> {
  const [nameA, nameB, ...more] = parsed.files;
  if (nameA === undefined || nameB === undefined || more.length > 0 || nameA === nameB) {
    throw new UsageError("name two interfaces: shrike inline IFACE-A IFACE-B");
  }
  const mode = lastText(parsed, "fail") ?? "closed";
  if (mode !== "open" && mode !== "closed") {
    throw new UsageError(`--fail takes open or closed, found "${mode}"`);
  }
  const stallMs = readNumber(parsed, "stall-ms", STALL_MS);
  if (mode === "open" && !isGuarded() && !parsed.switches.has("test")) {
    return await guardBridge(nameA, nameB, stallMs);
  }
  return await runBridge(parsed, [nameA, nameB]);
}

async function runBridge(parsed: ParsedCommand, names: readonly [string, string]): Promise<number> {
  const session = prepareSession(parsed, true);
  if (typeof session === "number") return session;
  session.isShadow = parsed.switches.has("shadow");
  session.shadow = new ShadowMode({
    holdsAll: session.isShadow,
    rules: () => session.loaded?.ruleSet.rules ?? [],
  });
  const ports = [openPort(parsed, session, names[0], 0), openPort(parsed, session, names[1], 1)];
  const bridge = new InlineBridge(session, [ports[0]!, ports[1]!]);
  session.start(names);
  await waitForGuard();
  if (isGuarded()) bridge.discard();
  console.error(
    `bridging ${names[0]} and ${names[1]}${session.isShadow ? ", in shadow mode" : ""}`,
  );
  const code = await runSession(parsed, session, bridge);
  session.shadow.writeReport(lastText(parsed, "log-dir"));
  return code;
}

function openPort(
  parsed: ParsedCommand,
  session: LiveSession,
  name: string,
  interfaceIndex: number,
): InlinePort {
  return new InlinePort({
    name,
    interfaceIndex,
    arena: session.arena.bytes,
    regionStart: session.arena.allocate(SOURCE_REGION_BYTES),
    ringBytes: ringBytes(parsed),
  });
}
