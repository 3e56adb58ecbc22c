import assert from "node:assert/strict";
import { type Format, formats } from "../../../src/accounts/account.ts";
import { usualTiming } from "../../../src/proxy/timing.ts";
import { type DemoRelay, startDemoRelay } from "../../support/demoRelay/demoRelay.ts";
import { user } from "../../support/matrix/ask.ts";
import { drivers } from "../../support/matrix/drivers.ts";
import { playPairs } from "../../support/matrix/matrix.ts";
import { type Pair, pairs } from "../../support/matrix/table.ts";
import { Tap } from "../../support/matrix/tap.ts";
import { demoRelays, type ProxyUnderTest, startProxy } from "../../support/proxyUnderTest.ts";

const beats: Readonly<Record<Format, RegExp>> = {
	openai: /^: /gm,
	codex: /^: /gm,
	gemini: /^: /gm,
	anthropic: /^event: ping$/gm,
};

describe("silence, translated", () => {
	let relay: DemoRelay;
	const proxies = new Map<Format, ProxyUnderTest>();
	before(async () => {
		relay = await startDemoRelay();
		for (const format of formats) {
			const timing = { ...usualTiming, longestHold: 40, keepAlive: 40 };
			proxies.set(format, await startProxy(demoRelays(relay.origin, [format]), {}, timing));
		}
	});
	after(async () => {
		for (const proxy of proxies.values()) await proxy.close();
		await relay.close();
	});

	function ask({ client, account }: Pair, text: string, fetch: typeof globalThis.fetch) {
		const driver = drivers.find((one) => one.client === client && one.official);
		const proxy = proxies.get(account);
		assert.ok(driver && proxy);
		const { origin, localKey: apiKey } = proxy;
		const model = `demo-${account}-large`;
		return driver.send({ turns: [user(text)] }, { origin, apiKey, model, stream: true, fetch });
	}

	playPairs("signs of life", "a client whose account is slow is shown life", pairs, async (pair) => {
		const tap = new Tap();
		const { text } = await ask(pair, "[slow 130][say It rains.]", tap.fetch);
		assert.equal(text, "It rains.");
		const { reply } = await tap.last();
		assert.ok((reply.match(beats[pair.client]) ?? []).length >= 2, reply);
	});

	playPairs("clients that leave", "the account is told to stop", pairs, async (pair) => {
		const leaving = new AbortController();
		const asked = ask(pair, "[long 5][silent 4]", async (url, init) => {
			const response = await fetch(url, { ...init, signal: leaving.signal });
			leaving.abort();
			return response;
		});
		await assert.rejects(asked);
		assert.equal(await relay.requests.at(-1)?.aborted, true);
	});
});
