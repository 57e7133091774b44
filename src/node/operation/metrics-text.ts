/**
 * Counters as Prometheus reads them: text format 0.0.4. The engine's own counters are exported whole under their
 * names; the ones that everybody watches have names of their own, with interfaces as labels.
 */
import type { RuleTime } from "../../core/detect/rule-times.ts";
import type { InterfaceStatus, MeteredEngine } from "./operated-engine.ts";

/** Rules on the page. */
const RULES_MAX = 50;

export const METRICS_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Counters that go up and down: everything else only grows. */
const GAUGES =
  /(^|\.)(memuse|memcap|memory|active|uptime|groups|matchers|matcher_bytes|host_bits|xbits|rules_loaded|dataset_values|spare|pressure)$|_bytes$|_active$|^anomaly\.(keys\.\w+|series|sketches|seen)$/;

interface Family {
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly help: string;
  readonly samples: readonly (readonly [string, number])[];
}

export function metricsText(engine: MeteredEngine): string {
  const families = [
    ...interfaceFamilies(engine.interfaces()),
    ...ownFamilies(engine),
    ...ruleFamilies(engine),
  ];
  for (const [name, value] of engine.counters()) {
    if (typeof value !== "number") continue;
    const isGauge = GAUGES.test(name);
    families.push({
      name: `shrike_${name.replaceAll(/[^A-Za-z0-9_]/g, "_")}${isGauge ? "" : "_total"}`,
      type: isGauge ? "gauge" : "counter",
      help: `The counter ${name} of the stats event.`,
      samples: [["", value]],
    });
  }
  return families.map(familyText).join("");
}

function interfaceFamilies(interfaces: readonly InterfaceStatus[]): Family[] {
  const family = (name: string, help: string, value: (one: InterfaceStatus) => number): Family => ({
    name: `shrike_interface_${name}_total`,
    type: "counter",
    help,
    samples: interfaces.map((one) => [labels(one), value(one)]),
  });
  return [
    family("packets", "Packets taken from the interface.", ({ packets }) => packets),
    family(
      "kernel_drops",
      "Packets that the kernel dropped: we were too slow.",
      (one) => one.kernelDrops,
    ),
    family("interface_drops", "Packets that the interface lost.", (one) => one.interfaceDrops),
    family("bypassed", "Packets of flows that are no longer inspected.", (one) => one.bypassed),
  ];
}

function ownFamilies(engine: MeteredEngine): Family[] {
  const gauge = (name: string, help: string, value: number): Family => ({
    name: `shrike_${name}`,
    type: "gauge",
    help,
    samples: [["", value]],
  });
  const { loaded, failed, skipped } = engine.ruleCounts();
  const { rss, heapUsed } = engine.memoryUsage();
  return [
    gauge("uptime_seconds", "Seconds since the engine started.", engine.uptimeSeconds()),
    gauge("rules_loaded", "Rules in use.", loaded),
    gauge("rules_failed", "Rules that could not be used.", failed),
    gauge("rules_skipped", "Rules left out on their own demand.", skipped),
    gauge(
      "rules_loaded_at_seconds",
      "When rules were last loaded.",
      engine.rulesLoadedAtMs() / 1000,
    ),
    gauge("resident_bytes", "Memory of the process.", rss),
    gauge("heap_bytes", "Memory of the process that JavaScript uses.", heapUsed),
    gauge("queue_lines", "Event lines that wait for a sink.", engine.queuedLines()),
    {
      name: "shrike_memory_limit_bytes",
      type: "gauge",
      help: "Memory limits.",
      samples: engine
        .memoryLimits()
        .map(({ name, limitBytes }) => [`{limit="${name}"}`, limitBytes]),
    },
    {
      name: "shrike_memory_used_bytes",
      type: "gauge",
      help: "What is used of memory limits.",
      samples: engine.memoryLimits().map(({ name, usedBytes }) => [`{limit="${name}"}`, usedBytes]),
    },
  ];
}

/** Only while rules are measured, and only the dearest: each rule is a series of its own. */
function ruleFamilies({ ruleProfiling }: MeteredEngine): Family[] {
  const times = ruleProfiling?.list().slice(0, RULES_MAX) ?? [];
  if (times.length === 0) return [];
  const family = (name: string, help: string, value: (time: RuleTime) => number): Family => ({
    name: `shrike_rule_${name}_total`,
    type: "counter",
    help,
    samples: times.map((time) => [`{gid="${time.gid}",sid="${time.sid}"}`, value(time)]),
  });
  return [
    family("seconds", "Time that the rule took, searches left out.", (time) => time.totalMs / 1000),
    family("checks", "How often the rule was looked at.", ({ checks }) => checks),
    family("matches", "How often the rule matched.", ({ matches }) => matches),
  ];
}

function labels({ name, driver }: InterfaceStatus): string {
  return `{interface="${escapeLabel(name)}",driver="${escapeLabel(driver)}"}`;
}

function escapeLabel(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function familyText({ name, type, help, samples }: Family): string {
  const lines = samples.map(([label, value]) => `${name}${label} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}
