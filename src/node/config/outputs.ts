/** The `outputs` section: which logs are written, where, and what events carry. */

import type {
  AlertEventOptions,
  AnomalyEventOptions,
  DropEventOptions,
  EveOptions,
  ForwardedForOptions,
  StatsEventOptions,
} from "../../core/engine/eve-options.ts";
import { defaultAlertOptions } from "../../core/engine/eve-options.ts";
import type { SinkSettings } from "../sinks/line-sink.ts";
import { parseInterval } from "../sinks/rotating-file.ts";
import { type FileStoreSettings, readFileStore } from "./file-store-settings.ts";
import { badSetting, placeOf } from "./places.ts";
import { configSection } from "./section.ts";
import type { ConfigMap, ConfigTree, ConfigValue } from "./tree.ts";
import { parseBytes, parseSwitch, readNumber, readSwitch, readText } from "./values.ts";

/** The version of Suricata whose events these are. */
const EVENTS_VERSION = "8.0.7";

export interface EveLogSettings {
  /** Under which name the log is known; two logs of one name are one. */
  readonly filename: string;
  readonly sink: SinkSettings;
  /** Put before each line, as `@cee: `. */
  readonly prefix: string;
  readonly options: EveOptions;
}

export interface OutputSettings {
  readonly eveLogs: readonly EveLogSettings[];
  /** File name of the one-line alert log, null when off. */
  readonly fastLog: string | null;
  /** Folder for the certificates that rules store, in the log folder; null or left out when off. */
  readonly certificateFolder?: string | null;
  /** Where files go that are to be stored; null when off. */
  readonly fileStore: FileStoreSettings | null;
  /** Seconds of packet time between stats events. */
  readonly statsIntervalSeconds: number;
  readonly statsEnabled: boolean;
  /** Zero counters of decoder and stream events are listed too. */
  readonly decoderEventCounters: boolean;
  readonly streamEventCounters: boolean;
}

export function readOutputs(tree: ConfigTree): OutputSettings {
  const eveLogs: EveLogSettings[] = [];
  let fastLog: string | null = null;
  let certificateFolder: string | null = null;
  let fileStore: FileStoreSettings | null = null;
  const outputs = tree.value("outputs");
  const list = Array.isArray(outputs) ? outputs : [];
  list.forEach((entry, index) => {
    const [name, settings] = namedEntry(entry);
    const key = `outputs.${index}.${name}`;
    if (name === "eve-log") {
      const log = readEveLog(tree, key, settings);
      if (log !== null) eveLogs.push(log);
    } else if (name === "fast") {
      if (readSwitch(tree, `${key}.enabled`, false)) {
        fastLog = readText(tree, `${key}.filename`) ?? "fast.log";
      }
      tree.know(key);
    } else if (name === "tls-store") {
      if (readSwitch(tree, `${key}.enabled`, false)) {
        certificateFolder = readText(tree, `${key}.certs-log-dir`) ?? "certs";
      }
      tree.know(key);
    } else if (name === "file-store") {
      const forwardedFor = readForwardedFor(new Map([["files", settings]]), {});
      fileStore = readFileStore(tree, key, settings, { forwardedFor, before: fileStore });
    } else if (!switchOf(settings, "enabled", true)) {
      tree.know(key);
    }
  });
  return {
    eveLogs,
    fastLog,
    certificateFolder,
    fileStore,
    statsIntervalSeconds: readNumber(tree, "stats.interval", 8),
    statsEnabled: readSwitch(tree, "stats.enabled", true),
    decoderEventCounters: readSwitch(tree, "stats.decoder-events", true),
    streamEventCounters: readSwitch(tree, "stats.stream-events", false),
  };
}

/** `- alert` and `- alert: {...}` are the same kind of entry. */
function namedEntry(entry: ConfigValue): [string, ConfigMap] {
  if (typeof entry === "string") return [entry, {}];
  if (entry === null || typeof entry !== "object" || Array.isArray(entry)) return ["", {}];
  const [name, value] = Object.entries(entry)[0] ?? ["", null];
  const isMap = value !== null && typeof value === "object" && !Array.isArray(value);
  return [name, isMap ? value : {}];
}

function readEveLog(tree: ConfigTree, key: string, settings: ConfigMap): EveLogSettings | null {
  tree.know(key);
  if (!readSwitch(tree, `${key}.enabled`, true)) return null;
  const statsEnabled = readSwitch(tree, "stats.enabled", true);
  const types = new Map<string, ConfigMap>();
  const list = settings["types"];
  if (Array.isArray(list)) {
    for (const entry of list) {
      const [name, options] = namedEntry(entry);
      if (name !== "" && switchOf(options, "enabled", true)) types.set(name, options);
    }
  }
  const communityId = switchOf(settings, "community-id", false);
  const options: EveOptions = {
    alert: optional(types, "alert", (map) => readAlert(map, settings)),
    anomaly: optional(types, "anomaly", readAnomaly),
    drop: optional(types, "drop", readDrop),
    stats: statsEnabled ? optional(types, "stats", readStats) : null,
    frame: optional(types, "frame", (map) => ({
      payloadLimitBytes: readPayloadLimit(map),
    })),
    flow: types.has("flow"),
    netflow: types.has("netflow"),
    arp: types.has("arp"),
    application: new Map(
      [...types].map(([name, map]) => [
        name,
        configSection(withEnvironment(name, map), `eve-log.types.${name}`),
      ]),
    ),
    forwardedFor: readForwardedFor(types, settings),
    metadataEvents: types.has("metadata"),
    metadata: switchOf(settings, "metadata", true),
    communityIdSeed: communityId ? Number(settings["community-id-seed"] ?? 0) : null,
    ethernet: switchOf(settings, "ethernet", false),
    version: switchOf(settings, "suricata-version", false) ? EVENTS_VERSION : null,
    pcapFile: switchOf(settings, "pcap-file", false),
    sensorName: readText(tree, "sensor-name"),
  };
  const filename = String(settings["filename"] ?? "eve.json");
  const prefix = typeof settings["prefix"] === "string" ? settings["prefix"] : "";
  return { filename, sink: readSink(tree, key, settings, filename), prefix, options };
}

/** `filetype` and what belongs to it. */
function readSink(
  tree: ConfigTree,
  key: string,
  settings: ConfigMap,
  filename: string,
): SinkSettings {
  const text = (name: string, fallback: string): string => String(settings[name] ?? fallback);
  const type = text("filetype", "regular");
  switch (type) {
    case "regular": {
      const interval = settings["rotate-interval"];
      const seconds = interval === undefined ? 0 : parseInterval(String(interval));
      if (seconds === null) {
        const expected = "minute, hour, day or a count such as 30s";
        const at = `${key}.rotate-interval`;
        throw badSetting(tree.placeOf(at), at, interval, expected);
      }
      return { kind: "file", name: filename, rotateSeconds: seconds };
    }
    case "unix_stream":
      return { kind: "unixStream", path: filename };
    case "unix_dgram":
      return { kind: "unixDatagram", path: filename };
    case "syslog":
      return {
        kind: "syslog",
        identity: text("identity", "suricata"),
        facility: text("facility", "local5"),
        level: text("level", "info"),
      };
    default: {
      const expected = "regular, unix_stream, unix_dgram or syslog";
      throw badSetting(tree.placeOf(`${key}.filetype`), `${key}.filetype`, type, expected);
    }
  }
}

/** As in Suricata, the environment may ask for the older form of DNS events. */
function withEnvironment(name: string, map: ConfigMap): ConfigMap {
  const version = process.env["SURICATA_EVE_DNS_VERSION"];
  if (name !== "dns" || version === undefined || map["version"] !== undefined) return map;
  return { ...map, version };
}

function optional<T>(
  types: ReadonlyMap<string, ConfigMap>,
  name: string,
  read: (map: ConfigMap) => T,
): T | null {
  const map = types.get(name);
  return map === undefined ? null : read(map);
}

/** `xff` of the type, else that of the whole log. */
function readForwardedFor(
  types: ReadonlyMap<string, ConfigMap>,
  eveLog: ConfigMap,
): ReadonlyMap<string, ForwardedForOptions> {
  const found = new Map<string, ForwardedForOptions>();
  for (const [name, map] of types) {
    const chosen = mapOf(map["xff"] === undefined ? eveLog : map, "xff");
    if (!switchOf(chosen, "enabled", false)) continue;
    found.set(name, {
      overwrites: oneOf(chosen, "mode", ["extra-data", "overwrite"]) === "overwrite",
      deployment: oneOf(chosen, "deployment", ["reverse", "forward"]),
      header: String(chosen["header"] ?? "X-Forwarded-For"),
    });
  }
  return found;
}

/** The first of the choices when the setting is absent. */
function oneOf<T extends string>(map: ConfigMap, key: string, choices: readonly [T, ...T[]]): T {
  const value = map[key];
  if (value === undefined || value === null) return choices[0];
  const found = choices.find((choice) => choice === String(value).toLowerCase());
  if (found === undefined) throw badSetting(placeOf(map, key), key, value, choices.join(" or "));
  return found;
}

function switchOf(map: ConfigMap, key: string, fallback: boolean): boolean {
  const value = map[key];
  if (value === undefined || value === null) return fallback;
  const parsed = parseSwitch(value);
  if (parsed === null) throw badSetting(placeOf(map, key), key, value, "yes or no");
  return parsed;
}

function mapOf(map: ConfigMap, key: string): ConfigMap {
  const value = map[key];
  return value !== null && typeof value === "object" && !Array.isArray(value) ? value : {};
}

function readPayloadLimit(map: ConfigMap): number {
  const limit = map["payload-buffer-size"];
  const limitBytes = limit === undefined ? null : parseBytes(String(limit));
  if (limit !== undefined && limitBytes === null) {
    throw badSetting(
      placeOf(map, "payload-buffer-size"),
      "payload-buffer-size",
      limit,
      "a size such as 4kb",
    );
  }
  return limitBytes ?? defaultAlertOptions.payloadLimitBytes;
}

function readAlert(map: ConfigMap, eveLog: ConfigMap): AlertEventOptions {
  return {
    payload: switchOf(map, "payload", false),
    payloadPrintable: switchOf(map, "payload-printable", false),
    payloadLength: switchOf(map, "payload-length", false),
    payloadLimitBytes: readPayloadLimit(map),
    packet: switchOf(map, "packet", false),
    taggedPackets: switchOf(map, "tagged-packets", true),
    verdict: switchOf(map, "verdict", false),
    settings: configSection(map, "eve-log.types.alert"),
    ...readMetadata(map, eveLog),
  };
}

type MetadataOptions = Pick<
  AlertEventOptions,
  "flow" | "applicationLayer" | "ruleMetadata" | "ruleText" | "ruleReferences"
>;

/** `metadata: no` switches everything off; a map chooses. */
function readMetadata(map: ConfigMap, eveLog: ConfigMap): MetadataOptions {
  const metadata = map["metadata"];
  const isMap = metadata !== null && typeof metadata === "object" && !Array.isArray(metadata);
  if (metadata !== undefined && metadata !== null && !isMap && parseSwitch(metadata) === false) {
    const none = false;
    return {
      flow: none,
      applicationLayer: none,
      ruleMetadata: none,
      ruleText: none,
      ruleReferences: none,
    };
  }
  const chosen: ConfigMap = isMap ? metadata : {};
  const rule = mapOf(chosen, "rule");
  const stateOff = eveLog["metadata"] !== undefined && !switchOf(eveLog, "metadata", true);
  return {
    flow: switchOf(chosen, "flow", true),
    applicationLayer: switchOf(chosen, "app-layer", true) && !stateOff,
    ruleMetadata: switchOf(rule, "metadata", true),
    ruleText: switchOf(rule, "raw", false),
    ruleReferences: switchOf(rule, "reference", false),
  };
}

function readAnomaly(map: ConfigMap): AnomalyEventOptions {
  const types = mapOf(map, "types");
  const chosen = Object.keys(types).length > 0;
  return {
    decode: switchOf(types, "decode", false),
    stream: switchOf(types, "stream", false),
    application: switchOf(types, "applayer", !chosen),
    packetHeader: switchOf(map, "packethdr", false),
  };
}

function readDrop(map: ConfigMap): DropEventOptions {
  return {
    alerts: switchOf(map, "alerts", false),
    flows: map["flows"] === "all" ? "all" : "start",
    verdict: switchOf(map, "verdict", false),
  };
}

function readStats(map: ConfigMap): StatsEventOptions {
  return {
    totals: switchOf(map, "totals", true),
    deltas: switchOf(map, "deltas", false),
    nullValues: switchOf(map, "null-values", true),
  };
}
