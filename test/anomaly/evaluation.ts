/**
 * Weeks of a small office, with events planted, through the whole engine with the rules of rules/anomaly: which events
 * were found, and what was told of hosts that did nothing.
 */
import fs from "node:fs";
import path from "node:path";
import { offsetAt, type ZoneOffsets } from "../../src/core/anomaly/zone-time.ts";
import { addressToText } from "../../src/core/bytes/address-text.ts";
import type { AnomalyDetails } from "../../src/core/detect/anomaly-details.ts";
import { parseSite } from "../../src/node/site/load-site.ts";
import { withSiteVariables } from "../../src/node/site/site-variables.ts";
import { readZone } from "../../src/node/site/zone-table.ts";
import { Replay } from "../support/replay-bytes.ts";
import { Chance } from "./office/chance.ts";
import { startMachines } from "./office/machines.ts";
import { DAY, Office, WEEK } from "./office/office.ts";
import { person } from "./office/people.ts";
import { createPlace, type PlaceSize, servers } from "./office/place.ts";
import {
  createPlant,
  findingRules,
  type Plant,
  type PlantKind,
  plantKinds,
} from "./office/plants.ts";
import { Timeline } from "./office/timeline.ts";

export interface EvaluationSize extends PlaceSize {
  readonly days: number;
  /** Events of each kind. */
  readonly plants: number;
  /** All without. */
  readonly kinds?: readonly PlantKind[];
}

export const fourWeeks: EvaluationSize = {
  people: 26,
  printers: 3,
  phones: 6,
  sites: 400,
  days: 28,
  plants: 4,
};

export interface ToldAlert {
  readonly sid: number;
  readonly message: string;
  readonly seconds: number;
  readonly source: string;
  readonly destination: string;
  readonly port: number;
  readonly anomaly: AnomalyDetails | null;
}

export interface PlantResult {
  readonly plant: Plant;
  /** Numbers of the rules that found it. */
  readonly sids: readonly number[];
  /** Seconds from its begin to the first alert. */
  readonly delay: number;
}

export interface Evaluation {
  readonly packets: number;
  readonly bytes: number;
  readonly start: number;
  readonly hosts: number;
  readonly weeks: number;
  readonly plants: readonly PlantResult[];
  /** Alerts that speak of no planted event. */
  readonly falseAlerts: readonly ToldAlert[];
  /** The most of one host in one week. */
  readonly worstHostWeek: number;
  /** The share of planted events that were found. */
  readonly found: number;
  readonly passes: boolean;
}

const rulesFolder = path.resolve(import.meta.dirname, "../../rules/anomaly");
const FOUND_LEAST = 0.95;
const FALSE_PER_HOST_WEEK_MAX = 1;
/** Alerts may come when flows time out, after the last packet. */
const AFTER_SECONDS = 1200;

export function readBundledRules(folder = rulesFolder): string {
  const files = fs.readdirSync(folder).filter((name) => name.endsWith(".rules"));
  return files.map((name) => fs.readFileSync(path.join(folder, name), "latin1")).join("\n");
}

export function evaluate(
  seed: number,
  size: EvaluationSize,
  rules = readBundledRules(),
): Evaluation {
  const chance = new Chance(seed);
  const place = createPlace(size, chance);
  const { site, diagnostics } = parseSite("site.yaml", place.siteFile);
  if (site === null) throw new Error(diagnostics.map(({ message }) => message).join("\n"));
  const variables = withSiteVariables(
    { addressGroups: new Map([["EXTERNAL_NET", "!$HOME_NET"]]), portGroups: new Map() },
    site,
    false,
  );
  const alerts: ToldAlert[] = [];
  const replay = new Replay(
    rules,
    {},
    {
      builder: { variables, site, readZone, seed },
      onAlert({ rule, anomaly }, packet) {
        alerts.push({
          sid: rule.sid,
          message: rule.message,
          seconds: packet.timeUs / 1e6,
          source: addressToText(packet.ipVersion, packet.sourceWords),
          destination: addressToText(packet.ipVersion, packet.destinationWords),
          port: packet.destinationPort,
          anomaly,
        });
      },
    },
  );
  if (replay.failed > 0) throw new Error("a bundled rule is bad");
  let packets = 0;
  let bytes = 0;
  const start = firstMonday(chance, site.zone);
  const line = new Timeline(start, (packet, seconds) => {
    packets++;
    bytes += packet.length;
    replay.packet(packet, Math.round(seconds * 1e6));
  });
  const office = new Office(
    { line, place, chance, start, end: start + size.days * DAY },
    site.zone,
  );
  for (const who of place.people) line.start(person(office, who));
  startMachines(office);
  const plants = plantAll(office, size);
  line.run(office.end);
  replay.finish();
  return { packets, bytes, start, ...judge(plants, alerts, office) };
}

/** A midnight of a Monday in some week of two years. */
function firstMonday(chance: Chance, zone: ZoneOffsets): number {
  const local = Date.UTC(2025, 0, 6) / 1000 + chance.whole(0, 103) * WEEK;
  return local - offsetAt(zone, local);
}

/** `count` of each kind, each by another host while there are enough. */
function plantAll(office: Office, { plants: count, kinds = plantKinds }: EvaluationSize): Plant[] {
  const { place, chance, line } = office;
  const plants: Plant[] = [];
  let hosts: string[] = [];
  for (const kind of kinds) {
    for (let i = 0; i < count; i++) {
      if (hosts.length === 0) {
        hosts = chance.some(
          place.people.filter(({ isAdmin }) => !isAdmin).map(({ address }) => address),
          place.people.length,
        );
      }
      const actor = hosts.pop();
      const plant = actor === undefined ? null : createPlant(kind, office, actor);
      if (plant === null) continue;
      plants.push(plant);
      line.startAt(plant.act, plant.begin);
    }
  }
  return plants;
}

function judge(
  plants: readonly Plant[],
  alerts: readonly ToldAlert[],
  office: Office,
): Omit<Evaluation, "packets" | "bytes" | "start"> {
  const results = plants.map((plant) => resultOf(plant, alerts));
  const falseAlerts = alerts.filter((alert) => !plants.some((plant) => speaksOf(alert, plant)));
  const counts = new Map<string, number>();
  for (const alert of falseAlerts) {
    const key = `${hostOf(alert)} ${Math.floor((alert.seconds - office.start) / WEEK)}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const worstHostWeek = Math.max(0, ...counts.values());
  const found = results.filter(({ sids }) => sids.length > 0).length / Math.max(1, results.length);
  const { people, printers, phones } = office.place;
  return {
    hosts: people.length + printers.length + phones.length + Object.keys(servers).length,
    weeks: office.days / 7,
    plants: results,
    falseAlerts,
    worstHostWeek,
    found,
    passes: found >= FOUND_LEAST && worstHostWeek <= FALSE_PER_HOST_WEEK_MAX,
  };
}

function resultOf(plant: Plant, alerts: readonly ToldAlert[]): PlantResult {
  const rules = findingRules[plant.kind];
  const fitting = alerts.filter((alert) => rules.includes(alert.sid) && speaksOf(alert, plant));
  const sids = [...new Set(fitting.map(({ sid }) => sid))].sort();
  return { plant, sids, delay: fitting.length === 0 ? 0 : fitting[0]!.seconds - plant.begin };
}

/** At the time, of the host, and of its peer unless the rule is one that finds such events by the host alone. */
function speaksOf({ sid, seconds, source, destination }: ToldAlert, plant: Plant): boolean {
  const { actor, peers, begin, end, kind } = plant;
  if (seconds < begin - 1 || seconds > end + AFTER_SECONDS) return false;
  const sides = [source, destination];
  if (peers === null) return sides.includes(actor);
  if (peers.includes(source) || peers.includes(destination)) {
    return [...peers, actor].filter((address) => sides.includes(address)).length === 2;
  }
  return sides.includes(actor) && findingRules[kind].includes(sid);
}

function hostOf({ source, destination }: ToldAlert): string {
  return source.startsWith("192.168.") ? source : destination;
}
