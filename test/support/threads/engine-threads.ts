/** Real threads with an engine each, for tests of what they share. */
import { Worker } from "node:worker_threads";
import { bundleFile } from "../bundled.ts";
import type { ThreadAnswer, ThreadOrder } from "./order.ts";

export class EngineThreads {
  private readonly workers: readonly Worker[];

  private constructor(workers: readonly Worker[]) {
    this.workers = workers;
  }

  static async start(count: number): Promise<EngineThreads> {
    const file = await bundleFile("test/support/threads/engine-thread.ts");
    return new EngineThreads(Array.from({ length: count }, () => new Worker(file)));
  }

  get count(): number {
    return this.workers.length;
  }

  /** All at once, each its own order by its index; resolves when all have answered. */
  async all(orderOf: (index: number) => ThreadOrder): Promise<readonly ThreadAnswer[]> {
    return await Promise.all(this.workers.map((_, index) => this.one(index, orderOf(index))));
  }

  one(index: number, order: ThreadOrder): Promise<ThreadAnswer> {
    const worker = this.workers[index];
    if (worker === undefined) throw new Error(`no thread ${index}`);
    return new Promise((resolve, reject) => {
      worker.once("message", (answer: ThreadAnswer) => {
        worker.off("error", reject);
        resolve(answer);
      });
      worker.once("error", reject);
      worker.postMessage(order);
    });
  }

  async end(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }
}
