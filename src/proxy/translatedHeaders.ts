import type { Exchange } from "./exchange.ts";

/** With which clients ask for what their own format has not settled yet. */
const betaHeaders = ["anthropic-beta", "openai-beta"];

/**
 * What goes to an account of another format: none of the client's headers but its name, for they are about its own format.
 * Names and values in turn. No compression is asked for: every byte is read here.
 */
export function translatedHeaders({ request }: Exchange, accept: string): readonly string[] {
	const agent = request.headers["user-agent"];
	const named = agent === undefined ? [] : ["user-agent", agent];
	return [...named, "accept", accept, "content-type", "application/json"];
}

/** Headers of the client that would change what it gets, and are lost. */
export function lostHeaders({ request }: Exchange): readonly string[] {
	return betaHeaders.filter((name) => request.headers[name] !== undefined);
}
