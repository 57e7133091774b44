/** Commands about datasets: values are written as in their files (strings in base64, digests in hex). */
import { parseDatasetValue } from "../../../core/detect/dataset-values.ts";
import type { Dataset } from "../../../core/detect/datasets.ts";
import {
  type ControlArguments,
  type ControlCommand,
  ControlError,
  defineControlCommand,
} from "../control-command.ts";
import type { OperatedEngine } from "../operated-engine.ts";

const setName = { name: "setname", summary: "name of the dataset" };
const setType = { name: "settype", summary: "its type: string, md5, sha256, ipv4, ip" };
const dataValue = { name: "datavalue", summary: "the value, as in a file of that type" };

function find(engine: OperatedEngine, given: ControlArguments): Dataset {
  const name = given.text("setname");
  const set = engine.datasets.get(name);
  if (set === null) throw new ControlError(`there is no dataset "${name}"`);
  const type = given.optionalText("settype");
  if (type !== null && type !== set.type) {
    throw new ControlError(`the dataset "${name}" is of type ${set.type}, not ${type}`);
  }
  return set;
}

function givenValue(set: Dataset, given: ControlArguments): Uint8Array {
  const text = given.text("datavalue");
  const value = parseDatasetValue(set.type, text);
  if (value === null) throw new ControlError(`"${text}" is no value of type ${set.type}`);
  return value;
}

/** @param run what it does with the set and the value; returns the answer. */
function valueCommand(
  name: string,
  summary: string,
  run: (set: Dataset, value: Uint8Array) => string,
): ControlCommand {
  return defineControlCommand({
    name,
    summary,
    arguments: [setName, setType, dataValue],
    run(engine, given) {
      const set = find(engine, given);
      return run(set, givenValue(set, given));
    },
  });
}

export const datasetCommands: readonly ControlCommand[] = [
  valueCommand("dataset-add", "Adds a value to a dataset.", (set, value) => {
    if (set.has(value, 0, value.length)) return "data already in set";
    if (!set.add(value, 0, value.length)) throw new ControlError("the dataset is full");
    return "data added";
  }),
  valueCommand("dataset-remove", "Removes a value from a dataset.", (set, value) => {
    if (!set.remove(value, 0, value.length)) throw new ControlError("data not found in set");
    return "data removed";
  }),
  valueCommand("dataset-lookup", "Whether a value is in a dataset.", (set, value) => {
    if (!set.has(value, 0, value.length)) throw new ControlError("item not found in set");
    return "item found in set";
  }),
  defineControlCommand({
    name: "dataset-clear",
    summary: "Empties a dataset.",
    arguments: [setName, setType],
    run(engine, given) {
      const set = find(engine, given);
      for (const value of [...set.values()]) set.remove(value, 0, value.length);
      return "dataset cleared";
    },
  }),
  defineControlCommand({
    name: "dataset-dump",
    summary: "Writes all datasets that have a file to save to.",
    arguments: [],
    run(engine) {
      engine.saveDatasets();
      return "done";
    },
  }),
];
