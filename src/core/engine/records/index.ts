/** All event records, sorted by type; the reference of events is generated from this list. */
import type { EventDeclaration } from "../../eve/event-declaration.ts";
import { alertEvent } from "./alert-record.ts";
import { anomalyEvent } from "./anomaly-record.ts";
import { arpEvent } from "./arp-record.ts";
import { baselineEvent } from "./baseline-record.ts";
import { dropEvent } from "./drop-record.ts";
import { fileinfoEvent } from "./fileinfo-record.ts";
import { flowEvent } from "./flow-record.ts";
import { frameEvent } from "./frame-record.ts";
import { healthEvent } from "./health-record.ts";
import { metadataEvent } from "./metadata-record.ts";
import { netflowEvent } from "./netflow-record.ts";
import { statsEvent } from "./stats-record.ts";
import { taggedPacketEvent } from "./tagged-packet-record.ts";

export const events: readonly EventDeclaration[] = [
  alertEvent,
  anomalyEvent,
  arpEvent,
  baselineEvent,
  dropEvent,
  fileinfoEvent,
  flowEvent,
  frameEvent,
  healthEvent,
  metadataEvent,
  netflowEvent,
  taggedPacketEvent,
  statsEvent,
];
