import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { freePort } from "../../scripts/host/ports.ts";
import type { Format } from "../../src/accounts/account.ts";
import type { Via } from "../load/jobs.ts";
import { targetCore } from "../machine.ts";
import { type Child, startChild } from "../processes/child.ts";
import { processTree } from "../processes/processStats.ts";
import { directions, nameOf } from "../wire/directions.ts";
import type { RunningTarget, Target, TargetPlace, Ways } from "./target.ts";

const script = fileURLToPath(new URL("relayAccountsProcess.ts", import.meta.url));

/** One account of each format. */
export const labels: Readonly<Record<Format, string>> = {
	openai: "first",
	anthropic: "claude",
	gemini: "gemini",
	codex: "codex",
};

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
	const via = { port, headers: { authorization: `Bearer ${localKey}` }, pids: processTree(child.pid) };
	return { child, via, ways: waysOf(via), stop: child.stop };
}

/** The label of the account is named, so that no other answers. */
function waysOf(via: Via): Ways {
	return Object.fromEntries(
		directions.map(({ client, account }) => {
			const prefix = `${labels[account]}/`;
			return [nameOf({ client, account }), { ...via, way: { client, prefix } }];
		}),
	);
}

/** @param worker path of the worker's bundle, as it is shipped. */
export function relayAccounts(worker: string): Target {
	return {
		name: "relayAccounts",
		title: "Relay Accounts",
		note:
			"the worker bundle as it is shipped, started by `WorkerProxy` in a small Node process in the extension host's " +
			"place; guard, pool, failover and metering on, eight accounts, three of which speak OpenAI's format and can answer",
		start: (place) => startRelayAccounts(worker, place),
	};
}
