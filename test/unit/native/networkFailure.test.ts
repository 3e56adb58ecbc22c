import assert from "node:assert/strict";
import { networkFailure } from "../../../src/native/networkFailure.ts";
import { privateAuthority } from "../../support/privateAuthority.ts";
import { secureFront } from "../../support/secureFront.ts";
import { startUpstream } from "../../support/upstream.ts";
import { freePort } from "./authFixture.ts";

const host = "auth.example";
const coded = (code: string, more: object = {}) => Object.assign(new Error("x"), { code, ...more });
const fetchFailed = (cause: unknown) => new TypeError("fetch failed", { cause });

async function failureOfFetch(url: string) {
	const error: unknown = await fetch(url).catch((error: unknown) => error);
	return networkFailure(error, host);
}

describe("a request without an answer", () => {
	it("was not sent where nobody listens", async () => {
		const failure = await failureOfFetch(`http://localhost:${await freePort()}/`);
		assert.deepEqual(failure, { kind: "notSent", host, code: "ECONNREFUSED" });
	});

	it("was not sent where the host is not known", async () => {
		const failure = await failureOfFetch("http://nowhere.invalid/");
		assert.equal(failure.kind, "notSent");
	});

	it("was not sent where the certificate is not trusted", async () => {
		const upstream = await startUpstream((_request, response) => void response.end());
		const front = await secureFront(privateAuthority().issue(["127.0.0.1"]), upstream.port);
		const failure = await failureOfFetch(`https://127.0.0.1:${front.port}/`);
		await front.close();
		await upstream.close();
		assert.equal(failure.kind, "notSent");
		assert.deepEqual(upstream.requests, []);
	});

	it("was not sent where the port speaks no TLS", async () => {
		const upstream = await startUpstream((_request, response) => void response.end());
		const failure = await failureOfFetch(`https://127.0.0.1:${upstream.port}/`);
		await upstream.close();
		assert.ok("code" in failure && failure.code !== "UNKNOWN");
	});

	it("may have been sent where the connection is reset", async () => {
		const upstream = await startUpstream((_request, response) => void response.socket?.resetAndDestroy());
		const failure = await failureOfFetch(upstream.origin);
		await upstream.close();
		assert.equal(failure.kind, "brokenOff");
	});

	for (const [what, error, kind, code] of [
		["several addresses that all refuse", aggregate("ECONNREFUSED", "ECONNREFUSED"), "notSent", "ECONNREFUSED"],
		["several addresses of which one broke", aggregate("ECONNREFUSED", "ECONNRESET"), "brokenOff", "ECONNREFUSED"],
		[
			"several addresses of which one gave no reason",
			fetchFailed(new AggregateError([coded("ECONNREFUSED"), 7])),
			"brokenOff",
			"ECONNREFUSED",
		],
		[
			"a connection that took too long",
			fetchFailed(coded("UND_ERR_CONNECT_TIMEOUT")),
			"notSent",
			"UND_ERR_CONNECT_TIMEOUT",
		],
		["a connection that timed out", coded("ETIMEDOUT", { syscall: "connect" }), "notSent", "ETIMEDOUT"],
		["a socket that timed out", coded("ETIMEDOUT", { syscall: "read" }), "brokenOff", "ETIMEDOUT"],
		[
			"headers that took too long",
			fetchFailed(coded("UND_ERR_HEADERS_TIMEOUT")),
			"brokenOff",
			"UND_ERR_HEADERS_TIMEOUT",
		],
		["a socket that was closed", fetchFailed(coded("UND_ERR_SOCKET")), "brokenOff", "UND_ERR_SOCKET"],
		["a code three causes down", fetchFailed(fetchFailed(fetchFailed(coded("EAI_AGAIN")))), "notSent", "EAI_AGAIN"],
		["an expired certificate", fetchFailed(coded("CERT_HAS_EXPIRED")), "notSent", "CERT_HAS_EXPIRED"],
		["Chromium's words", new Error("net::ERR_NAME_NOT_RESOLVED"), "notSent", "ERR_NAME_NOT_RESOLVED"],
		["Chromium's words for a reset", new Error("net::ERR_CONNECTION_RESET"), "brokenOff", "ERR_CONNECTION_RESET"],
		["no code", new TypeError("fetch failed"), "brokenOff", "UNKNOWN"],
		["something that is no error", "oh", "brokenOff", "UNKNOWN"],
		["words in the place of a code", coded("http://user:password@proxy"), "brokenOff", "UNKNOWN"],
	] as const) {
		it(`is judged by ${what}`, () => assert.deepEqual(networkFailure(error, host), { kind, host, code }));
	}

	it("is judged although its cause is itself", () => {
		const error = new Error("round");
		error.cause = error;
		assert.equal(networkFailure(error, host).kind, "brokenOff");
	});
});

function aggregate(...codes: readonly string[]) {
	return fetchFailed(new AggregateError(codes.map((code) => coded(code))));
}
