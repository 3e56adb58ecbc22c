import { createServer } from "node:net";

/** Ports near the default are easy to recognise; they are tried before any other. */
const preferredPorts = { first: 14681, last: 14780 } as const;

/**
 * Finds a loopback port that nothing listens on.
 * @param avoid a port not to give, although it may have become free meanwhile.
 */
export async function findFreePort(
	avoid: number,
	preferred: { readonly first: number; readonly last: number } = preferredPorts,
): Promise<number> {
	for (let port = preferred.first; port <= preferred.last; port += 1) {
		if (port !== avoid && (await boundPort(port)) !== null) return port;
	}
	const given = await boundPort(0);
	if (given === null) throw new Error("No free port was found on 127.0.0.1.");
	return given;
}

/** Listens for a moment. Port 0 lets the system choose. Null when the port cannot be had. */
function boundPort(port: number): Promise<number | null> {
	return new Promise((resolve) => {
		const server = createServer();
		server.once("error", () => resolve(null));
		server.listen({ host: "127.0.0.1", port, exclusive: true }, () => {
			const address = server.address();
			const bound = address !== null && typeof address === "object" ? address.port : null;
			server.close(() => resolve(bound));
		});
	});
}
