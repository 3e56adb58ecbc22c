import { BlockList, isIP } from "node:net";

/** IANA's special-purpose registries (RFC 6890 and its successors): nothing of this is a host of the public internet. */
const privateIpv4 = [
	["0.0.0.0", 8],
	["10.0.0.0", 8],
	// Behind a carrier's NAT.
	["100.64.0.0", 10],
	["127.0.0.0", 8],
	// Link-local; clouds hand out their machines' credentials at 169.254.169.254.
	["169.254.0.0", 16],
	["172.16.0.0", 12],
	["192.0.0.0", 24],
	["192.0.2.0", 24],
	["192.88.99.0", 24],
	["192.168.0.0", 16],
	["198.18.0.0", 15],
	["198.51.100.0", 24],
	["203.0.113.0", 24],
	// Multicast, and all above it.
	["224.0.0.0", 3],
] as const;

/** Of the one block from which addresses are given out, 2000::/3. */
const privateIpv6 = [
	// Teredo, benchmarking, ORCHID.
	["2001::", 23],
	["2001:db8::", 32],
	// 6to4: an IPv4 address is within, of any kind.
	["2002::", 16],
	["3fff::", 20],
] as const;

const privateAddresses = new BlockList();
for (const [net, prefix] of privateIpv4) privateAddresses.addSubnet(net, prefix, "ipv4");
for (const [net, prefix] of privateIpv6) privateAddresses.addSubnet(net, prefix, "ipv6");

const givenOut = new BlockList();
givenOut.addSubnet("2000::", 3, "ipv6");

/** IPv6 addresses that stand for the IPv4 address in their last 32 bits: IPv4-mapped, and NAT64 (RFC 6052). */
const carriers = ["::ffff:", "64:ff9b::"];

/**
 * Whether an address is one that anybody on the internet can reach. What is not known to be is not.
 * @param address without brackets.
 */
export function isPublicAddress(address: string): boolean {
	switch (isIP(address)) {
		case 4:
			return !privateAddresses.check(address, "ipv4");
		case 6: {
			// With a zone (`%eth0`) it is one of this link.
			if (address.includes("%")) return false;
			const carried = carriedIpv4(address);
			if (carried !== null) return isPublicAddress(carried);
			return givenOut.check(address, "ipv6") && !privateAddresses.check(address, "ipv6");
		}
		default:
			return false;
	}
}

function carriedIpv4(address: string): string | null {
	// URL writes every address in its one shortest form, without dots.
	const shortest = new URL(`http://[${address}]`).hostname.slice(1, -1);
	const carrier = carriers.find((prefix) => shortest.startsWith(prefix));
	if (carrier === undefined) return null;
	const groups = shortest.slice(carrier.length).split(":");
	if (groups.length > 2 || groups.includes("")) return null;
	const [high = 0, low = 0] = groups.length === 2 ? groups.map(hex) : [0, ...groups.map(hex)];
	return [high >> 8, high & 0xff, low >> 8, low & 0xff].join(".");
}

function hex(group: string): number {
	return Number.parseInt(group, 16);
}
