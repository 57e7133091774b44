/**
 * One alert as a line for people: time, action, identifiers, message, class, priority, protocol, addresses.
 * The form is that of Suricata's fast.log, which other tools read too.
 */
import { addressToText } from "../bytes/address-text.ts";
import type { Alert } from "../detect/alert-queue.ts";
import { VERDICT_STOPS } from "../detect/verdict.ts";
import type { Packet } from "../layers/packet.ts";
import { protocolName } from "./protocol-names.ts";

/** `07/13/2016-22:42:07.199672  [**] [1:2100498:7] message [**] [Classification: ...] [Priority: 2] {TCP} a:1 -> b:2` */
export function alertLine(packet: Packet, alert: Alert, inline: boolean): string {
  const { rule } = alert;
  const dropped = inline && (alert.action & VERDICT_STOPS) !== 0;
  const mark = dropped ? "[Drop] [**]" : "[**]";
  const ids = `[${rule.gid}:${rule.sid}:${rule.revision}]`;
  const category = `[Classification: ${rule.category === "" ? "(null)" : rule.category}]`;
  return (
    `${slashTime(packet.timeUs)}  ${mark} ${ids} ${rule.message} [**] ${category} ` +
    `[Priority: ${rule.priority}] ${endpoints(packet)}`
  );
}

function endpoints(packet: Packet): string {
  if (packet.ipVersion === 0) return "{}";
  const { ipVersion } = packet;
  const source = addressToText(ipVersion, packet.sourceWords);
  const destination = addressToText(ipVersion, packet.destinationWords);
  const isIcmp = packet.transport === 1 || packet.transport === 58;
  const sourcePort = isIcmp ? packet.icmpType : packet.sourcePort;
  const destinationPort = isIcmp ? packet.icmpCode : packet.destinationPort;
  const protocol = protocolName(packet.protocol);
  return `{${protocol}} ${source}:${sourcePort} -> ${destination}:${destinationPort}`;
}

/** Month/day/year-hour:minute:second.microseconds in UTC. */
function slashTime(timeUs: number): string {
  const date = new Date(Math.min(Math.floor(timeUs / 1000), 253_402_300_799_000));
  const [day, clock] = date.toISOString().split("T");
  const [year, month, dayOfMonth] = (day ?? "").split("-");
  const micros = `${Math.floor(timeUs % 1_000_000)}`.padStart(6, "0");
  return `${month}/${dayOfMonth}/${year}-${(clock ?? "").slice(0, 8)}.${micros}`;
}
