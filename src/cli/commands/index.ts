/** All subcommands, in the order of the help. */
import type { Command } from "../command.ts";
import { baseline } from "./baseline.ts";
import { check } from "./check.ts";
import { ctl } from "./ctl.ts";
import { doctor } from "./doctor.ts";
import { extract } from "./extract.ts";
import { inline } from "./inline.ts";
import { ioc } from "./ioc.ts";
import { learn } from "./learn.ts";
import { listen } from "./listen.ts";
import { record } from "./record.ts";
import { replay } from "./replay.ts";
import { unit } from "./unit.ts";

export const commands: readonly Command[] = [
  replay,
  check,
  listen,
  inline,
  record,
  extract,
  ctl,
  doctor,
  unit,
  ioc,
  learn,
  baseline,
];
