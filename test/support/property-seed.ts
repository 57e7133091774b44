/** Property tests run from one seed, so that a run can be repeated; SEED=N tries another. */
import fc from "fast-check";

fc.configureGlobal({ seed: Number(process.env.SEED ?? 8) });
