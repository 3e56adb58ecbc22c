import { isIP, type Socket } from "node:net";
import { OutboundProxyError } from "./outboundError.ts";
import { HandshakeReader } from "./outboundHandshake.ts";
import type { OutboundProxy } from "./outboundProxy.ts";

const version = 5;
const loginVersion = 1;
const connectCommand = 1;
const methods = { none: 0, login: 2, noneAcceptable: 0xff } as const;
const addressTypes = { ipv4: 1, name: 3, ipv6: 4 } as const;

/** RFC 1928, section 6. */
const replies = [
	"",
	"general failure",
	"not allowed",
	"network unreachable",
	"host unreachable",
	"connection refused",
	"too many hops",
	"command not supported",
	"address type not supported",
];

/**
 * The handshake of SOCKS 5 (RFC 1928) with user and password (RFC 1929). undici's agent for it would cut replies after
 * 300 s, keeps connections for 4 s and resumes no TLS session, so only the pools are undici's.
 */
export async function openSocks(
	socket: Socket,
	proxy: OutboundProxy,
	target: { readonly hostname: string; readonly port: number },
): Promise<void> {
	const reader = new HandshakeReader(socket);
	const offered = proxy.login === null ? [methods.none] : [methods.none, methods.login];
	socket.write(Buffer.from([version, offered.length, ...offered]));
	const [spoken, method] = await reader.take(2);
	if (spoken !== version) throw OutboundProxyError.refused(proxy.name, "no SOCKS 5", hostOf(target));
	if (method === methods.login && proxy.login !== null) {
		socket.write(loginRequest(proxy.login));
		const [, status] = await reader.take(2);
		if (status !== 0) throw OutboundProxyError.passwordAsked(proxy.name, "SOCKS 5");
	} else if (method !== methods.none) {
		throw OutboundProxyError.passwordAsked(proxy.name, "SOCKS 5");
	}
	socket.write(connectRequest(target));
	const [, reply = 0, , type = 0] = await reader.take(4);
	if (reply !== 0) throw OutboundProxyError.refused(proxy.name, replies[reply] ?? `reply ${reply}`, hostOf(target));
	// The address that the proxy goes out from, and its port.
	const length = type === addressTypes.name ? ((await reader.take(1))[0] ?? 0) : type === addressTypes.ipv6 ? 16 : 4;
	await reader.take(length + 2);
	reader.release();
}

function loginRequest({ user, password }: NonNullable<OutboundProxy["login"]>): Buffer {
	return Buffer.concat([Buffer.from([loginVersion]), counted(user), counted(password)]);
}

function connectRequest({ hostname, port }: { readonly hostname: string; readonly port: number }): Buffer {
	const portBytes = Buffer.from([port >> 8, port & 0xff]);
	return Buffer.concat([Buffer.from([version, connectCommand, 0]), addressOf(hostname), portBytes]);
}

function addressOf(hostname: string): Buffer {
	switch (isIP(hostname)) {
		case 4:
			return Buffer.from([addressTypes.ipv4, ...hostname.split(".").map(Number)]);
		case 6:
			return Buffer.concat([Buffer.from([addressTypes.ipv6]), ipv6Bytes(hostname)]);
		default:
			return Buffer.concat([Buffer.from([addressTypes.name]), counted(hostname)]);
	}
}

/** @param address as a URL has it: without dots. */
function ipv6Bytes(address: string): Buffer {
	const [head = "", tail] = address.split("::");
	const groups = (text: string) => (text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16)));
	const first = groups(head);
	const last = groups(tail ?? "");
	const zeros = Array.from({ length: 8 - first.length - last.length }, () => 0);
	return Buffer.from([...first, ...zeros, ...last].flatMap((group) => [group >> 8, group & 0xff]));
}

/** At most 255 bytes, with their count before them. */
function counted(text: string): Buffer {
	const bytes = Buffer.from(text).subarray(0, 255);
	return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

function hostOf({ hostname, port }: { readonly hostname: string; readonly port: number }): string {
	return `${hostname}:${port}`;
}
