import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { freePort } from "../../scripts/host/ports.ts";
import { targetCore } from "../machine.ts";
import { type Child, startChild } from "../processes/child.ts";
import { processTree } from "../processes/processStats.ts";
import type { RunningTarget, Target, TargetPlace } from "./target.ts";

const script = fileURLToPath(new URL("relayAccountsProcess.ts", import.meta.url));

/** What the process of our proxy is told on its command line. */
export interface RelayAccountsArguments {
	/** Path of the worker's bundle. */
	readonly worker: string;
	readonly port: number;
	readonly upstreamPort: number;
	readonly localKey: string;
}

/** Our own proxy, with its process at hand. */
export interface RunningRelayAccounts extends RunningTarget {
	readonly child: Child;
}

/**
 * @param worker path of the worker's bundle.
 * @param flags for its Node.
 */
export async function startRelayAccounts(
	worker: string,
	{ upstreamPort }: TargetPlace,
	flags: readonly string[] = [],
): Promise<RunningRelayAccounts> {
	const localKey = randomBytes(24).toString("base64url");
	const port = await freePort();
	const told: RelayAccountsArguments = { worker, port, upstreamPort, localKey };
	const child = await startChild(script, { args: [JSON.stringify(told)], core: targetCore, flags });
	return {
		child,
		via: { port, headers: { authorization: `Bearer ${localKey}` }, pids: processTree(child.pid) },
		stop: child.stop,
	};
}

/** @param worker path of the worker's bundle, as it is shipped. */
export function relayAccounts(worker: string): Target {
	return {
		name: "relayAccounts",
		title: "Relay Accounts",
		note:
			"the worker bundle as it is shipped, started by `WorkerProxy` in a small Node process in the extension host's " +
			"place; guard, pool, failover and metering on, eight accounts, three of which can answer",
		start: (place) => startRelayAccounts(worker, place),
	};
}
