import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { connect, createServer, type Server } from "node:net";
import { networkInterfaces } from "node:os";
import { type CallbackServer, listenForCallback } from "../../../src/native/callbackServer.ts";
import { freePort } from "./authFixture.ts";

interface Reply {
	readonly status: number;
	readonly headers: NodeJS.Dict<string | string[]>;
	readonly body: string;
}

const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === "::1"));

/** By a plain request, because fetch sets `Host` itself. */
async function ask(port: number, path: string, more: { host?: string; method?: string; at?: string } = {}) {
	const { host = `localhost:${port}`, method = "GET", at = "127.0.0.1" } = more;
	const asked = request({ host: at, port, path, method, headers: { host }, agent: false });
	asked.end();
	const [reply] = await once(asked, "response");
	let body = "";
	for await (const chunk of reply) body += String(chunk);
	return { status: reply.statusCode, headers: reply.headers, body } satisfies Reply;
}

async function taking(port: number, host: string): Promise<Server> {
	const server = createServer().listen({ port, host });
	await once(server, "listening");
	return server;
}

describe("the server for the callback", () => {
	let port: number;
	let server: CallbackServer;
	let received: string[];
	let reply: () => Promise<{ status: number; html: string }>;

	const redirectUrl = () => `http://localhost:${port}/auth/callback`;
	beforeEach(async () => {
		port = await freePort();
		received = [];
		reply = () => Promise.resolve({ status: 200, html: "<p>done" });
		const listening = await listenForCallback(redirectUrl(), (target) => {
			received.push(target);
			return reply();
		});
		assert.ok(listening.kind === "listening");
		server = listening;
	});
	afterEach(() => server.close());

	it("hands on what comes back, and says what it is told", async () => {
		const { status, body } = await ask(port, "/auth/callback?code=a&state=b");
		assert.deepEqual([status, body], [200, "<p>done"]);
		assert.deepEqual(received, ["/auth/callback?code=a&state=b"]);
	});

	it("answers on both addresses that a browser takes localhost for", async function () {
		if (!hasIpv6) this.skip();
		assert.equal((await ask(port, "/auth/callback", { at: "::1" })).status, 200);
	});

	it("listens on no address that others reach", async () => {
		const other = Object.values(networkInterfaces())
			.flatMap((list) => list ?? [])
			.find(({ internal, family }) => !internal && family === "IPv4");
		if (other === undefined) return;
		await assert.rejects(ask(port, "/auth/callback", { at: other.address }), /ECONNREFUSED/);
	});

	for (const name of ["localhost", "LOCALHOST", "127.0.0.1", "[::1]"]) {
		it(`is known as ${name}`, async () => {
			assert.equal((await ask(port, "/auth/callback", { host: `${name}:${port}` })).status, 200);
		});
	}

	for (const name of ["evil.example", "localhost", "localhost:1", "localhost.evil.example", "127.0.0.2"]) {
		it(`is not known as ${JSON.stringify(name)}`, async () => {
			const host = /^(?:evil|127)/.test(name) ? `${name}:${port}` : name;
			const { status } = await ask(port, "/auth/callback?code=a", { host });
			assert.ok(status === 403 || status === 400);
			assert.deepEqual(received, []);
		});
	}

	for (const path of [
		"/",
		"/favicon.ico",
		"/auth/callback/",
		"/auth/callback2?code=a",
		"//evil.example/auth/callback",
	]) {
		it(`has nothing at ${path}`, async () => {
			assert.equal((await ask(port, path)).status, 404);
			assert.deepEqual(received, []);
		});
	}

	for (const method of ["HEAD", "POST", "OPTIONS"]) {
		it(`takes no ${method}`, async () => {
			const { status, headers } = await ask(port, "/auth/callback?code=a", { method });
			assert.deepEqual([status, headers["allow"]], [405, "GET"]);
			assert.deepEqual(received, []);
		});
	}

	for (const path of ["/auth/callback", "/"]) {
		it(`lets nothing of ${path} be kept, framed or told on`, async () => {
			const { headers } = await ask(port, path);
			assert.equal(headers["cache-control"], "no-store");
			assert.match(String(headers["content-security-policy"]), /default-src 'none'.*frame-ancestors 'none'/);
			assert.equal(headers["referrer-policy"], "no-referrer");
			assert.equal(headers["x-content-type-options"], "nosniff");
			assert.equal(headers["access-control-allow-origin"], undefined);
		});
	}

	it("writes a page that is due before it closes", async () => {
		const told = Promise.withResolvers<{ status: number; html: string }>();
		reply = () => told.promise;
		const answer = ask(port, "/auth/callback");
		while (received.length === 0) await new Promise(setImmediate);
		const closed = server.close();
		told.resolve({ status: 200, html: "x".repeat(200_000) });
		assert.equal((await answer).body.length, 200_000);
		await closed;
	});

	it("gives the port back at once, and ends connections on which nothing was asked", async () => {
		const idle = connect(port, "127.0.0.1");
		await once(idle, "connect");
		const ended = once(idle, "close");
		idle.resume();
		await server.close();
		await ended;
		(await taking(port, "127.0.0.1")).close();
	});

	it("closes although a page never comes", async () => {
		reply = () => new Promise(() => {});
		const answer = ask(port, "/auth/callback").catch(() => "ended");
		while (received.length === 0) await new Promise(setImmediate);
		await server.close();
		assert.equal(await answer, "ended");
	});

	it("ends a connection whose page cannot be made", async () => {
		reply = () => Promise.reject(new Error("no words"));
		await assert.rejects(ask(port, "/auth/callback"), /hang up|ECONNRESET/);
	});

	it("is not bothered by what is no HTTP", async () => {
		const socket = connect(port, "127.0.0.1").end("nonsense\r\n\r\n").resume();
		await once(socket, "close");
		assert.equal((await ask(port, "/auth/callback")).status, 200);
	});

	it("closes twice as well as once", async () => {
		await Promise.all([server.close(), server.close()]);
	});
});

describe("a port for the callback that somebody has", () => {
	for (const [host, other] of [
		["127.0.0.1", "::1"],
		["::1", "127.0.0.1"],
	] as const) {
		it(`is taken when it is taken on ${host} alone, and nothing is kept on ${other}`, async function () {
			if (!hasIpv6) this.skip();
			const port = await freePort();
			const somebody = await taking(port, host);
			const listening = await listenForCallback(`http://localhost:${port}/auth/callback`, () => assert.fail());
			assert.deepEqual(listening, { kind: "taken", port });
			(await taking(port, other)).close();
			somebody.close();
		});
	}
});
