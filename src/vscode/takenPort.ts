import type { ProxyState } from "../bridge/protocol.ts";

/**
 * The port another program is known to hold, after a new state. A restart or a new try in between does not end the
 * trouble, so that one occurrence is told to people once.
 */
export function takenPortAfter(before: number | null, state: ProxyState): number | null {
	switch (state.kind) {
		case "portTaken":
			return state.port;
		case "starting":
		case "restarting":
			return before;
		default:
			return null;
	}
}
