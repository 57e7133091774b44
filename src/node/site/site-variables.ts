/**
 * What rules get from a site as variables: `$HOME_NET` where the configuration leaves it at its stock value, and for
 * each role that bundled rules or the site speak of `$SITE_` and its name (`$SITE_BACKUP`, `$SITE_FILE_SERVER`).
 */
import type { Site } from "../../core/anomaly/site.ts";
import type { RuleVariables } from "../../core/rule/rule-variables.ts";

/** Roles that bundled rules speak of; their variables are there without a site as well. */
export const knownRoles = [
  "backup",
  "dns",
  "file-server",
  "mail",
  "monitoring",
  "proxy",
  "scanner",
  "server",
  "update",
  "web",
] as const;

/** Stands for nobody: this network's broadcast address sends nothing and is in no role. */
const NOBODY = "255.255.255.255";

/** The variables with those of the site added. `isHomeSet`: the configuration names the home network itself. */
export function withSiteVariables(
  variables: RuleVariables,
  site: Site | null,
  isHomeSet: boolean,
): RuleVariables {
  const addressGroups = new Map(variables.addressGroups);
  const roles = new Set<string>(knownRoles);
  for (const host of site?.hosts ?? []) for (const role of host.roles) roles.add(role);
  for (const role of roles) {
    const hosts = site?.hosts.filter((host) => host.roles.includes(role)) ?? [];
    const text = hosts.length === 0 ? NOBODY : `[${hosts.map((host) => host.text).join(",")}]`;
    addressGroups.set(`SITE_${role.replaceAll("-", "_").toUpperCase()}`, text);
  }
  const networks = site?.networks ?? [];
  if (networks.length > 0 && !isHomeSet) {
    addressGroups.set("HOME_NET", `[${networks.map(({ text }) => text).join(",")}]`);
  }
  return { addressGroups, portGroups: variables.portGroups };
}
