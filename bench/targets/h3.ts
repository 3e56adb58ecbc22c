import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { targetCore } from "../machine.ts";
import { startChild } from "../processes/child.ts";
import { processTree } from "../processes/processStats.ts";
import { anyKey, type Target } from "./target.ts";

const script = fileURLToPath(new URL("h3Process.ts", import.meta.url));

function version(): string {
	const manifest = new URL("../../node_modules/h3/package.json", import.meta.url);
	return JSON.parse(readFileSync(manifest, "utf8")).version;
}

export function h3(): Target {
	return {
		name: "h3",
		title: "h3 proxyRequest",
		note: `h3 ${version()}: one route that hands everything to \`proxyRequest\`, over Node's fetch, as its guide shows it`,
		start: async ({ upstreamPort }) => {
			const child = await startChild(script, { args: [String(upstreamPort)], core: targetCore });
			if (child.port === null) throw new Error("h3 does not listen.");
			return { via: { port: child.port, headers: anyKey, pids: processTree(child.pid) }, stop: child.stop };
		},
	};
}
