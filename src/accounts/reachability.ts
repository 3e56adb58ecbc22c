import { connect } from "node:net";

type Reachability =
	| { readonly kind: "reachable" }
	/** The system's error code, for example ENOTFOUND, ECONNREFUSED or ETIMEDOUT. */
	| { readonly kind: "unreachable"; readonly code: string };

/**
 * One TCP connection to a relay's host, closed at once. Goes straight to the host, past any proxy. Never rejects.
 * @param baseUrl normalised.
 */
export function reach(baseUrl: string, milliseconds: number): Promise<Reachability> {
	const { hostname, port, protocol } = new URL(baseUrl);
	return new Promise((resolve) => {
		const socket = connect({
			host: hostname.replace(/^\[|\]$/g, ""),
			port: port === "" ? (protocol === "https:" ? 443 : 80) : Number(port),
		});
		const finish = (result: Reachability) => {
			clearTimeout(clock);
			socket.destroy();
			resolve(result);
		};
		const clock = setTimeout(() => finish({ kind: "unreachable", code: "ETIMEDOUT" }), milliseconds);
		socket.once("connect", () => finish({ kind: "reachable" }));
		// Stays for good: a socket that is being destroyed may still report an error.
		socket.on("error", (error: NodeJS.ErrnoException) =>
			finish({ kind: "unreachable", code: error.code ?? "UNKNOWN" }),
		);
	});
}
