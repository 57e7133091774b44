/** The keywords of the table, each as a declaration. */
import type { Keyword } from "../../detect/keyword.ts";
import { protocolKeyword } from "../families/protocol-keyword.ts";
import { applicationTable } from "./table.ts";

export const applicationKeywords: readonly Keyword[] = applicationTable.map(
  ([name, aliases, family, protocol, argument]) =>
    protocolKeyword({ name, aliases, family, protocol, argument }),
);
