import assert from "node:assert/strict";
import { once } from "node:events";
import type { RequestListener, ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import tls from "node:tls";
import { Agent } from "undici";
import { codeOf, networkErrorText, networkFault } from "../../../src/proxy/networkError.ts";
import { type ProxyServer, startHttpProxy, startSocksProxy } from "../../support/outboundProxies.ts";
import { type Certificate, type PrivateAuthority, privateAuthority } from "../../support/privateAuthority.ts";
import { silentUpstream } from "../../support/silentUpstream.ts";
import {
	type CountingRelay,
	openTransport,
	relayHost,
	startRelay,
	type TransportUnderTest,
} from "./transportFixture.ts";

const login = "us@er:p:w/%";
const loginInUrl = "us%40er:p%3Aw%2F%25";
const greet: RequestListener = (request, response) => response.end(`${request.method} ${request.url}`);

describe("the transport", () => {
	const ending: { close(): Promise<void> }[] = [];
	let authority: PrivateAuthority;
	let certificate: Certificate;
	let trusted: string[];
	let under: TransportUnderTest;

	before(() => {
		authority = privateAuthority();
		certificate = authority.issue([relayHost, "localhost", "127.0.0.1"]);
		trusted = tls.getCACertificates("default");
	});
	beforeEach(() => {
		tls.setDefaultCACertificates([...trusted, authority.certificate]);
		under = openTransport();
	});
	afterEach(async () => {
		await under.transport.destroy();
		await Promise.all(ending.splice(0).map((server) => server.close()));
		tls.setDefaultCACertificates(trusted);
	});

	const owned = async <T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
		const server = await starting;
		ending.push(server);
		return server;
	};
	const relay = (secure?: Certificate, answer = greet): Promise<CountingRelay> => owned(startRelay(answer, secure));
	const known = (relayPort: number) => ({ [`${relayHost}:443`]: relayPort, [`${relayHost}:80`]: relayPort });

	describe("reuses connections", () => {
		/** How the relay is reached: its URL, and the settings. */
		const ways: Readonly<Record<string, (secure: boolean) => Promise<{ relay: CountingRelay; url: string }>>> = {
			directly: async (secure) => {
				const server = await relay(secure ? certificate : undefined);
				return { relay: server, url: `${secure ? "https" : "http"}://localhost:${server.port}` };
			},
			"through an http proxy": async (secure) => {
				const server = await relay(secure ? certificate : undefined);
				const proxy = await owned(startHttpProxy({ hosts: known(server.port), login }));
				under.configure({ proxy: `http://${loginInUrl}@127.0.0.1:${proxy.port}` });
				return { relay: server, url: `${secure ? "https" : "http"}://${relayHost}` };
			},
			"through an https proxy": async (secure) => {
				const server = await relay(secure ? certificate : undefined);
				const proxy = await owned(startHttpProxy({ hosts: known(server.port), login, secure: certificate }));
				under.configure({ proxy: `https://${loginInUrl}@localhost:${proxy.port}` });
				return { relay: server, url: `${secure ? "https" : "http"}://${relayHost}` };
			},
			"through a SOCKS proxy": async (secure) => {
				const server = await relay(secure ? certificate : undefined);
				const proxy = await owned(startSocksProxy({ hosts: known(server.port), login }));
				under.configure({ proxy: `socks5://${loginInUrl}@127.0.0.1:${proxy.port}` });
				return { relay: server, url: `${secure ? "https" : "http"}://${relayHost}` };
			},
		};
		for (const [way, open] of Object.entries(ways)) {
			for (const secure of [true, false]) {
				it(`${way} to ${secure ? "an https" : "an http"} relay: 100 requests on a few`, async () => {
					const { relay, url } = await open(secure);
					for (let round = 0; round < 25; round += 1) {
						const replies = await Promise.all([1, 2, 3, 4].map((one) => under.get(`${url}/v1/${one}?a=b`)));
						assert.deepEqual(
							replies.map(({ status, body }) => `${status} ${body}`),
							[1, 2, 3, 4].map((one) => `200 GET /v1/${one}?a=b`),
						);
					}
					// A connection is free again a moment after its reply was read, so up to two for each request at once. The proxy
					// of these tests opens one for each plain request itself.
					if (secure || way === "directly") assert.ok(relay.connections() <= 8, `${relay.connections()} connections`);
				});
			}
		}

		it("and resumes TLS sessions on new ones", async () => {
			const server = await relay(certificate, (_, response) => response.setHeader("connection", "close").end("."));
			for (let count = 0; count < 3; count += 1) await under.get(`https://localhost:${server.port}`);
			assert.equal(server.connections(), 3);
			assert.equal(server.resumed(), 2);
		});
	});

	describe("and a proxy", () => {
		let server: CountingRelay;
		let proxy: ProxyServer;
		beforeEach(async () => {
			server = await relay(certificate);
			proxy = await owned(startHttpProxy({ hosts: known(server.port) }));
		});

		it("takes it from the environment", async () => {
			const own = openTransport({ environment: { https_proxy: `http://127.0.0.1:${proxy.port}` } });
			assert.equal((await own.get(`https://${relayHost}/v1`)).body, "GET /v1");
			assert.deepEqual(proxy.asked, [`CONNECT ${relayHost}:443`]);
			await own.transport.destroy();
		});
		it("takes the account's own, for that account alone", async () => {
			const other = await owned(startSocksProxy({ hosts: known(server.port) }));
			under.configure({ proxy: `http://127.0.0.1:${proxy.port}` });
			await under.get(`https://${relayHost}/v1`, { own: `socks5://127.0.0.1:${other.port}` });
			assert.deepEqual([proxy.asked.length, other.asked.length], [0, 1]);
			await under.get(`https://${relayHost}/v1`);
			assert.deepEqual([proxy.asked.length, other.asked.length], [1, 1]);
		});
		it("goes past it where http.noProxy says so, and to this machine", async () => {
			under.configure({ proxy: `http://127.0.0.1:${proxy.port}`, noProxy: [relayHost] }, 1_000);
			await assert.rejects(under.get(`https://${relayHost}:1/v1`));
			await under.get(`https://localhost:${server.port}/v1`);
			assert.deepEqual(proxy.asked, []);
		});
		it("sends http.proxyAuthorization", async () => {
			const strict = await owned(startHttpProxy({ hosts: known(server.port), login: "a:b" }));
			const proxyAuthorization = `Basic ${Buffer.from("a:b").toString("base64")}`;
			under.configure({ proxy: `http://127.0.0.1:${strict.port}`, proxyAuthorization });
			assert.equal((await under.get(`https://${relayHost}`)).status, 200);
		});
		it("sends the body and the headers of a plain request along, and never its own login", async () => {
			const seen: unknown[] = [];
			const plain = await relay(undefined, async (request, response) => {
				const body = (await request.toArray()).join("");
				seen.push([request.method, request.url, request.headers.host, request.headers["x-test"], body]);
				seen.push(request.headers["proxy-authorization"]);
				response.end();
			});
			const strict = await owned(startHttpProxy({ hosts: known(plain.port), login }));
			under.configure({ proxy: `http://${loginInUrl}@127.0.0.1:${strict.port}` });
			await under.get(`http://${relayHost}/v1?q=1`, { body: "{}" });
			assert.deepEqual(seen, [["POST", "/v1?q=1", relayHost, "1", "{}"], undefined]);
			assert.deepEqual(strict.asked, [`POST http://${relayHost}/v1?q=1`]);
		});
		it("logs by which way a relay is reached, without the proxy's password", async () => {
			under.configure({ proxy: `http://user:secret@127.0.0.1:${proxy.port}` });
			await under.get(`https://${relayHost}/v1`);
			assert.deepEqual(under.log, [
				`debug: ${relayHost} is reached through the proxy 127.0.0.1:${proxy.port} (http.proxy).`,
			]);
		});
	});

	describe("names the proxy as the one who failed:", () => {
		const errorOf = async (url: string, own: string | null = null) => {
			const error: unknown = await under.get(url, { own }).then(
				() => assert.fail("It was answered."),
				(reason: unknown) => reason,
			);
			const text = networkErrorText(error, relayHost);
			assert.ok(!/secret/.test(`${text} ${String(error)}`), text);
			return { code: codeOf(error), text, fault: networkFault(error, url, 0) };
		};
		const starters = { http: startHttpProxy, socks5: startSocksProxy } as const;
		for (const scheme of ["http", "socks5"] as const) {
			for (const [given, user] of [
				["another password", "user:secret@"],
				["none", ""],
			] as const) {
				it(`a proxy for ${scheme} that wants a login and gets ${given}`, async () => {
					const proxy = await owned(starters[scheme]({ hosts: {}, login }));
					under.configure({ proxy: `${scheme}://${user}127.0.0.1:${proxy.port}` });
					const reason = scheme === "http" ? "407" : "SOCKS 5";
					const name = `127.0.0.1:${proxy.port}`;
					const { code, text, fault } = await errorOf(`https://${relayHost}/v1`);
					assert.equal(code, "OUTBOUND_PROXY_AUTHENTICATION");
					assert.equal(text, `The proxy ${name} wants another user name and password (${reason}).`);
					assert.deepEqual(fault, { kind: "outboundProxy", trouble: "passwordAsked", proxy: name, reason });
				});
			}
			it(`a proxy for ${scheme} that does not reach the relay`, async () => {
				const proxy = await owned(starters[scheme]({ hosts: {} }));
				under.configure({ proxy: `${scheme}://127.0.0.1:${proxy.port}` });
				const { code, text } = await errorOf(`https://${relayHost}/v1`);
				assert.equal(code, "OUTBOUND_PROXY_REFUSED");
				const reason = scheme === "http" ? "502" : "host unreachable";
				assert.equal(text, `The proxy 127.0.0.1:${proxy.port} made no connection to ${relayHost}:443 (${reason}).`);
			});
			it(`a proxy for ${scheme} that is not there`, async () => {
				const proxy = await starters[scheme]({ hosts: {} });
				await proxy.close();
				under.configure({ proxy: `${scheme}://user:secret@127.0.0.1:${proxy.port}` });
				const { code, text } = await errorOf(`https://${relayHost}/v1`);
				assert.equal(code, "OUTBOUND_PROXY_UNREACHABLE");
				assert.equal(text, `The proxy 127.0.0.1:${proxy.port} could not be reached (ECONNREFUSED).`);
			});
			for (const [does, onConnection] of [
				["hangs up", (socket: Socket) => socket.end()],
				["says nothing", () => {}],
				["speaks something else", (socket: Socket) => socket.write("220 mail.example\r\n\r\n")],
			] as const) {
				it(`a proxy for ${scheme} that ${does}`, async () => {
					const server = createTcpServer((socket) => onConnection(socket.on("error", () => {})));
					server.listen(0, "127.0.0.1");
					await once(server, "listening");
					under.configure(
						{ proxy: `${scheme}://user:secret@127.0.0.1:${(server.address() as AddressInfo).port}` },
						300,
					);
					const { code } = await errorOf(`https://${relayHost}/v1`);
					assert.match(code, /^OUTBOUND_PROXY_(?:UNREACHABLE|REFUSED)$/);
					server.close();
				});
			}
		}
		it("an http proxy that wants a login for a plain request", async () => {
			const proxy = await owned(startHttpProxy({ hosts: {}, login }));
			under.configure({ proxy: `http://127.0.0.1:${proxy.port}` });
			assert.equal((await errorOf(`http://${relayHost}/v1`)).code, "OUTBOUND_PROXY_AUTHENTICATION");
		});
		it("an https proxy whose certificate nobody trusts", async () => {
			const proxy = await owned(startHttpProxy({ hosts: {}, secure: certificate }));
			tls.setDefaultCACertificates(trusted);
			under.configure({ proxy: `https://localhost:${proxy.port}` });
			const { code, text } = await errorOf(`https://${relayHost}/v1`);
			assert.equal(code, "OUTBOUND_PROXY_UNREACHABLE");
			assert.match(text, /UNABLE_TO_|SELF_SIGNED/);
		});
		it("a setting that is no proxy", async () => {
			under.configure({ proxy: "socks4://user:secret@127.0.0.1:1" });
			const { code, text, fault } = await errorOf(`https://${relayHost}/v1`);
			assert.equal(code, "OUTBOUND_PROXY_UNUSABLE");
			assert.match(text, /^The proxy set in http\.proxy cannot be used/);
			assert.deepEqual(fault, { kind: "outboundProxy", trouble: "unusable", proxy: "http.proxy", reason: "" });
			assert.equal((await errorOf(`https://${relayHost}/v1`, "ftp://x")).code, "OUTBOUND_PROXY_UNUSABLE");
		});
		it("but the relay where it was the relay", async () => {
			const server = await relay(privateAuthority().issue([relayHost]));
			const proxy = await owned(startHttpProxy({ hosts: known(server.port) }));
			under.configure({ proxy: `http://127.0.0.1:${proxy.port}` });
			assert.equal((await errorOf(`https://${relayHost}/v1`)).fault.kind, "tls");
		});
	});

	describe("trusts a relay's certificate", () => {
		it("of an authority that Node was told of, and no other", async () => {
			const server = await relay(certificate);
			const other = await relay(privateAuthority().issue(["localhost"]));
			assert.equal((await under.get(`https://localhost:${server.port}`)).status, 200);
			await assert.rejects(under.get(`https://localhost:${other.port}`), { code: /UNABLE_TO_/ });
		});
		it("of anybody for another host, never", async () => {
			const server = await relay(authority.issue(["other.example"]));
			await assert.rejects(under.get(`https://localhost:${server.port}`), { code: "ERR_TLS_CERT_ALTNAME_INVALID" });
		});
		it("of anybody at all once http.proxyStrictSSL is off, which is logged", async () => {
			const server = await relay(privateAuthority().issue(["other.example"]));
			under.configure({ strictSSL: false });
			assert.equal((await under.get(`https://localhost:${server.port}`)).status, 200);
			assert.match(under.log[0] ?? "", /^warn: http\.proxyStrictSSL is off/);
		});
		it("all the same after the secure context was built early", async () => {
			const server = await relay(certificate);
			under.transport.warmUp();
			assert.equal((await under.get(`https://localhost:${server.port}`)).status, 200);
		});
	});

	describe("when settings change", () => {
		it("keeps what did not: the same connections go on", () => {
			const before = under.transport.to("https://a.example", null);
			under.configure({});
			assert.equal(under.transport.to("https://a.example", null), before);
			assert.notEqual(under.transport.to("https://a.example", "http://own.example"), before);
		});

		it("lets a running reply end on its old way, closes that then, and sends new requests by the new one", async () => {
			const waiting: ServerResponse[] = [];
			const server = await relay(certificate, (request, response) => {
				if (request.url !== "/stream") response.end("whole");
				else waiting.push(response.writeHead(200).flushHeaders() ?? response);
			});
			const [first, second] = await Promise.all([1, 2].map(() => owned(startHttpProxy({ hosts: known(server.port) }))));
			under.configure({ proxy: `http://127.0.0.1:${first?.port}` });
			const origin = `https://${relayHost}`;
			const old = under.transport.to(origin, null);
			const { body } = await old.request({ origin, path: "/stream", method: "GET" });
			under.configure({ proxy: `http://127.0.0.1:${second?.port}` });
			assert.equal((await under.get(`${origin}/whole`)).body, "whole");
			assert.deepEqual([first?.asked.length, second?.asked.length], [1, 1]);
			waiting[0]?.write("first ");
			const text = body.text();
			waiting[0]?.end("last");
			assert.equal(await text, "first last");
			await assert.rejects(old.request({ origin, path: "/whole", method: "GET" }));
		});
	});

	it("cuts no reply that is silent for six minutes, before or after its headers", async () => {
		const upstream = await silentUpstream();
		try {
			// What it would be without our settings; so the clock below is the one that cuts.
			assert.equal(await upstream.outcomeBy(new Agent()), "UND_ERR_HEADERS_TIMEOUT");
			assert.equal(await upstream.outcomeBy(new Agent({ headersTimeout: 0 })), "UND_ERR_BODY_TIMEOUT");
			assert.equal(await upstream.outcomeBy(under.transport.to(upstream.origin, null)), "at last");
		} finally {
			await upstream.close();
		}
	});
});
