/**
 * The systemd unit of an engine: a user of its own with the two capabilities that packets need, a file system that it
 * can only read but for its logs and captures, sockets in /run, SIGHUP for reload.
 */
import { SEMI_SPACE_MEGABYTES } from "./young-objects.ts";

export interface UnitOptions {
  /** Absolute path of node. */
  readonly node: string;
  /** Absolute path of the command line's main.js. */
  readonly main: string;
  /** `listen`, `inline` or `record` with its words; log folder and control socket are added. */
  readonly words: readonly string[];
  readonly user: string;
}

/** Lines of a unit file. Words that hold a percent sign, quotes or spaces are written so that systemd gives them back. */
export function systemdUnit({ node, main, words, user }: UnitOptions): string {
  const hasLog = words.includes("-l") || words.includes("--log-dir");
  const hasControl = words.includes("--control");
  const start = [
    node,
    `--max-semi-space-size=${SEMI_SPACE_MEGABYTES}`,
    main,
    ...words,
    ...(hasLog ? [] : ["-l", "/var/log/shrike"]),
    ...(hasControl ? [] : ["--control", "/run/shrike/control.socket"]),
  ];
  return `# Written by "shrike unit". Enable with: systemctl enable --now shrike
[Unit]
Description=Shrike intrusion detection (${words[0] ?? ""})
After=network-online.target
Wants=network-online.target

[Service]
Type=exec
# Tables of hundreds of megabytes in large pages: glibc's, others ignore it.
Environment=GLIBC_TUNABLES=glibc.malloc.hugetlb=1
ExecStart=${start.map(quoteWord).join(" ")}
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=1
TimeoutStopSec=30
KillSignal=SIGTERM

User=${user}
AmbientCapabilities=CAP_NET_RAW CAP_NET_ADMIN CAP_IPC_LOCK
CapabilityBoundingSet=CAP_NET_RAW CAP_NET_ADMIN CAP_IPC_LOCK
NoNewPrivileges=yes
UMask=0027
RuntimeDirectory=shrike
RuntimeDirectoryMode=0700
LogsDirectory=shrike
LogsDirectoryMode=0750
StateDirectory=shrike
StateDirectoryMode=0750
WorkingDirectory=/var/lib/shrike

ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RestrictAddressFamilies=AF_PACKET AF_UNIX AF_NETLINK AF_INET AF_INET6
SystemCallArchitectures=native
LimitMEMLOCK=infinity
LimitNOFILE=65536
OOMScoreAdjust=-500

[Install]
WantedBy=multi-user.target
`;
}

function quoteWord(word: string): string {
  const escaped = word.replaceAll("%", "%%").replaceAll("$", "$$$$");
  if (/^[\w@%+=:,./$-]+$/.test(escaped)) return escaped;
  return `"${escaped.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
