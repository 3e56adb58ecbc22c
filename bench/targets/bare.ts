import { fileURLToPath } from "node:url";
import { targetCore } from "../machine.ts";
import { startChild } from "../processes/child.ts";
import { processTree } from "../processes/processStats.ts";
import { anyKey, type Target } from "./target.ts";

const script = fileURLToPath(new URL("bareProcess.ts", import.meta.url));

export function bare(): Target {
	return {
		name: "bare",
		title: "bare relay on Node",
		note:
			"node:http, undici's pool and one write for each read, and nothing else: no guard, no accounts, no metering, no " +
			"second attempt, one thread; what these two libraries cost by themselves",
		start: async ({ upstreamPort }) => {
			const child = await startChild(script, { args: [String(upstreamPort)], core: targetCore });
			if (child.port === null) throw new Error("The bare relay does not listen.");
			return { via: { port: child.port, headers: anyKey, pids: processTree(child.pid) }, stop: child.stop };
		},
	};
}
