import type { ProxyState } from "../bridge/protocol.ts";

/**
 * What clients are given as base URL. Without a path: the proxy answers with and without a version, so that this one
 * URL suits the clients of every format.
 */
export function localBaseUrl(port: number): string {
	return `http://127.0.0.1:${port}`;
}

/** The port that a state speaks of; null where it speaks of none. */
export function portOf(state: ProxyState): number | null {
	return "port" in state ? state.port : null;
}
