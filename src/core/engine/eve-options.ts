/** Which events are written and with what in them; the host reads it from `outputs.eve-log`. */
import { defaultSettings, type Settings } from "../protocols/settings.ts";

export interface AlertEventOptions {
  readonly payload: boolean;
  readonly payloadPrintable: boolean;
  readonly payloadLength: boolean;
  /** Bytes of payload at most in one event. */
  readonly payloadLimitBytes: number;
  readonly packet: boolean;
  readonly flow: boolean;
  readonly applicationLayer: boolean;
  readonly ruleMetadata: boolean;
  readonly ruleText: boolean;
  readonly ruleReferences: boolean;
  readonly taggedPackets: boolean;
  readonly verdict: boolean;
  /** Options of protocols' parts of alerts, as `http-body`. */
  readonly settings: Settings;
}

/** `xff`: the client behind a proxy goes with events of protocols that tell it. */
export interface ForwardedForOptions {
  /** It takes the place of the packet's address; else it is a field of its own. */
  readonly overwrites: boolean;
  /** How the sensor stands to the proxy: reverse takes the address that was added last. */
  readonly deployment: "forward" | "reverse";
  /** Name of the header field. */
  readonly header: string;
}

export interface AnomalyEventOptions {
  readonly decode: boolean;
  readonly stream: boolean;
  readonly application: boolean;
  readonly packetHeader: boolean;
}

export interface DropEventOptions {
  readonly alerts: boolean;
  /** start: one event for each direction of a dropped flow; all: one for each packet. */
  readonly flows: "start" | "all";
  readonly verdict: boolean;
}

export interface FrameEventOptions {
  /** Bytes of a frame's data at most in one event. */
  readonly payloadLimitBytes: number;
}

export interface StatsEventOptions {
  readonly totals: boolean;
  readonly deltas: boolean;
  readonly nullValues: boolean;
}

export interface EveOptions {
  /** null: the event type is off. */
  readonly alert: AlertEventOptions | null;
  readonly anomaly: AnomalyEventOptions | null;
  readonly drop: DropEventOptions | null;
  readonly stats: StatsEventOptions | null;
  readonly frame?: FrameEventOptions | null;
  readonly flow: boolean;
  readonly netflow: boolean;
  readonly arp: boolean;
  /** Application records that are on (http, dns, files ...), with their options. */
  readonly application: ReadonlyMap<string, Settings>;
  /** By type of event (alert, http, files); absent where it is off. */
  readonly forwardedFor: ReadonlyMap<string, ForwardedForOptions>;
  /** Packets with variables of rules give an event of their own. */
  readonly metadataEvents?: boolean;
  /** Events carry flow bits and variables. */
  readonly metadata: boolean;
  /** Adds `community_id` with this seed; null: not added. */
  readonly communityIdSeed: number | null;
  readonly ethernet: boolean;
  /** Written as `suricata_version`: the version whose events these are; null or left out: it is not written. */
  readonly version?: string | null;
  readonly pcapFile: boolean;
  readonly sensorName: string | null;
}

export const defaultAlertOptions: AlertEventOptions = {
  payload: false,
  payloadPrintable: false,
  payloadLength: false,
  payloadLimitBytes: 4096,
  packet: false,
  flow: true,
  applicationLayer: true,
  ruleMetadata: true,
  ruleText: false,
  ruleReferences: false,
  taggedPackets: true,
  verdict: false,
  settings: defaultSettings,
};
