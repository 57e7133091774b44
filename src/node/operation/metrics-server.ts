/** The metrics page: HTTP on one address, GET /metrics alone. Runs only when asked for; on this machine alone by default. */
import http from "node:http";
import type { AddressInfo } from "node:net";
import { SocketError } from "../errors.ts";
import { METRICS_CONTENT_TYPE, metricsText } from "./metrics-text.ts";
import type { MeteredEngine } from "./operated-engine.ts";

const REQUEST_TIMEOUT_MS = 5000;
const CONNECTIONS_MAX = 16;

export interface MetricsAddress {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

/** `9100` or `127.0.0.1:9100` or `[::1]:9100`; null when it is none of these. Loopback without a host. */
export function parseMetricsAddress(text: string): MetricsAddress | null {
  const found = /^(?:(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):)?(\d{1,5})$/.exec(text);
  const port = Number(found?.[2] ?? Number.NaN);
  if (found === null || !(port <= 65_535)) return null;
  const host = found[1] ?? "127.0.0.1";
  return { host: host.replaceAll(/[[\]]/g, ""), port };
}

export class MetricsServer {
  private readonly server: http.Server;

  private constructor(server: http.Server) {
    this.server = server;
  }

  /** Throws SocketError when the address is taken or not ours. */
  static async listen(address: MetricsAddress, engine: MeteredEngine): Promise<MetricsServer> {
    const server = http.createServer((request, response) => respond(request, response, engine));
    server.requestTimeout = server.headersTimeout = REQUEST_TIMEOUT_MS;
    server.maxConnections = CONNECTIONS_MAX;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(address.port, address.host, resolve);
    }).catch((cause: unknown) => {
      throw new SocketError(`cannot open the metrics page at ${address.host}:${address.port}`, {
        cause,
      });
    });
    server.unref();
    return new MetricsServer(server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port; // it listens on TCP
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

function respond(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  engine: MeteredEngine,
): void {
  const isMetrics = request.url === "/metrics" || request.url?.startsWith("/metrics?") === true;
  const isRead = request.method === "GET" || request.method === "HEAD";
  if (!isMetrics || !isRead) {
    response.writeHead(isMetrics ? 405 : 404, { "content-type": "text/plain" });
    response.end(isMetrics ? "only GET\n" : "the page is /metrics\n");
    return;
  }
  response.writeHead(200, { "content-type": METRICS_CONTENT_TYPE });
  response.end(request.method === "HEAD" ? "" : metricsText(engine));
}
