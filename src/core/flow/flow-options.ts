/** What can be set of the flow table: memory, keys and timeouts by protocol and state. */

export interface FlowTimeouts {
  readonly newSeconds: number;
  readonly establishedSeconds: number;
  readonly closedSeconds: number;
  readonly bypassedSeconds: number;
  readonly emergencyNewSeconds: number;
  readonly emergencyEstablishedSeconds: number;
  readonly emergencyClosedSeconds: number;
  readonly emergencyBypassedSeconds: number;
}

export interface FlowOptions {
  readonly memoryLimitBytes: number;
  /** Random, so that nobody can choose addresses that collide. */
  readonly hashKey: number;
  readonly vlanTracking: boolean;
  /** Packets of different tunnel depths are in different flows. */
  readonly depthTracking: boolean;
  /** Emergency mode ends when this share of the memory is free again. */
  readonly emergencyRecoveryPercent: number;
  readonly timeouts: Readonly<Record<"default" | "tcp" | "udp" | "icmp", FlowTimeouts>>;
}

const common: FlowTimeouts = {
  newSeconds: 30,
  establishedSeconds: 300,
  closedSeconds: 0,
  bypassedSeconds: 100,
  emergencyNewSeconds: 10,
  emergencyEstablishedSeconds: 100,
  emergencyClosedSeconds: 0,
  emergencyBypassedSeconds: 50,
};

const base = {
  memoryLimitBytes: 128 * 1024 ** 2,
  hashKey: 0,
  vlanTracking: true,
  depthTracking: true,
  emergencyRecoveryPercent: 30,
};

/** The values of Suricata's stock configuration file. */
export const stockFlowOptions: FlowOptions = {
  ...base,
  timeouts: {
    default: common,
    tcp: {
      ...common,
      newSeconds: 60,
      establishedSeconds: 600,
      closedSeconds: 60,
      emergencyNewSeconds: 5,
      emergencyClosedSeconds: 10,
    },
    udp: common,
    icmp: common,
  },
};

/** The values that hold when a configuration file does not set them. */
export const codeFlowOptions: FlowOptions = {
  ...base,
  timeouts: {
    default: common,
    tcp: { ...common, closedSeconds: 10, emergencyClosedSeconds: 5 },
    udp: common,
    icmp: common,
  },
};
