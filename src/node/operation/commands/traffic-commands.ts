/** Commands about traffic: interfaces and counters. */
import { type ControlCommand, ControlError, defineControlCommand } from "../control-command.ts";
import { nestCounters } from "../nest-counters.ts";

export const trafficCommands: readonly ControlCommand[] = [
  defineControlCommand({
    name: "iface-list",
    summary: "Names of the interfaces that are watched.",
    arguments: [],
    run(engine) {
      const ifaces = engine.interfaces().map(({ name }) => name);
      return { count: ifaces.length, ifaces };
    },
  }),
  defineControlCommand({
    name: "iface-stat",
    summary: "Packets and drops of one interface.",
    arguments: [{ name: "iface", summary: "its name" }],
    run(engine, given) {
      const wanted = given.text("iface");
      const found = engine.interfaces().find(({ name }) => name === wanted);
      if (found === undefined) throw new ControlError(`no interface "${wanted}" is watched`);
      return {
        pkts: found.packets,
        "invalid-checksums": found.invalidChecksums,
        drop: found.kernelDrops,
        "interface-drop": found.interfaceDrops,
        bypassed: found.bypassed,
        driver: found.driver,
      };
    },
  }),
  defineControlCommand({
    name: "dump-counters",
    summary: "All counters, as the stats event has them.",
    arguments: [],
    run: (engine) => nestCounters(engine.counters()),
  }),
];
