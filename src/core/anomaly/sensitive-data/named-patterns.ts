/** The patterns that rules may name, each with the scanner that finds it. */
import { compileRegex, NO_REGEX_FLAGS } from "../../match/regex/index.ts";
import { CardNumber } from "./card-number.ts";
import { EmailAddress } from "./email-address.ts";
import { Iban } from "./iban.ts";
import { RegexScanner } from "./regex-scanner.ts";
import type { SensitiveScanner } from "./scanner.ts";
import { SocialSecurity } from "./social-security.ts";

/** Of the North American numbering plan: no area or exchange begins with 0 or 1. */
const PHONE =
  "(?:\\+?1[ .\\-]?)?(?:\\([2-9][0-9]{2}\\) ?|[2-9][0-9]{2}[.\\- ])[2-9][0-9]{2}[.\\- ][0-9]{4}";

/** Headers of private keys (RFC 7468, OpenSSH, OpenPGP, PuTTY). */
const PRIVATE_KEY =
  "-----BEGIN (?:(?:RSA|EC|DSA|OPENSSH|ENCRYPTED) )?PRIVATE KEY-----|" +
  "-----BEGIN PGP PRIVATE KEY BLOCK-----|PuTTY-User-Key-File-[23]: ";

/** Access keys as their makers mark them: AWS, Google, Azure storage, GitHub, GitLab, Slack, Stripe. */
const CLOUD_KEY =
  "(?:AKIA|ASIA)[A-Z2-7]{16}|AIza[0-9A-Za-z_\\-]{35}|AccountKey=[0-9A-Za-z+/]{86}==|" +
  "gh[pousr]_[0-9A-Za-z]{36}|github_pat_[0-9A-Za-z_]{82}|glpat-[0-9A-Za-z_\\-]{20}|" +
  "xox[abprs]-[0-9]{8,14}-[0-9A-Za-z\\-]{16,64}|[rs]k_live_[0-9A-Za-z]{24,64}";

export const sensitivePatternNames = [
  "credit_card",
  "us_social",
  "us_social_nodashes",
  "email",
  "us_phone",
  "iban",
  "private_key",
  "cloud_key",
] as const;
export type SensitivePatternName = (typeof sensitivePatternNames)[number];

export function createScanner(name: SensitivePatternName): SensitiveScanner {
  switch (name) {
    case "credit_card":
      return new CardNumber();
    case "us_social":
      return new SocialSecurity("separated");
    case "us_social_nodashes":
      return new SocialSecurity("plain");
    case "email":
      return new EmailAddress();
    case "us_phone":
      return new RegexScanner(compileRegex(PHONE, NO_REGEX_FLAGS), "alone");
    case "iban":
      return new Iban();
    case "private_key":
      return new RegexScanner(compileRegex(PRIVATE_KEY, NO_REGEX_FLAGS), "anywhere");
    case "cloud_key":
      return new RegexScanner(compileRegex(CLOUD_KEY, NO_REGEX_FLAGS), "alone");
    default:
      return name satisfies never;
  }
}
