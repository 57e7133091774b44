/** Alerts of anomaly rules over made traffic, with what they tell. */

import { addressToText } from "../../src/core/bytes/address-text.ts";
import type { AnomalyDetails } from "../../src/core/detect/anomaly-details.ts";
import type { RuleBuilder } from "../../src/core/detect/rule-builder.ts";
import { readZone } from "../../src/node/site/zone-table.ts";
import { replayBytes } from "./replay-bytes.ts";
import type { Traffic } from "./traffic.ts";

export interface AnomalyAlert {
  readonly sid: number;
  /** Unix seconds. */
  readonly seconds: number;
  readonly source: string;
  readonly destination: string;
  readonly anomaly: AnomalyDetails | null;
}

export function anomalyAlerts(
  traffic: Traffic,
  rules: string,
  builder: Partial<RuleBuilder> = {},
): readonly AnomalyAlert[] {
  const alerts: AnomalyAlert[] = [];
  const { failed } = replayBytes(
    traffic.capture(),
    rules,
    {},
    {
      builder: { readZone, ...builder },
      onAlert({ rule, anomaly }, packet) {
        alerts.push({
          sid: rule.sid,
          seconds: packet.timeUs / 1e6,
          source: addressToText(packet.ipVersion, packet.sourceWords),
          destination: addressToText(packet.ipVersion, packet.destinationWords),
          anomaly,
        });
      },
    },
  );
  if (failed > 0) throw new Error(`a rule is bad: ${rules}`);
  return alerts;
}
