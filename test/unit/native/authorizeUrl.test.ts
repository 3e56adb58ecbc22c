import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { newAuthorization, readCallback } from "../../../src/native/authorizeUrl.ts";
import { startAuthServer } from "../../support/chatgpt/authServer.ts";
import { settingsOf } from "./authFixture.ts";

const settings = settingsOf("https://auth.openai.com");
const state = "9eE-0p_state";
const good = { kind: "code", code: "ac_1.2-3" };
const callback = `http://localhost:1455/auth/callback?code=ac_1.2-3&scope=openid%20email&state=${state}`;
const read = (text: string) => readCallback(text, settings, state);

describe("the URL for signing in", () => {
	it("has exactly the parameters that the auth server wants", async () => {
		const { url, verifier, state } = await newAuthorization(settings);
		const { origin, pathname, searchParams } = new URL(url);
		assert.equal(origin + pathname, "https://auth.openai.com/oauth/authorize");
		assert.deepEqual(Object.fromEntries(searchParams), {
			response_type: "code",
			client_id: settings.clientId,
			redirect_uri: "http://localhost:1455/auth/callback",
			scope: "openid profile email offline_access",
			code_challenge: createHash("sha256").update(verifier).digest("base64url"),
			code_challenge_method: "S256",
			id_token_add_organizations: "true",
			codex_cli_simplified_flow: "true",
			state,
			originator: "relay_accounts",
		});
	});

	it("writes spaces as %20", async () => {
		const { url } = await newAuthorization({ ...settings, originator: "my own name" });
		assert.match(url, /scope=openid%20profile%20email%20offline_access&/);
		assert.match(url, /originator=my%20own%20name$/);
		assert.ok(!url.includes("+"));
	});

	it("is another one each time", async () => {
		const [one, other] = [await newAuthorization(settings), await newAuthorization(settings)];
		assert.notEqual(one.state, other.state);
		assert.notEqual(one.verifier, other.verifier);
	});

	it("is taken by the auth server", async () => {
		const server = await startAuthServer();
		const { url, state } = await newAuthorization(settingsOf(server.origin));
		const reply = await fetch(url, { redirect: "manual" });
		const place = reply.headers.get("location") ?? "";
		await server.close();
		assert.equal(readCallback(place, settings, state).kind, "code");
	});
});

describe("a callback", () => {
	for (const [what, text] of Object.entries({
		"as the browser has it": callback,
		"with spaces and a line break around it": ` \n${callback}\r\n`,
		"that a terminal has wrapped": `${callback.slice(0, 40)}\n  ${callback.slice(40)}`,
		"in quotes": `"${callback}"`,
		"in angle brackets": `<${callback}>`,
		"in a code span": `\`${callback}\``,
		"in typographic quotes": `\u201c${callback}\u201d`,
		"copied from a page's source": callback.replaceAll("&", "&amp;"),
		"of a forwarded port": callback.replace("http://localhost:1455", "https://name-1455.app.github.dev"),
		"of a forwarded port behind a path": callback.replace("http://localhost:1455", "https://code.example/proxy/1455"),
		"without its scheme": callback.replace("http://", ""),
		"of another host without its scheme": callback.replace("http://localhost:1455", "name-1455.app.github.dev"),
		"as the server receives it": callback.replace("http://localhost:1455", ""),
		"as its query": callback.slice(callback.indexOf("?")),
		"as its query without the question mark": callback.slice(callback.indexOf("?") + 1),
		"with its parameters in another order": `http://localhost:1455/auth/callback?state=${state}&code=ac_1.2-3`,
		"with a fragment": `${callback}#_=_`,
		"as code and state": `ac_1.2-3#${state}`,
		"from a server that names itself": `${callback}&iss=https%3A%2F%2Felsewhere.example`,
	})) {
		it(`is read ${what}`, () => assert.deepEqual(read(text), good));
	}

	it("is read with what is encoded in it", () => {
		assert.deepEqual(read(`?code=a%2Fb%3D&state=${state}`), { kind: "code", code: "a/b=" });
	});

	for (const [what, text] of Object.entries({
		"with the state of another sign-in": callback.replace(state, "another"),
		"without a state": "http://localhost:1455/auth/callback?code=ac_1",
		"with an empty state": "http://localhost:1455/auth/callback?code=ac_1&state=",
		"with two states": `${callback}&state=another`,
		"with two codes": `${callback}&code=another`,
		"without a code": `http://localhost:1455/auth/callback?state=${state}`,
		"with an empty code": `http://localhost:1455/auth/callback?code=&state=${state}`,
		"that is the page for signing in": `https://auth.openai.com/oauth/authorize?response_type=code&state=${state}`,
		"that is an error with the state of another sign-in": "?error=access_denied&state=another",
		"that is a code alone": "ac_1.2-3",
		"as code and another state": "ac_1.2-3#another",
		"that is nothing": "",
		"that is some words": "I have pressed the button",
		"that is no URL": "http://[",
	})) {
		it(`is not that of this sign-in ${what}`, () => {
			const result = read(text);
			assert.equal(result.kind, "wrongCallback");
			assert.ok(result.kind === "wrongCallback" && /^[A-Z].*\.$/.test(result.detail));
		});
	}

	it("never quotes what it has in it", () => {
		const result = read(callback.replace(state, "another"));
		assert.doesNotMatch(JSON.stringify(result), /ac_1|another$/);
	});

	it("tells that the person said no, in the server's words", () => {
		assert.deepEqual(read(`?error=access_denied&error_description=The%20person%20said%0Ano.&state=${state}`), {
			kind: "denied",
			code: "access_denied",
			description: "The person said no.",
		});
	});

	it("tells of an error without a description, also beside a code", () => {
		const denied = { kind: "denied", code: "server_error", description: "" };
		assert.deepEqual(read(`?code=ac_1&error=server_error&state=${state}`), denied);
	});
});
