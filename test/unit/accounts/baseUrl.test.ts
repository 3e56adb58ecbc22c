import assert from "node:assert/strict";
import { type Format, formats } from "../../../src/accounts/account.ts";
import { type BaseUrlProblem, isLoopbackHost, normaliseBaseUrl } from "../../../src/accounts/baseUrl.ts";

const same: Readonly<Record<Format, { readonly baseUrl: string; readonly typed: readonly string[] }>> = {
	openai: {
		baseUrl: "https://host.example/v1",
		typed: [
			"https://host.example",
			"https://host.example/",
			"https://host.example/v1",
			"https://host.example/v1/",
			"https://host.example//v1//",
			"https://host.example/v1/v1",
			"https://host.example/v1/chat/completions",
			"https://host.example/v1/chat/completions/",
			"https://host.example/v1/chat/completions/chat/completions",
			"https://host.example/v1/models",
			"https://host.example/v1/models/models",
			"https://host.example/v1/embeddings?api-version=1#top",
			"  https://host.example/v1\n",
			"HTTPS://HOST.Example:443/v1",
			"https:host.example/v1",
			"https:\\\\host.example\\v1",
			"https://host.example./v1",
			"https://host.example/a/../v1",
		],
	},
	codex: {
		baseUrl: "https://host.example/v1",
		typed: [
			"https://host.example",
			"https://host.example/v1",
			"https://host.example/v1/",
			"https://host.example/v1/responses",
			"https://host.example/v1/responses/compact",
			"https://host.example/v1/responses/responses",
		],
	},
	anthropic: {
		baseUrl: "https://host.example/v1",
		typed: [
			"https://host.example",
			"https://host.example/v1",
			"https://host.example/v1/",
			"https://host.example/v1/messages",
			"https://host.example/v1/messages/count_tokens?beta=true",
			"https://host.example/messages",
		],
	},
	gemini: {
		baseUrl: "https://host.example/v1beta",
		typed: [
			"https://host.example",
			"https://host.example/v1",
			"https://host.example/v1beta",
			"https://host.example/v1beta/",
			"https://host.example/v1beta/models",
			"https://host.example/v1beta/models/gemini-3-pro:streamGenerateContent?alt=sse&key=x",
		],
	},
};

const others: readonly (readonly [typed: string, format: Format, baseUrl: string])[] = [
	["http://127.0.0.1:80/v1", "openai", "http://127.0.0.1/v1"],
	["http://localhost:8080", "openai", "http://localhost:8080/v1"],
	["http://[::1]:8080/v1/", "openai", "http://[::1]:8080/v1"],
	["https://host.example:8443", "anthropic", "https://host.example:8443/v1"],
	["https://host.example/api/v4", "openai", "https://host.example/api/v4"],
	["https://host.example/inference", "openai", "https://host.example/inference"],
	["https://host.example/backend-api", "codex", "https://host.example/backend-api"],
	["https://host.example/backend-api/codex/responses", "codex", "https://host.example/backend-api"],
	["https://bücher.example", "openai", "https://xn--bcher-kva.example/v1"],
];

const refused: readonly (readonly [typed: string, problem: BaseUrlProblem])[] = [
	["", { code: "empty" }],
	[" \t\n", { code: "empty" }],
	["host.example", { code: "noScheme", suggestion: "https://host.example" }],
	["host.example/v1", { code: "noScheme", suggestion: "https://host.example/v1" }],
	["//host.example/v1", { code: "noScheme", suggestion: "https://host.example/v1" }],
	["host.example:8443/v1", { code: "noScheme", suggestion: "https://host.example:8443/v1" }],
	["host.example/v1?key=secret#x", { code: "noScheme", suggestion: "https://host.example/v1" }],
	["localhost:8080/v1", { code: "noScheme", suggestion: "http://localhost:8080/v1" }],
	["127.0.0.1:8080", { code: "noScheme", suggestion: "http://127.0.0.1:8080" }],
	["host/v1", { code: "noScheme", suggestion: "https://host/v1" }],
	["[2001:db8::1]:8080", { code: "noScheme", suggestion: "https://[2001:db8::1]:8080" }],
	["bücher.example", { code: "noScheme", suggestion: "https://bücher.example" }],
	["sk-0123456789abcdef0123456789abcdef", { code: "notAUrl" }],
	["0123456789abcdef0123456789abcdef.AbCdEfGh12345678", { code: "notAUrl" }],
	["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P", { code: "notAUrl" }],
	["sk-0123456789abcdef0123:0123", { code: "notAUrl" }],
	["ftp://host.example", { code: "unsupportedScheme", scheme: "ftp" }],
	["WSS://host.example", { code: "unsupportedScheme", scheme: "wss" }],
	["htps://host.example", { code: "unsupportedScheme", scheme: "htps" }],
	["file:/etc/passwd", { code: "unsupportedScheme", scheme: "file" }],
	["javascript:alert(1)", { code: "unsupportedScheme", scheme: "javascript" }],
	["https://user:pass@host.example", { code: "userInfo" }],
	["https://user@host.example", { code: "userInfo" }],
	["https://@host.example", { code: "userInfo" }],
	["https://:@host.example", { code: "userInfo" }],
	["https:user@host.example", { code: "userInfo" }],
	["https:\\/user@host.example", { code: "userInfo" }],
	["user:pass@host.example/v1", { code: "userInfo" }],
	["user:123@host.example", { code: "userInfo" }],
	["https://", { code: "notAUrl" }],
	["https://host.example:99999", { code: "notAUrl" }],
	["https://host.example:0", { code: "notAUrl" }],
	["https://host..example", { code: "notAUrl" }],
	["https://a.example/v1\nhttps://b.example", { code: "notAUrl" }],
	["https://host.example/v1 /chat", { code: "notAUrl" }],
	["not a url", { code: "notAUrl" }],
	["/v1", { code: "notAUrl" }],
];

describe("normaliseBaseUrl", () => {
	for (const format of formats) {
		for (const typed of same[format].typed) {
			it(`takes ${JSON.stringify(typed)} for ${format} as the one relay`, () => {
				assert.deepEqual(normaliseBaseUrl(typed, format), {
					ok: true,
					baseUrl: same[format].baseUrl,
					plainHttp: false,
				});
			});
		}
	}
	for (const [typed, format, baseUrl] of others) {
		it(`makes ${baseUrl} of ${typed} for ${format}`, () => {
			const result = normaliseBaseUrl(typed, format);
			assert.equal(result.ok && result.baseUrl, baseUrl);
		});
	}
	for (const [typed, problem] of refused) {
		it(`refuses ${JSON.stringify(typed)}: ${problem.code}`, () => {
			assert.deepEqual(normaliseBaseUrl(typed, "openai"), { ok: false, problem });
		});
	}
	it("is idempotent for whatever it accepts, in each format", () => {
		const everything = [...formats.flatMap((format) => same[format].typed), ...others.map(([typed]) => typed)];
		for (const format of formats) {
			for (const typed of everything) {
				const once = normaliseBaseUrl(typed, format);
				assert.ok(once.ok, typed);
				assert.deepEqual(normaliseBaseUrl(once.baseUrl, format), once, `${format} ${typed}`);
			}
		}
	});
	it("accepts each suggestion that it makes", () => {
		for (const [, problem] of refused) {
			if (problem.code === "noScheme") assert.ok(normaliseBaseUrl(problem.suggestion, "openai").ok);
		}
	});
	it("tells http to a foreign host apart from http to this machine and from https", () => {
		const plain = ["http://host.example", "http://10.0.0.1", "http://127.example.com", "http://localhost.example"];
		const fine = ["http://127.0.0.1", "http://127.8.9.1", "http://localhost", "http://a.localhost", "http://[::1]"];
		const isPlain = (typed: string) => {
			const result = normaliseBaseUrl(typed, "openai");
			return result.ok && result.plainHttp;
		};
		assert.deepEqual(plain.filter(isPlain), plain);
		assert.deepEqual([...fine, "https://host.example"].filter(isPlain), []);
	});
});

describe("isLoopbackHost", () => {
	const loopback = [
		"127.0.0.1",
		"127.255.255.254",
		"localhost",
		"LOCALHOST",
		"localhost.",
		"a.b.localhost",
		"::1",
		"[::1]",
	];
	const foreign = ["0.0.0.0", "128.0.0.1", "127.0.0.1.example", "127.0.0", "mylocalhost", "[::2]", "192.168.0.1", ""];
	it("knows the names and addresses of this machine", () => {
		assert.deepEqual(loopback.filter(isLoopbackHost), loopback);
	});
	it("takes no other host for this machine", () => {
		assert.deepEqual(foreign.filter(isLoopbackHost), []);
	});
});
