/** nginx with files of a folder, in the namespace of the server. */
import fs from "node:fs";
import path from "node:path";
import type { Running, WireNetwork } from "./network.ts";

export function startWebServer(network: WireNetwork, folder: string): Running {
  const root = path.join(folder, "www");
  fs.mkdirSync(root, { recursive: true });
  fs.chmodSync(folder, 0o755);
  const file = path.join(folder, "nginx.conf");
  const places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join(" ");
  fs.writeFileSync(
    file,
    `daemon off; master_process off; user root; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
events {}
http { access_log off; ${places} server { listen 80; listen 8081; root ${root}; } }
`,
  );
  return network.start(network.server, "nginx", "-c", file, "-p", folder);
}
