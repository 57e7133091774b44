/**
 * geoip: the country of an address. There is no database reader yet: the value is checked and the rule reported
 * as unsupported.
 */
import { defineKeyword } from "../../detect/keyword.ts";
import { RuleError } from "../../rule/diagnostic.ts";

export const geoip = defineKeyword<void>({
  name: "geoip",
  family: "dataset & reputation",
  summary: "Asks for the country of an address; needs a database, not supported.",
  syntax: "geoip:[src|dst|both|any,][!]CC[,CC]...",
  since: "<=7.0",
  argument: "required",
  examples: [{ options: "geoip:src,CN,RU;", meaning: "the sender is in one of two countries" }],
  parse(option) {
    option.required();
    const [first, ...others] = option.split(",");
    const isSide = first !== undefined && /^(?:src|dst|both|any)$/i.test(first.text);
    const countries = isSide ? others : [first ?? option.whole, ...others];
    if (countries.length === 0) option.fail("missing-value", '"geoip" needs a country');
    for (const country of countries) {
      if (!/^!?[a-z][a-z0-9]$/i.test(country.text)) {
        option.failAt(country, "bad-value", `"${country.text}" is not a country code`);
      }
    }
  },
  compile() {
    throw new RuleError("unsupported-keyword", '"geoip" needs a database of addresses', {
      severity: "unsupported",
    });
  },
});
