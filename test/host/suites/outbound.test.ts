import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import tls from "node:tls";
import { Agent } from "undici";
import { ConfigurationTarget, workspace } from "vscode";
import { requestSmall, Transport } from "../../../src/proxy/transport.ts";
import { answerHostFetch } from "../../../src/vscode/hostFetch.ts";
import { certificateFolderVariable } from "../../support/certificateFolder.ts";
import { type DemoRelay, startDemoRelay } from "../../support/demoRelay/demoRelay.ts";
import { type ProxyServer, startHttpProxy } from "../../support/outboundProxies.ts";
import type { Certificate } from "../../support/privateAuthority.ts";
import { type SecureFront, secureFront } from "../../support/secureFront.ts";
import { silentUpstream } from "../../support/silentUpstream.ts";
import { demoEntry, importAccounts, removeAccounts } from "../support/accounts.ts";
import { client, untilServing, wordsOf } from "../support/localPort.ts";
import { followLog } from "../support/storage.ts";
import { until } from "../support/until.ts";

/** Only the proxies of these tests know it. */
const farHost = "relay.example";
/** TEST-NET-1: no machine has a way to it. */
const nowhere = "192.0.2.1";

async function changeHttp(name: string, value: unknown): Promise<void> {
	await workspace.getConfiguration("http").update(name, value, ConfigurationTarget.Global);
}

describe("connections to relays", () => {
	let authority: string;
	let certificate: Certificate;
	let relay: DemoRelay;
	let front: SecureFront;
	before(async function () {
		const folder = process.env[certificateFolderVariable];
		// Only on Linux a test can have the system of one process trust an authority.
		if (folder === undefined) return this.skip();
		const text = (name: string) => readFileSync(join(folder, name), "utf8");
		authority = text("authority.pem");
		certificate = { key: text("relay.key"), cert: text("relay.pem") };
		await untilServing();
		relay = await startDemoRelay();
		front = await secureFront(certificate, relay.port);
	});
	afterEach(async () => {
		await removeAccounts();
		for (const name of ["proxy", "systemCertificates"]) await changeHttp(name, undefined);
	});
	after(async () => {
		await front?.close();
		await relay?.close();
	});

	const near = () => demoEntry("openai", `https://localhost:${front.port}`, { label: "Near" });
	const far = () => demoEntry("openai", `https://${farHost}`, { label: "Far" });

	it("trust an authority that only the system trusts, as long as http.systemCertificates is on", async () => {
		const flat = (pem: string) => pem.replace(/\s/g, "");
		assert.ok(!tls.getCACertificates("default").some((one) => flat(one) === flat(authority)));
		await importAccounts([near()]);
		const { chat } = await client("openai");
		const reply = await chat("say hi");
		assert.equal(reply.status, 200);
		assert.match(wordsOf("openai", reply.text), /say hi/);
		await changeHttp("systemCertificates", false);
		const refused = await until(async () => {
			const { status, text } = await chat("say hi");
			return status !== 200 && text;
		});
		assert.match(refused, /secure connection to localhost/);
	});

	it("are kept: 100 requests take a few", async () => {
		await importAccounts([near()]);
		const { chat } = await client("openai");
		const before = front.connections();
		for (let round = 0; round < 25; round += 1) {
			const replies = await Promise.all([1, 2, 3, 4].map((one) => chat(`say ${one}`)));
			assert.deepEqual(
				replies.map(({ status }) => status),
				[200, 200, 200, 200],
			);
		}
		assert.ok(front.connections() - before <= 8, `${front.connections() - before} connections`);
	});

	describe("through the proxy of http.proxy, which wants a password", () => {
		const login = "person:p@ss/word";
		let proxy: ProxyServer;
		beforeEach(async () => {
			proxy = await startHttpProxy({ hosts: { [`${farHost}:443`]: front.port }, login });
		});
		afterEach(() => proxy.close());

		it("reach the relay with it", async () => {
			await changeHttp("proxy", `http://person:${encodeURIComponent("p@ss/word")}@127.0.0.1:${proxy.port}`);
			await importAccounts([far()]);
			const reply = await (await client("openai")).chat("say hi");
			assert.equal(reply.status, 200);
			assert.match(wordsOf("openai", reply.text), /say hi/);
			assert.ok(proxy.asked.includes(`CONNECT ${farHost}:443`));
			assert.ok(proxy.logins.includes(login));
		});

		it("say without it that it was the proxy, and never tell a password", async () => {
			await changeHttp("proxy", `http://person:${encodeURIComponent("p@ss/word")}@127.0.0.1:${proxy.port}`);
			await importAccounts([far()]);
			const log = followLog();
			await changeHttp("proxy", `http://person:wrong-secret@127.0.0.1:${proxy.port}`);
			const { chat } = await client("openai");
			const refused = await until(async () => {
				const { status, text } = await chat("say hi");
				return status !== 200 && text;
			});
			assert.match(refused, /The proxy 127\.0\.0\.1:\d+ wants another user name and password \(407\)/);
			await until(() => log.text().includes("wants another user name"));
			assert.ok(!/wrong-secret|p@ss|p%40ss/.test(refused + log.text()));
		});
	});

	it("are not cut when a reply is silent for six minutes", async () => {
		const upstream = await silentUpstream();
		const transport = new Transport({ log: () => {}, askHost: (_, port) => port.close() });
		try {
			assert.equal(await upstream.outcomeBy(new Agent()), "UND_ERR_HEADERS_TIMEOUT");
			assert.equal(await upstream.outcomeBy(transport.to(upstream.origin, null)), "at last");
		} finally {
			await transport.destroy();
			await upstream.close();
		}
	});

	it("go by VS Code's own fetch where only VS Code knows the proxy", async () => {
		const proxy = await startHttpProxy({ hosts: { [`${nowhere}:443`]: front.port } });
		const log: string[] = [];
		const transport = new Transport({
			log: (_, message) => log.push(message),
			askHost: answerHostFetch,
			environment: {},
		});
		// As with a PAC script or a proxy of the system: VS Code knows it, and what the transport is told does not name it.
		const outbound = {
			proxy: "",
			noProxy: [],
			proxySupport: "override",
			strictSSL: true,
			proxyAuthorization: null,
		} as const;
		transport.configure({ ...outbound, systemCertificates: true, hostMayKnowWay: true }, 500);
		try {
			await changeHttp("proxy", `http://127.0.0.1:${proxy.port}`);
			const get = () =>
				requestSmall(transport.to(`https://${nowhere}`, null), {
					url: `https://${nowhere}/v1/models`,
					method: "GET",
					headers: { authorization: `Bearer ${demoEntry("openai", "").apiKey}` },
					limit: 100_000,
					signal: new AbortController().signal,
				});
			// The change of the setting takes a moment to reach VS Code's fetch.
			const reply = await until(() => get().catch(() => null));
			assert.equal(reply.status, 200);
			assert.match(reply.body, /demo-openai-large/);
			assert.ok(proxy.asked.includes(`CONNECT ${nowhere}:443`));
			assert.ok(log.some((line) => line.includes("VS Code knows a way")));
		} finally {
			await transport.destroy();
			await proxy.close();
		}
	});
});
