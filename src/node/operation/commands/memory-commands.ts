/** Commands about memory limits: Suricata's memcaps. */
import { parseBytes } from "../../config/values.ts";
import {
  type ControlArguments,
  type ControlCommand,
  ControlError,
  defineControlCommand,
  type Json,
} from "../control-command.ts";
import type { MemoryLimit, OperatedEngine } from "../operated-engine.ts";

const config = { name: "config", summary: "name of the limit, as memcap-list has it" };

function find(engine: OperatedEngine, given: ControlArguments): MemoryLimit {
  const wanted = given.text("config");
  const limits = engine.memoryLimits();
  const found = limits.find(({ name }) => name === wanted);
  if (found !== undefined) return found;
  throw new ControlError(`no limit "${wanted}", but ${limits.map(({ name }) => name).join(", ")}`);
}

function describe({ name, limitBytes, usedBytes, change }: MemoryLimit): Json {
  return { name, value: sizeText(limitBytes), used_bytes: usedBytes, fixed: change === null };
}

/** Bytes as Suricata writes them: `64mb`. */
function sizeText(bytes: number): string {
  const units: readonly (readonly [number, string])[] = [
    [1024 ** 3, "gb"],
    [1024 ** 2, "mb"],
    [1024, "kb"],
  ];
  for (const [size, unit] of units) {
    if (bytes >= size && bytes % size === 0) return `${bytes / size}${unit}`;
  }
  return String(bytes);
}

export const memoryCommands: readonly ControlCommand[] = [
  defineControlCommand({
    name: "memcap-list",
    summary: "All memory limits, with what is used of them.",
    arguments: [],
    run: (engine) => engine.memoryLimits().map(describe),
  }),
  defineControlCommand({
    name: "memcap-show",
    summary: "One memory limit.",
    arguments: [config],
    run: (engine, given) => describe(find(engine, given)),
  }),
  defineControlCommand({
    name: "memcap-set",
    summary: "Changes a memory limit that is not fixed.",
    arguments: [config, { name: "memcap", summary: "bytes, with kb, mb, gb" }],
    run(engine, given) {
      const limit = find(engine, given);
      const text = given.text("memcap");
      const bytes = parseBytes(text);
      if (bytes === null || bytes <= 0) throw new ControlError(`"${text}" is no size`);
      if (limit.change === null) {
        throw new ControlError(`"${limit.name}" is fixed while the engine runs`);
      }
      if (bytes < limit.usedBytes) {
        throw new ControlError(`${limit.usedBytes} bytes of "${limit.name}" are in use`);
      }
      const { highestBytes = Number.MAX_SAFE_INTEGER } = limit;
      if (bytes > highestBytes) {
        throw new ControlError(
          `"${limit.name}" had ${sizeText(highestBytes)} at the start and cannot have more`,
        );
      }
      limit.change(bytes);
      return `memcap value for "${limit.name}" updated: ${text}`;
    },
  }),
];
