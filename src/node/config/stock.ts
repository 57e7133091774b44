/**
 * The configuration that holds when no file is given: the settings of Suricata's stock suricata.yaml, as a
 * tree that `--set` may change (its lists are addressed by number, so their order is part of it).
 */
import type { ConfigMap, ConfigValue } from "./tree.ts";

/** A fresh copy: callers may change it. */
export function stockConfiguration(): ConfigMap {
  return {
    vars: stockVariables(),
    stats: { enabled: true, interval: 8 },
    outputs: stockOutputs(),
    "pcap-file": { "checksum-checks": "auto" },
    "exception-policy": "auto",
    "app-layer": { protocols: stockProtocols() },
    "asn1-max-frames": 256,
    "host-mode": "auto",
    pcre: { "match-limit": 3500, "match-limit-recursion": 1500 },
    "host-os-policy": { windows: ["0.0.0.0/0"] },
    defrag: {
      memcap: "32 MiB",
      "hash-size": 65_536,
      trackers: 65_535,
      "max-frags": 65_535,
      timeout: 60,
    },
    flow: { memcap: "128 MiB", "hash-size": 65_536, prealloc: 10_000, "emergency-recovery": 30 },
    vlan: { "use-for-tracking": true },
    "flow-timeouts": stockTimeouts(),
    stream: {
      memcap: "64 MiB",
      "checksum-validation": true,
      inline: "auto",
      reassembly: {
        urgent: { policy: "oob", "oob-limit-policy": "drop" },
        memcap: "256 MiB",
        depth: "1 MiB",
        "toserver-chunk-size": 2560,
        "toclient-chunk-size": 2560,
        "randomize-chunk-size": true,
      },
    },
    decoder: {
      teredo: { enabled: true, ports: "$TEREDO_PORTS" },
      vxlan: { enabled: true, ports: "$VXLAN_PORTS" },
      geneve: { enabled: true, ports: "$GENEVE_PORTS" },
      "recursion-level": { "use-for-tracking": true },
    },
    detect: { profile: "medium", prefilter: { default: "mpm" }, thresholds: { memcap: "16 MiB" } },
  };
}

function stockVariables(): ConfigMap {
  return {
    "address-groups": {
      HOME_NET: "[192.168.0.0/16,10.0.0.0/8,172.16.0.0/12]",
      EXTERNAL_NET: "!$HOME_NET",
      HTTP_SERVERS: "$HOME_NET",
      SMTP_SERVERS: "$HOME_NET",
      SQL_SERVERS: "$HOME_NET",
      DNS_SERVERS: "$HOME_NET",
      TELNET_SERVERS: "$HOME_NET",
      AIM_SERVERS: "$EXTERNAL_NET",
      DC_SERVERS: "$HOME_NET",
      DNP3_SERVER: "$HOME_NET",
      DNP3_CLIENT: "$HOME_NET",
      MODBUS_CLIENT: "$HOME_NET",
      MODBUS_SERVER: "$HOME_NET",
      ENIP_CLIENT: "$HOME_NET",
      ENIP_SERVER: "$HOME_NET",
    },
    "port-groups": {
      HTTP_PORTS: "80",
      SHELLCODE_PORTS: "!80",
      ORACLE_PORTS: "1521",
      SSH_PORTS: "22",
      DNP3_PORTS: "20000",
      MODBUS_PORTS: "502",
      FILE_DATA_PORTS: "[$HTTP_PORTS,110,143]",
      FTP_PORTS: "21",
      GENEVE_PORTS: "6081",
      VXLAN_PORTS: "4789",
      TEREDO_PORTS: "3544",
      SIP_PORTS: "[5060, 5061]",
    },
  };
}

function stockOutputs(): ConfigValue[] {
  return [
    { fast: { enabled: true, filename: "fast.log", append: true } },
    {
      "eve-log": {
        enabled: true,
        filetype: "regular",
        filename: "eve.json",
        types: stockEveTypes(),
      },
    },
    { stats: { enabled: true, filename: "stats.log", totals: true, threads: false } },
  ];
}

function stockEveTypes(): ConfigValue[] {
  return [
    { alert: { "tagged-packets": true } },
    { frame: { enabled: false } },
    { anomaly: { enabled: true } },
    { http: { extended: true } },
    { dns: null },
    { mdns: null },
    { tls: { extended: true } },
    { files: { "force-magic": false } },
    { smtp: null },
    "websocket",
    "ftp",
    "rdp",
    "nfs",
    "smb",
    "tftp",
    "ike",
    "dcerpc",
    "krb5",
    "bittorrent-dht",
    "snmp",
    "rfb",
    "sip",
    "quic",
    "ldap",
    "pop3",
    { arp: { enabled: false } },
    { dhcp: { enabled: true, extended: false } },
    "ssh",
    { mqtt: null },
    "http2",
    "doh2",
    { pgsql: { enabled: false } },
    { stats: { totals: true, threads: false, deltas: false } },
    "flow",
  ];
}

function stockProtocols(): ConfigMap {
  return {
    modbus: { enabled: false },
    dnp3: { enabled: false },
    enip: { enabled: false },
    pgsql: { enabled: false },
    imap: { enabled: "detection-only" },
    http: { libhtp: { "default-config": stockHttp() } },
  };
}

function stockHttp(): ConfigMap {
  return {
    personality: "IDS",
    "request-body-limit": "100 KiB",
    "response-body-limit": "100 KiB",
    "request-body-minimal-inspect-size": "32 KiB",
    "request-body-inspect-window": "4 KiB",
    "response-body-minimal-inspect-size": "40 KiB",
    "response-body-inspect-window": "16 KiB",
    "response-body-decompress-layer-limit": 2,
    "double-decode-path": false,
    "double-decode-query": false,
  };
}

function stockTimeouts(): ConfigMap {
  return {
    default: {
      new: 30,
      established: 300,
      closed: 0,
      bypassed: 100,
      "emergency-new": 10,
      "emergency-established": 100,
      "emergency-closed": 0,
      "emergency-bypassed": 50,
    },
    tcp: {
      new: 60,
      established: 600,
      closed: 60,
      bypassed: 100,
      "emergency-new": 5,
      "emergency-established": 100,
      "emergency-closed": 10,
      "emergency-bypassed": 50,
    },
    udp: protocolTimeouts(),
    icmp: protocolTimeouts(),
  };
}

function protocolTimeouts(): ConfigMap {
  return {
    new: 30,
    established: 300,
    bypassed: 100,
    "emergency-new": 10,
    "emergency-established": 100,
    "emergency-bypassed": 50,
  };
}
