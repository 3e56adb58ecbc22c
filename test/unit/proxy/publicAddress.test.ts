import assert from "node:assert/strict";
import { isPublicAddress } from "../../../src/proxy/publicAddress.ts";

const kinds: Readonly<Record<string, readonly string[]>> = {
	loopback: ["127.0.0.1", "127.255.255.254", "::1", "0:0:0:0:0:0:0:1"],
	unspecified: ["0.0.0.0", "0.1.2.3", "::"],
	"private networks": ["10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.1.1"],
	"unique local": ["fc00::1", "fd12:3456:789a::1"],
	"link-local": ["169.254.1.1", "fe80::1", "febf::1", "fe80::1%eth0", "fec0::1"],
	"the metadata of clouds": ["169.254.169.254", "fd00:ec2::254"],
	"behind a carrier's NAT": ["100.64.0.1", "100.127.255.255"],
	"multicast and broadcast": ["224.0.0.1", "239.255.255.255", "255.255.255.255", "240.0.0.1", "ff02::1"],
	"kept for special use": ["192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "2001:db8::1"],
	"IPv4 within IPv6": [
		...["::ffff:127.0.0.1", "::ffff:7f00:1", "::FFFF:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0:1"],
		...["::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "64:ff9b::1:2:3"],
		...["2002:7f00:1::", "2002:a00:1::1", "2001:0:53aa:64c::1"],
	],
	"no address at all": ["", "localhost", "127.1", "example.com", "[::1]", "8.8.8.8:80", "::ffff:8.8.8.8%1"],
};

describe("public addresses", () => {
	for (const [kind, addresses] of Object.entries(kinds)) {
		it(`are not: ${kind}`, () => {
			assert.deepEqual(addresses.filter(isPublicAddress), []);
		});
	}

	it("are all others", () => {
		const addresses = [
			...["8.8.8.8", "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "172.15.255.255"],
			...["172.32.0.1", "192.167.255.255", "192.169.0.0", "169.253.1.1", "223.255.255.255", "198.20.0.1"],
			...["2606:4700::1111", "2a00:1450:4001:801::200e", "2001:4860:4860::8888"],
			...["::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "64:ff9b::808:808"],
		];
		assert.deepEqual(
			addresses.filter((address) => !isPublicAddress(address)),
			[],
		);
	});
});
