import assert from "node:assert/strict";
import type { Outbound } from "../../../src/bridge/protocol.ts";
import { type Environment, type Way, wayTo } from "../../../src/proxy/outboundWay.ts";
import { straightOut } from "../../support/proxyUnderTest.ts";

const asVsCode: Outbound = { ...straightOut, proxySupport: "override" };
const relay = "https://relay.example";

interface Row {
	readonly name: string;
	readonly origin?: string;
	readonly own?: string;
	readonly outbound?: Partial<Outbound>;
	readonly environment?: Environment;
	/** `direct`, `undecided`, or the source, the proxy's scheme and its name. */
	readonly way: string;
}

const proxy = "http://proxy.example:3128";
const set = { proxy };
const bySetting = "http.proxy http proxy.example:3128";

const rows: readonly Row[] = [
	{ name: "nothing is set", way: "direct" },
	{ name: "nothing is set, but VS Code may know more", outbound: { hostMayKnowWay: true }, way: "undecided" },
	{ name: "http.proxy is set", outbound: set, way: bySetting },
	{ name: "http.proxy is set for http", origin: "http://relay.example", outbound: set, way: bySetting },
	{ name: "it is not to be supported", outbound: { ...set, proxySupport: "off" }, way: "direct" },
	{ name: "support is on", outbound: { ...set, proxySupport: "on" }, way: bySetting },
	{ name: "support is a fallback", outbound: { ...set, proxySupport: "fallback" }, way: bySetting },
	{
		name: "the proxy has no port",
		outbound: { proxy: "http://proxy.example" },
		way: "http.proxy http proxy.example:80",
	},
	{ name: "the proxy is secure", outbound: { proxy: "https://p.example/" }, way: "http.proxy https p.example:443" },
	{ name: "it is SOCKS", outbound: { proxy: "socks5://p.example" }, way: "http.proxy socks5 p.example:1080" },
	{
		name: "it is SOCKS by its short name",
		outbound: { proxy: "socks://p.example:1" },
		way: "http.proxy socks5 p.example:1",
	},
	{
		name: "it is SOCKS with names",
		outbound: { proxy: "socks5h://p.example:1" },
		way: "http.proxy socks5 p.example:1",
	},
	{
		name: "it has an IPv6 address",
		outbound: { proxy: "http://[fd00::1]:8080" },
		way: "http.proxy http [fd00::1]:8080",
	},
	{ name: "it is SOCKS 4", outbound: { proxy: "socks4://p.example" }, way: "unusable http.proxy" },
	{ name: "it is no URL", outbound: { proxy: "proxy.example" }, way: "unusable http.proxy" },
	...["localhost", "127.0.0.1:8080", "127.9.9.9", "[::1]:8080", "app.localhost"].map((host) => ({
		name: `the relay is ${host}`,
		origin: `http://${host}`,
		own: proxy,
		outbound: set,
		way: "direct",
	})),
	{ name: "a variable names it", environment: { https_proxy: proxy }, way: "environment http proxy.example:3128" },
	{
		name: "a variable has no scheme",
		environment: { HTTPS_PROXY: "p.example:1" },
		way: "environment http p.example:1",
	},
	{
		name: "a variable is for http",
		environment: { HTTP_PROXY: "http://p.example:1" },
		way: "environment http p.example:1",
	},
	{
		name: "a variable is for all",
		environment: { ALL_PROXY: "socks5://p.example" },
		way: "environment socks5 p.example:1080",
	},
	{
		name: "several variables are set",
		environment: { all_proxy: "http://a:1", http_proxy: "http://b:1", HTTPS_PROXY: "http://c:1", https_proxy: "" },
		way: "environment http c:1",
	},
	{
		name: "setting and variable differ",
		outbound: set,
		environment: { https_proxy: "http://p.example" },
		way: bySetting,
	},
	{
		name: "no support, but a variable",
		outbound: { proxySupport: "off" },
		environment: { https_proxy: proxy },
		way: "direct",
	},
	{ name: "the account has its own", own: "http://own.example:1", way: "account http own.example:1" },
	{
		name: "the account's goes before all",
		own: "http://own.example:1",
		outbound: set,
		way: "account http own.example:1",
	},
	{
		name: "the account's goes before no support and exemptions",
		own: "http://own.example:1",
		outbound: { proxySupport: "off", noProxy: ["*"] },
		way: "account http own.example:1",
	},
	{ name: "the account wants none", own: "direct", outbound: { ...set, hostMayKnowWay: true }, way: "direct" },
	{ name: "the account's is empty", own: " ", outbound: set, way: bySetting },
	{ name: "the account's is none", own: "ftp://own.example", outbound: set, way: "unusable account" },
];

/** Relay, entries, and whether the relay is exempt. */
const exemptions: readonly (readonly [origin: string, entries: readonly string[], isExempt: boolean])[] = [
	[relay, ["relay.example"], true],
	[relay, ["RELAY.example "], true],
	["https://relay.example.", ["relay.example"], true],
	["https://a.relay.example", ["relay.example"], true],
	["https://a.relay.example", [".relay.example"], true],
	[relay, [".relay.example"], true],
	["https://arelay.example", ["relay.example"], false],
	[relay, ["example"], true],
	[relay, ["other.example", "relay.example"], true],
	[relay, ["other.example"], false],
	[relay, ["*"], true],
	[relay, ["*.example"], false],
	[relay, ["", " "], false],
	[relay, ["relay.example:443"], true],
	[relay, ["relay.example:8443"], false],
	["https://relay.example:8443", ["relay.example:8443"], true],
	["http://relay.example", ["relay.example:80"], true],
	["http://192.168.1.5:8080", ["192.168.1.5"], true],
	["http://192.168.1.5:8080", ["192.168.1.0/24"], false],
	["http://[fd00::5]:8080", ["fd00::5"], true],
	["http://[fd00::5]:8080", ["[fd00::5]:8080"], true],
	["http://[fd00::5]:8080", ["[fd00::5]:81"], false],
];

function named(way: Way): string {
	if (way.kind === "direct") return way.undecided ? "undecided" : "direct";
	return way.kind === "unusable" ? `unusable ${way.source}` : `${way.source} ${way.proxy.scheme} ${way.proxy.name}`;
}

describe("the way to a relay", () => {
	for (const { name, origin = relay, own = null, outbound, environment = {}, way } of rows) {
		it(`is ${way} when ${name}`, () => {
			assert.equal(named(wayTo(origin, own, { ...asVsCode, ...outbound }, environment)), way);
		});
	}

	for (const [origin, noProxy, isExempt] of exemptions) {
		it(`passes ${isExempt ? "by" : "through"} the proxy to ${origin} with http.noProxy ${JSON.stringify(noProxy)}`, () => {
			const way = wayTo(origin, null, { ...asVsCode, ...set, noProxy }, {});
			assert.equal(named(way), isExempt ? "direct" : bySetting);
		});
	}

	it("takes no_proxy where http.noProxy has no entries, and only there", () => {
		const environment = { no_proxy: "other.example, relay.example" };
		assert.equal(named(wayTo(relay, null, { ...asVsCode, ...set }, environment)), "direct");
		assert.equal(named(wayTo(relay, null, { ...asVsCode, ...set, noProxy: ["x.example"] }, environment)), bySetting);
		assert.equal(named(wayTo(relay, null, { ...asVsCode, ...set }, { NO_PROXY: "*" })), "direct");
	});

	describe("to a proxy that wants a login", () => {
		const proxyOf = (outbound: Partial<Outbound>, own: string | null = null) => {
			const way = wayTo(relay, own, { ...asVsCode, ...outbound }, {});
			assert.equal(way.kind, "proxy");
			return way.kind === "proxy" ? way.proxy : assert.fail();
		};
		const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;

		it("decodes user and password of its URL", () => {
			const { authorization, login, name } = proxyOf({ proxy: "http://us%40er:p%3Aw%2F@proxy.example:1" });
			assert.equal(authorization, basic("us@er:p:w/"));
			assert.deepEqual(login, { user: "us@er", password: "p:w/" });
			assert.equal(name, "proxy.example:1");
		});
		it("takes a lone percent sign and a missing password as they are", () => {
			assert.equal(proxyOf({ proxy: "http://u:100%@proxy.example:1" }).authorization, basic("u:100%"));
			assert.equal(proxyOf({ proxy: "http://u@proxy.example:1" }).authorization, basic("u:"));
		});
		it("prefers http.proxyAuthorization", () => {
			const settings = { proxy: "http://u:p@proxy.example:1", proxyAuthorization: "Bearer token" };
			assert.equal(proxyOf(settings).authorization, "Bearer token");
		});
		it("keeps http.proxyAuthorization from an account's own proxy", () => {
			assert.equal(proxyOf({ proxyAuthorization: "Bearer token" }, "http://own.example:1").authorization, null);
		});
		it("sends no authorization that would break its header", () => {
			const settings = { proxy: "http://proxy.example:1", proxyAuthorization: "a\r\nb: c" };
			assert.equal(proxyOf(settings).authorization, null);
		});
	});
});
