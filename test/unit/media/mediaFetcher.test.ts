import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer as createTcpServer } from "node:net";
import tls from "node:tls";
import { Untranslatable } from "../../../src/formats/translation.ts";
import { type FetchedMedia, type MediaAddress, mediaFetcher, mediaLimits } from "../../../src/proxy/mediaFetcher.ts";
import { type AddressRules, publicInternet } from "../../../src/proxy/publicConnect.ts";
import { type ProxyServer, startHttpProxy, startSocksProxy } from "../../support/outboundProxies.ts";
import { privateAuthority } from "../../support/privateAuthority.ts";
import { type CountingRelay, openTransport, startRelay, type TransportUnderTest } from "../proxy/transportFixture.ts";

const png = Buffer.from("\x89PNG\r\n\x1a\nthe rest of it", "latin1");
type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Names that stand for this machine, and one that stands for it as well as for others. */
const names: Readonly<Record<string, readonly string[]>> = {
	"media.example": ["127.0.0.1"],
	"dead-first.example": ["127.0.0.9", "127.0.0.1"],
	"both.example": ["10.0.0.7", "127.0.0.1"],
	"inner.example": ["10.0.0.7"],
};
const testRules: AddressRules = {
	addressesOf: (hostname) => {
		const known = names[hostname];
		return known === undefined ? publicInternet.addressesOf(hostname) : Promise.resolve(known);
	},
	isAllowed: (address) => address.startsWith("127."),
};

describe("media that are fetched", () => {
	const ending: { close(): Promise<void> }[] = [];
	const seen: IncomingMessage[] = [];
	let under: TransportUnderTest;
	let server: CountingRelay;
	let answer: Answer;

	beforeEach(async () => {
		under = openTransport();
		seen.length = 0;
		answer = (_, response) => response.setHeader("content-type", "image/png").end(png);
		server = await owned(
			startRelay((request, response) => {
				seen.push(request);
				answer(request, response);
			}),
		);
	});
	afterEach(async () => {
		await under.transport.destroy();
		await Promise.all(ending.splice(0).map((each) => each.close()));
	});

	const owned = async <T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
		const started = await starting;
		ending.push(started);
		return started;
	};
	interface Changes {
		readonly rules?: AddressRules;
		readonly limits?: Partial<typeof mediaLimits>;
		readonly isOn?: boolean;
		readonly signal?: AbortSignal;
	}
	const fetcherWith = ({ rules = testRules, limits = {}, isOn = true }: Changes) =>
		mediaFetcher({
			connector: () => under.transport.publicConnector(rules),
			isOn: () => isOn,
			limits: { ...mediaLimits, ...limits },
		});
	const fetchIt = (address: string | MediaAddress, changes: Changes = {}): Promise<FetchedMedia> =>
		fetcherWith(changes)(
			typeof address === "string" ? { kind: "image", url: address } : address,
			changes.signal ?? new AbortController().signal,
		);
	const at = (path: string, host = "127.0.0.1") => `http://${host}:${server.port}${path}`;
	const refusedFor = (reason: RegExp) => (error: unknown) => {
		assert.ok(error instanceof Untranslatable, String(error));
		assert.match(error.message, reason);
		return true;
	};

	it("come as Base64 with their type", async () => {
		assert.deepEqual(await fetchIt(at("/picture.png?size=1")), {
			mediaType: "image/png",
			data: png.toString("base64"),
		});
		assert.equal(seen[0]?.url, "/picture.png?size=1");
	});

	it("are asked for without cookie, key or anything of the client, by our own name", async () => {
		await fetchIt(at("/"));
		const { headers } = seen[0] ?? assert.fail();
		assert.deepEqual(Object.keys(headers).sort(), ["accept", "accept-encoding", "connection", "host", "user-agent"]);
		assert.equal(headers["user-agent"], "relay-accounts");
		assert.equal(headers.host, `127.0.0.1:${server.port}`);
	});

	it("come from the next address of a host where the first one fails", async () => {
		assert.equal((await fetchIt(at("/", "dead-first.example"))).mediaType, "image/png");
	});

	describe("of private addresses", () => {
		for (const host of [
			...["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "0.0.0.0", "127.1"],
			...["10.0.0.1", "192.168.0.1", "169.254.169.254", "[fd00:ec2::254]", "100.64.0.1"],
		]) {
			it(`are refused: ${host}`, async () => {
				const fetching = fetchIt(at("/", host), { rules: publicInternet });
				await assert.rejects(fetching, refusedFor(/no address on the public internet\.$/));
				assert.equal(server.connections(), 0);
			});
		}

		it("are refused where a public name stands for one", async () => {
			await assert.rejects(fetchIt(at("/", "inner.example")), refusedFor(/from inner\.example:\d+: the host has no/));
		});

		it("are left aside where a name stands for others too", async () => {
			assert.equal((await fetchIt(at("/", "both.example"))).mediaType, "image/png");
		});

		it("are refused where a redirect leads there", async () => {
			answer = (_, response) =>
				response.writeHead(302, { location: "http://169.254.169.254/latest/meta-data/" }).end("moved");
			await assert.rejects(fetchIt(at("/")), refusedFor(/from 169\.254\.169\.254: the host has no address/));
		});

		it("gain nothing from a name that changes its address: it is looked up once for each connection", async () => {
			const answers = [["127.0.0.1"], ["10.0.0.7"], ["10.0.0.7"]];
			let lookups = 0;
			const rules: AddressRules = {
				...testRules,
				addressesOf: () => {
					lookups += 1;
					return Promise.resolve(answers.shift() ?? []);
				},
			};
			await fetchIt(at("/", "changing.example"), { rules });
			assert.equal(lookups, 1);
			assert.equal(seen[0]?.headers.host, `changing.example:${server.port}`);
			await assert.rejects(fetchIt(at("/", "changing.example"), { rules }), refusedFor(/no address/));
			assert.equal(server.connections(), 1);
		});
	});

	describe("by redirects", () => {
		const hops = (count: number): Answer => {
			return (request, response) => {
				const place = Number(request.url?.slice(1));
				if (place < count) response.writeHead(307, { location: `/${place + 1}` }).end();
				else response.setHeader("content-type", "image/png").end(png);
			};
		};

		it("are found, three of them", async () => {
			answer = hops(3);
			assert.equal((await fetchIt(at("/0"))).mediaType, "image/png");
			assert.equal(seen.length, 4);
		});

		it("are refused after more", async () => {
			answer = hops(4);
			await assert.rejects(fetchIt(at("/0")), refusedFor(/redirected more than 3 times/));
		});

		it("are refused where it is no web address any more", async () => {
			answer = (_, response) => response.writeHead(301, { location: "file:///etc/passwd" }).end();
			await assert.rejects(fetchIt(at("/")), refusedFor(/redirected to what is no https or http URL/));
		});
	});

	describe("by https", () => {
		let trusted: string[];
		beforeEach(() => {
			trusted = tls.getCACertificates("default");
		});
		afterEach(() => tls.setDefaultCACertificates(trusted));

		it("are trusted by the name of the host, though its address is connected to", async () => {
			const authority = privateAuthority();
			tls.setDefaultCACertificates([...trusted, authority.certificate]);
			const secured = await owned(startRelay((_, response) => answer(_, response), authority.issue(["media.example"])));
			assert.equal((await fetchIt(`https://media.example:${secured.port}/`)).mediaType, "image/png");
			const wrong = fetchIt(`https://dead-first.example:${secured.port}/`);
			await assert.rejects(wrong, refusedFor(/secure connection to dead-first\.example:\d+ failed/));
		});

		it("are trusted by the name through a proxy too, which is asked for the address", async () => {
			const authority = privateAuthority();
			tls.setDefaultCACertificates([...trusted, authority.certificate]);
			const secured = await owned(startRelay((_, response) => answer(_, response), authority.issue(["media.example"])));
			const proxy = await owned(startHttpProxy({ hosts: { "127.0.0.1:443": secured.port } }));
			under.configure({ proxy: `http://127.0.0.1:${proxy.port}` });
			assert.equal((await fetchIt("https://media.example/")).mediaType, "image/png");
			assert.deepEqual(proxy.asked, ["CONNECT 127.0.0.1:443"]);
		});

		it("are not fetched by http after a redirect", async () => {
			const authority = privateAuthority();
			tls.setDefaultCACertificates([...trusted, authority.certificate]);
			const moved: Answer = (_, response) => response.writeHead(302, { location: at("/") }).end();
			const secured = await owned(startRelay(moved, authority.issue(["media.example"])));
			const fetching = fetchIt(`https://media.example:${secured.port}/`);
			await assert.rejects(fetching, refusedFor(/redirected from https to http/));
			assert.equal(seen.length, 0);
		});
	});

	describe("are refused, with the reason,", () => {
		for (const [what, reply, reason] of [
			["where there is none", { status: 404, type: "image/png", body: png }, /status 404/],
			["where it is a web page", { status: 200, type: "text/html", body: "<html>" }, /it is no image but text\/html/],
			["where it is a page in disguise", { status: 200, type: "image/png", body: "<!doctype html>" }, /it is no image/],
			["where it is empty", { status: 200, type: "image/png", body: "" }, /it is empty/],
			["where it is of another kind", { status: 200, type: "application/pdf", body: "%PDF-" }, /no image but/],
		] as const) {
			it(what, async () => {
				answer = (_, response) => response.writeHead(reply.status, { "content-type": reply.type }).end(reply.body);
				await assert.rejects(fetchIt(at("/secret-path?token=1")), (error: Error) => {
					refusedFor(reason)(error);
					assert.match(error.message, /fetched from 127\.0\.0\.1:\d+:/);
					assert.doesNotMatch(error.message, /secret|token/);
					return true;
				});
			});
		}

		it("where the size is told to be too much", async () => {
			answer = (_, response) => {
				response.writeHead(200, { "content-type": "image/png", "content-length": "1048577" });
				response.flushHeaders();
			};
			const fetching = fetchIt(at("/"), { limits: { bytes: 1024 * 1024 } });
			await assert.rejects(fetching, refusedFor(/larger than 1 MiB/));
		});

		it("where more comes than was told", async () => {
			answer = (_, response) => {
				response.writeHead(200, { "content-type": "image/png" });
				const more = (): void => {
					if (response.destroyed) return;
					if (response.write(Buffer.alloc(65_536))) setImmediate(more);
					else response.once("drain", more);
				};
				more();
			};
			const fetching = fetchIt(at("/"), { limits: { bytes: 1024 * 1024 } });
			await assert.rejects(fetching, refusedFor(/larger than 1 MiB/));
		});

		it("where it comes compressed", async () => {
			answer = (_, response) =>
				response.writeHead(200, { "content-type": "image/png", "content-encoding": "gzip" }).end(png);
			await assert.rejects(fetchIt(at("/")), refusedFor(/in the encoding gzip/));
		});

		it("where the host is silent", async () => {
			answer = () => {};
			const fetching = fetchIt(at("/"), { limits: { milliseconds: 50 } });
			await assert.rejects(fetching, refusedFor(/not there within 0\.05 s/));
		});

		it("where the host trickles on for ever", async () => {
			answer = (_, response) => {
				response.writeHead(200, { "content-type": "image/png" });
				response.write(png);
			};
			const fetching = fetchIt(at("/"), { limits: { milliseconds: 200 } });
			await assert.rejects(fetching, refusedFor(/not there within 0\.2 s/));
		});

		it("where nobody is there, or nobody has the name", async () => {
			const closed = createTcpServer().listen(0, "127.0.0.1");
			await once(closed, "listening");
			const place = closed.address();
			closed.close();
			assert.ok(typeof place === "object" && place !== null);
			await assert.rejects(fetchIt(`http://127.0.0.1:${place.port}/`), refusedFor(/refuses the connection\.$/));
			await assert.rejects(fetchIt("http://nobody.invalid/"), refusedFor(/host name nobody\.invalid is not known/));
		});

		it("where it is no web address, or has a password in it", async () => {
			for (const url of ["ftp://media.example/a.png", "file:///etc/passwd", "gs://bucket/a.png", "a.png", ""]) {
				await assert.rejects(fetchIt(url), refusedFor(/no https or http URL/));
			}
			await assert.rejects(fetchIt(at("/", "user:pass@127.0.0.1")), (error: Error) => {
				refusedFor(/a user name in it/)(error);
				assert.doesNotMatch(error.message, /user:|pass@/);
				return true;
			});
		});

		it("where a person has turned it off: nothing is connected to", async () => {
			await assert.rejects(fetchIt(at("/"), { isOn: false }), refusedFor(/relayAccounts\.fetchMedia is off/));
			assert.equal(server.connections(), 0);
		});
	});

	it("are given up when the client goes", async () => {
		const leaving = new AbortController();
		const left = new Error("the client went away");
		answer = () => leaving.abort(left);
		await assert.rejects(fetchIt(at("/"), { signal: leaving.signal }), (error) => error === left);
	});

	it("come a few at a time", async () => {
		const waiting: ServerResponse[] = [];
		let arrive: () => void = () => {};
		const arrived = new Promise<void>((resolve) => {
			arrive = resolve;
		});
		answer = (_, response) => {
			waiting.push(response.setHeader("content-type", "image/png"));
			if (waiting.length === 2) arrive();
		};
		const fetchOne = fetcherWith({ limits: { atOnce: 2 } });
		const { signal } = new AbortController();
		const all = [1, 2, 3].map((place) => fetchOne({ kind: "image", url: at(`/${place}`) }, signal));
		await arrived;
		const leaving = new AbortController();
		const given = fetchOne({ kind: "image", url: at("/4") }, leaving.signal);
		leaving.abort(new Error("left the line"));
		await assert.rejects(given, /left the line/);
		assert.equal(seen.length, 2);
		answer = (_, response) => response.setHeader("content-type", "image/png").end(png);
		for (const response of waiting) response.end(png);
		await Promise.all(all);
		assert.deepEqual(seen.map(({ url }) => url).sort(), ["/1", "/2", "/3"]);
	});

	describe("through a proxy", () => {
		const through = (scheme: string, proxy: ProxyServer) =>
			under.configure({ proxy: `${scheme}://127.0.0.1:${proxy.port}` });

		for (const [scheme, start] of [
			["http", startHttpProxy],
			["socks5", startSocksProxy],
		] as const) {
			it(`of ${scheme} come from the address that was checked, never by the name`, async () => {
				const proxy = await owned(start({ hosts: { "127.0.0.1:80": server.port } }));
				through(scheme, proxy);
				assert.equal((await fetchIt("http://media.example/a.png")).mediaType, "image/png");
				assert.ok(proxy.asked.length === 1 && proxy.asked[0]?.endsWith("127.0.0.1:80"), String(proxy.asked));
				assert.equal(seen[0]?.headers.host, "media.example");
			});
		}

		it("are refused for private addresses before it is asked", async () => {
			const proxy = await owned(startHttpProxy({ hosts: {} }));
			through("http", proxy);
			for (const host of ["inner.example", "10.0.0.7", "169.254.169.254"]) {
				await assert.rejects(fetchIt(`http://${host}/`), refusedFor(/no address on the public internet/));
			}
			assert.deepEqual(proxy.asked, []);
		});

		it("are refused in its words where it makes no connection", async () => {
			const proxy = await owned(startHttpProxy({ hosts: {} }));
			through("http", proxy);
			await assert.rejects(fetchIt("http://media.example/"), refusedFor(/proxy 127\.0\.0\.1:\d+ made no connection/));
		});

		it("are not fetched past one that cannot be used", async () => {
			under.configure({ proxy: "gopher://127.0.0.1:1" });
			await assert.rejects(fetchIt(at("/", "media.example")), refusedFor(/http\.proxy cannot be used/));
			assert.equal(server.connections(), 0);
		});
	});
});
