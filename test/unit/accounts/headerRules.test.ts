import assert from "node:assert/strict";
import type { ProblemCode } from "../../../src/accounts/fieldProblem.ts";
import { readHeaders } from "../../../src/accounts/headerRules.ts";

function codesOf(headers: unknown): readonly (readonly [code: ProblemCode, detail: string])[] {
	const read = readHeaders(headers);
	return read.ok ? [] : read.problems.map(({ code, detail }) => [code, detail]);
}

const harmless = [
	"HTTP-Referer",
	"X-Title",
	"OpenAI-Organization",
	"OpenAI-Project",
	"OpenAI-Beta",
	"anthropic-beta",
	"anthropic-version",
	"User-Agent",
	"New-Api-User",
	"X-Max-Tokens",
	"X-Monkey",
	"X-Author",
	"X-Keyboard",
];
const credentials = [
	"Authorization",
	"X-Authorization",
	"Api-Key",
	"X-Api-Key",
	"x_api_key",
	"XApiKey",
	"apikey",
	"X-Goog-Api-Key",
	"X-Key",
	"X-Access-Key",
	"Token",
	"X-Auth-Token",
	"X-AccessToken",
	"Client-Secret",
	"X-ClientSecret",
	"X-Password",
	"X-Auth",
	"X-Session-Cookie",
	"X-Credential",
	"X-Credentials",
	"x.token",
];
const reserved = [
	"Host",
	"Connection",
	"Keep-Alive",
	"Proxy-Authorization",
	"Proxy-Connection",
	"TE",
	"Trailer",
	"Transfer-Encoding",
	"Upgrade",
	"Content-Length",
	"Content-Type",
	"Content-Encoding",
	"Accept-Encoding",
	"Expect",
	"Cookie",
	"Set-Cookie",
	"Origin",
	"Sec-Fetch-Mode",
];

describe("readHeaders", () => {
	it("takes headers that describe the caller", () => {
		const headers = Object.fromEntries(harmless.map((name) => [name, "value"]));
		assert.deepEqual(readHeaders(headers), { ok: true, value: headers });
	});
	for (const name of credentials) {
		it(`sends ${name} to the key field`, () => {
			assert.deepEqual(codesOf({ [name]: "value" }), [["headerCredential", name]]);
		});
	}
	for (const name of reserved) {
		it(`keeps ${name} for the connection`, () => {
			assert.deepEqual(codesOf({ [name]: "value" }), [["headerReserved", name]]);
		});
	}
	for (const [name, told] of [
		["", ""],
		[" ", ""],
		["a b", "a"],
		["a:b", "a"],
		["a\nb", "a"],
		["ä", "ä"],
		["a(b)", "a(b)"],
		["a/b", "a/b"],
		["Authorization: Bearer sk-secret", "Authorization"],
		[" Authorization:Bearer sk-secret", "Authorization"],
		["Bearer sk-secret", "Bearer"],
		["sk-0123456789abcdef0123456789/x", "sk-…"],
	] as const) {
		it(`refuses ${JSON.stringify(name)} as a name, and tells of it what no key can be in`, () => {
			assert.deepEqual(codesOf({ [name]: "value" }), [["headerName", told]]);
		});
	}
	for (const value of ["a\r\nX-Evil: 1", "a\nb", "a\0b", "a\u007fb", "é", "😀", 5, null, ["a"], {}]) {
		it(`refuses ${JSON.stringify(value)} as a value, and does not repeat it`, () => {
			assert.deepEqual(codesOf({ "X-Title": value }), [["headerValue", "X-Title"]]);
		});
	}
	it("takes every visible character, and spaces and tabs inside", () => {
		const visible = String.fromCharCode(...Array.from({ length: 95 }, (_, index) => 0x20 + index)).trim();
		assert.deepEqual(readHeaders({ "X-Title": `${visible}\t${visible} ` }), {
			ok: true,
			value: { "X-Title": `${visible}\t${visible}` },
		});
		assert.deepEqual(readHeaders({ "X-Title": "" }), { ok: true, value: { "X-Title": "" } });
	});
	it("refuses the second of two names that differ in case only", () => {
		assert.deepEqual(codesOf({ "X-Title": "a", "x-title": "b" }), [["headerRepeated", "x-title"]]);
	});
	it("tells every bad header", () => {
		assert.deepEqual(codesOf({ Host: "a", "X-Title": "fine", "b c": "d", "X-Key": "e" }), [
			["headerReserved", "Host"],
			["headerName", "b"],
			["headerCredential", "X-Key"],
		]);
	});
	it("refuses what is no object, and tells nothing of it", () => {
		for (const value of ["Authorization: Bearer sk-secret", ["Authorization: Bearer sk-secret"], [], 5]) {
			assert.deepEqual(codesOf(value), [["headersInvalid", ""]]);
		}
	});
	it("keeps a header that is named like a part of JavaScript an ordinary header", () => {
		const read = readHeaders(JSON.parse('{"__proto__": "a", "constructor": "b"}'));
		assert.ok(read.ok);
		assert.deepEqual(Object.entries(read.value), [
			["__proto__", "a"],
			["constructor", "b"],
		]);
	});
});
