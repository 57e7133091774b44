/**
 * schedule: the packet's time is within times of the week, or outside of them. Times are local to the zone of the rule,
 * else of the site file, else UTC. `business` is what the site file calls business hours, holidays left out; without a
 * site that says them it never holds, in either form.
 */
import { Site } from "../../anomaly/site.ts";
import { WeekHours } from "../../anomaly/week-hours.ts";
import {
  dayOf,
  localSeconds,
  minuteOfWeek,
  monthDayOf,
  utcZone,
  type ZoneOffsets,
} from "../../anomaly/zone-time.ts";
import { Check } from "../../detect/check.ts";
import type { DetectionContext } from "../../detect/detection-context.ts";
import { defineKeyword } from "../../detect/keyword.ts";
import type { RuleDraft } from "../../detect/rule-draft.ts";
import type { OptionText, TextPiece } from "../../rule/option-text.ts";

interface Schedule {
  readonly option: OptionText;
  readonly isNegated: boolean;
  /** Null: the site's business hours. */
  readonly hours: WeekHours | null;
  readonly zone: TextPiece | null;
  readonly holidays: "off" | "only" | null;
}

const HOLIDAY_WORDS = ["off", "only"] as const;
const DAY_MINUTES = 1440;
const MINUTE_US = 60_000_000;

export const schedule = defineKeyword<Schedule>({
  name: "schedule",
  family: "anomaly",
  summary: "Matches by weekday, time of day and holidays, in local time.",
  syntax: "schedule:[!]business | [!]DAYS [HH:MM-HH:MM], ...[, holidays off|only][, zone NAME]",
  since: "Shrike",
  argument: "required",
  examples: [
    { options: "schedule:!business;", meaning: "outside the business hours of the site file" },
    {
      options: "schedule:mon-fri 22:00-06:00, weekend, zone Europe/Berlin;",
      meaning: "at night (into the next morning) and all Saturday and Sunday, in Berlin",
    },
    {
      options: "schedule:workdays 08:00-18:00, holidays off;",
      meaning: "in office hours, but not on a holiday of the site file",
    },
  ],
  parse: parseSchedule,
  compile(asked, draft) {
    const question = questionOf(asked, draft);
    draft.addPacketCheck(Check.of("schedule", question, isInTime));
    // What another keyword measured says more.
    draft.postMatches.unshift({
      keyword: "schedule",
      run({ packet, state }) {
        const value = minuteOfWeek(localSeconds(question.zone, packet.timeUs / 1e6)) % DAY_MINUTES;
        state.alertAnomaly ??= { metric: "schedule", subject: question.zone.name, value };
      },
    });
  },
});

function parseSchedule(option: OptionText): Schedule {
  option.required();
  const { whole } = option;
  const isNegated = whole.text.startsWith("!");
  const from = option.piece(whole.offset + (isNegated ? 1 : 0), whole.offset + whole.text.length);
  const hours = new WeekHours();
  let zone: TextPiece | null = null;
  let holidays: "off" | "only" | null = null;
  let timeCount = 0;
  let isBusiness = false;
  for (const piece of option.splitPiece(from, ",")) {
    const [word = piece, value] = option.words(piece);
    const name = word.text.toLowerCase();
    if (name === "zone")
      zone = value ?? option.failAt(piece, "missing-value", '"zone" needs a name');
    else if (name === "holidays") {
      if (value === undefined)
        option.failAt(piece, "missing-value", '"holidays" needs off or only');
      holidays = option.oneOf(value, HOLIDAY_WORDS);
    } else if (name === "business") isBusiness = true;
    else {
      addHours(option, hours, piece);
      timeCount++;
    }
  }
  if (isBusiness && timeCount > 0) {
    option.fail("too-many-values", '"business" already says days and hours');
  }
  if (timeCount === 0 && !isBusiness && holidays === "only") hours.addText("daily");
  else if (timeCount === 0 && !isBusiness) {
    const hint = "write business, or mon-fri 08:00-18:00";
    option.fail("missing-value", '"schedule" needs days and hours', { hint });
  }
  return { option, isNegated, hours: isBusiness ? null : hours, zone, holidays };
}

function addHours(option: OptionText, hours: WeekHours, piece: TextPiece): void {
  const fault = hours.addText(piece.text);
  if (fault === null) return;
  const { offset, length, message, hint } = fault;
  option.fail("bad-hours", message, { offset: piece.offset + offset, length, hint });
}

class ScheduleQuestion {
  readonly hours: WeekHours | null;
  readonly zone: ZoneOffsets;
  readonly site: Site;
  readonly holidays: "off" | "only" | null;
  readonly isNegated: boolean;
  /** The minute that was asked last, and its answer. */
  minute = -1;
  answer = false;

  constructor(asked: Schedule, zone: ZoneOffsets, site: Site) {
    this.hours = asked.hours ?? site.businessHours;
    // The site's holidays are no business time.
    this.holidays = asked.hours === null ? "off" : asked.holidays;
    this.zone = zone;
    this.site = site;
    this.isNegated = asked.isNegated;
  }
}

function questionOf(asked: Schedule, draft: RuleDraft): ScheduleQuestion {
  const { site, readZone } = draft.builder;
  const known = site instanceof Site ? site : new Site();
  const needsHours = asked.hours === null && known.businessHours === null;
  const needsDays = asked.holidays !== null && !(site instanceof Site);
  if (needsHours || needsDays) {
    const what = needsHours ? "business hours" : "holidays";
    draft.warn("site-needed", `"schedule" needs the ${what} of a site file`, {
      hint: `write ${what.replace(" ", "-")} into site.yaml`,
    });
  }
  if (asked.zone === null) return new ScheduleQuestion(asked, known.zone ?? utcZone, known);
  const zone = readZone?.(asked.zone.text) ?? null;
  if (zone === null) {
    const message = `unknown time zone "${asked.zone.text}"`;
    const hint = "write an IANA name as Europe/Berlin";
    return asked.option.failAt(asked.zone, "unknown-zone", message, hint);
  }
  return new ScheduleQuestion(asked, zone, known);
}

function isInTime({ packet }: DetectionContext, question: ScheduleQuestion): boolean {
  const minute = Math.floor(packet.timeUs / MINUTE_US);
  if (minute !== question.minute) {
    question.minute = minute;
    question.answer = ask(question, minute * 60);
  }
  return question.answer;
}

function ask(
  { hours, zone, site, holidays, isNegated }: ScheduleQuestion,
  seconds: number,
): boolean {
  if (hours === null) return false;
  const local = localSeconds(zone, seconds);
  const day = dayOf(local);
  const isHoliday = site.holidays.days.has(day) || site.holidays.yearly.has(monthDayOf(day));
  let isIn = hours.includes(minuteOfWeek(local));
  if (holidays === "off") isIn &&= !isHoliday;
  else if (holidays === "only") isIn &&= isHoliday;
  return isIn !== isNegated;
}
