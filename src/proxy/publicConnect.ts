import { lookup } from "node:dns/promises";
import type { Socket } from "node:net";
import { OutboundProxyError } from "./outboundError.ts";
import { type Connect, tunnelThrough } from "./outboundTunnel.ts";
import type { Way } from "./outboundWay.ts";
import { isPublicAddress } from "./publicAddress.ts";

/** Which addresses a host name has, and which of them may be connected to. */
export interface AddressRules {
	/** Of a name or an address. The most promising first. Rejects where there is none. */
	readonly addressesOf: (hostname: string) => Promise<readonly string[]>;
	readonly isAllowed: (address: string) => boolean;
}

/** The hosts that anybody can reach. What this machine alone can reach is nobody else's business. */
export const publicInternet: AddressRules = {
	// IPv4 first: where IPv6 leads nowhere the failure takes long to show, the other way round it does not.
	addressesOf: async (hostname) =>
		(await lookup(hostname, { all: true, order: "ipv4first" })).map(({ address }) => address),
	isAllowed: isPublicAddress,
};

/** None of a host's addresses may be connected to. */
export class ForbiddenAddress extends Error {
	readonly code = "FORBIDDEN_ADDRESS";

	constructor(hostname: string) {
		super(`${hostname} has no public address`);
	}
}

interface PublicConnectParts {
	readonly way: (origin: string) => Way;
	/** To a proxy, to an address, and over a tunnel. */
	readonly connect: Connect;
	/** Milliseconds for a proxy's part; 0 for no limit. */
	readonly timeout: number;
	readonly rules: AddressRules;
}

/**
 * Connections for URLs that somebody else has named. The host's addresses are looked up here and checked, and one that was
 * checked is what is connected to: a name that changes its address between the two gains nothing. So it is through a proxy
 * as well, which is asked for the address and not for the name. What only VS Code knows a way to is not reached: there the
 * address cannot be chosen.
 */
export function publicConnect(parts: PublicConnectParts): Connect {
	return (options, callback) => {
		open(parts, options).then(
			(socket) => callback(null, socket),
			(error: Error) => callback(error, null),
		);
	};
}

async function open({ way, connect, timeout, rules }: PublicConnectParts, options: ConnectOptions): Promise<Socket> {
	const chosen = way(`${options.protocol}//${options.host}`);
	if (chosen.kind === "unusable") throw OutboundProxyError.unusable(chosen.source);
	const all = await rules.addressesOf(options.hostname);
	const addresses = all.filter(rules.isAllowed);
	if (addresses.length === 0) throw new ForbiddenAddress(options.hostname);
	const connectTo = chosen.kind === "proxy" ? tunnelThrough(chosen.proxy, connect, timeout) : connect;
	let failure: unknown;
	for (const address of addresses) {
		try {
			// `host` stays the name: TLS asks for it and checks the certificate by it.
			return await connected(connectTo, { ...options, hostname: address });
		} catch (error) {
			failure = error;
		}
	}
	throw failure;
}

function connected(connect: Connect, options: ConnectOptions): Promise<Socket> {
	return new Promise((resolve, reject) => {
		connect(options, (...[error, socket]) => {
			if (error === null) resolve(socket);
			else reject(error);
		});
	});
}

type ConnectOptions = Parameters<Connect>[0];
