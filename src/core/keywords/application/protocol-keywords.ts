/** The keywords of table.ts as declarations, sorted by name. */
import type { Keyword } from "../../detect/keyword.ts";
import { protocolKeyword } from "../families/protocol-keyword.ts";
import { protocolKeywordTable } from "./table.ts";

export const protocolKeywords: readonly Keyword[] = protocolKeywordTable
  .flatMap(({ family, protocols, keywords }) =>
    keywords.map((row) => protocolKeyword({ family, protocols, ...row })),
  )
  .sort((a, b) => (a.name < b.name ? -1 : 1));
