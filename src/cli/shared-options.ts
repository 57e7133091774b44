/** Options that several commands take and that mean the same in each. */
import type { CommandOption } from "./command.ts";

export const rulesOption: CommandOption = {
  name: "rules",
  short: "S",
  value: "FILE",
  multiple: true,
  summary: "rule file; may be given several times",
};

export const configOption: CommandOption = {
  name: "config",
  short: "c",
  value: "FILE",
  summary: "suricata.yaml; stock settings without",
};

export const dataDirOption: CommandOption = {
  name: "data-dir",
  value: "DIR",
  summary: "where datasets are loaded from and saved to",
};

export const disableDetectionOption: CommandOption = {
  name: "disable-detection",
  summary: "decode and log only",
};

export const keepGoingOption: CommandOption = {
  name: "keep-going",
  summary: "a bad rule is reported and the others are used",
};

export const testOption: CommandOption = {
  name: "test",
  short: "T",
  summary: "loads and checks configuration and rules, then stops",
};

export const summaryJsonOption: CommandOption = { name: "json", summary: "the summary as JSON" };

export const helpOption: CommandOption = { name: "help", short: "h", summary: "this text" };
