import { request } from "undici";
import type { AuthServer } from "../../support/chatgpt/authServer.ts";
import { callbackOf } from "../../support/chatgpt/browser.ts";
import type { ChatGpt } from "../../support/chatgpt/chatGpt.ts";
import { challengeOf } from "../../support/chatgpt/loginBook.ts";
import type { Person } from "../../support/chatgpt/people.ts";

/** A client by hand, so that the fakes can be asked what no client of ours would ask. */
export const redirectUri = "http://localhost:1455/auth/callback";
export const state = "00112233445566778899aabbccddeeff";
const verifier = "a-verifier-that-is-long-enough-for-anybody-who-reads";

export type Changes = Readonly<Record<string, string | undefined>>;

/** @param changes undefined leaves a parameter out. */
export function authorizeUrl({ origin, clientId }: AuthServer, changes: Changes = {}): string {
	const parameters = {
		response_type: "code",
		client_id: clientId,
		redirect_uri: redirectUri,
		scope: "openid profile email offline_access",
		code_challenge: challengeOf(verifier),
		code_challenge_method: "S256",
		id_token_add_organizations: "true",
		codex_cli_simplified_flow: "true",
		state,
		originator: "relay_accounts",
		...changes,
	};
	const query = Object.entries(parameters).flatMap(([name, value]) =>
		value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
	);
	return `${origin}/oauth/authorize?${query.join("&")}`;
}

export async function codeOf(server: AuthServer): Promise<string> {
	return new URL(await callbackOf(authorizeUrl(server))).searchParams.get("code") ?? "";
}

/** Asks the token endpoint. */
export async function askTokens({ origin, clientId }: AuthServer, form: Readonly<Record<string, string>>) {
	const { statusCode, headers, body } = await request(`${origin}/oauth/token`, {
		method: "POST",
		headers: { "content-type": "application/x-www-form-urlencoded" },
		body: new URLSearchParams({ client_id: clientId, ...form }).toString(),
	});
	const text = await body.text();
	const json = /json/.test(String(headers["content-type"])) ? JSON.parse(text) : null;
	return { status: statusCode, headers, text, json };
}

export function redeem(server: AuthServer, code: string, changes: Readonly<Record<string, string>> = {}) {
	const form = { grant_type: "authorization_code", code, redirect_uri: redirectUri, code_verifier: verifier };
	return askTokens(server, { ...form, ...changes });
}

export function renew(server: AuthServer, refreshToken: string) {
	return askTokens(server, { grant_type: "refresh_token", refresh_token: refreshToken });
}

export const model = "gpt-6.1-sol";

export function question(text = "good morning", changes: Readonly<Record<string, unknown>> = {}) {
	return {
		model,
		instructions: "",
		input: [{ role: "user", content: [{ type: "input_text", text }] }],
		stream: true,
		store: false,
		include: ["reasoning.encrypted_content"],
		...changes,
	};
}

export interface Asking {
	/** Of a new login where none is given. */
	readonly token?: string;
	readonly body?: Readonly<Record<string, unknown>>;
	readonly headers?: Readonly<Record<string, string>>;
	readonly path?: string;
	readonly method?: "GET" | "POST";
}

/** Asks the backend. */
export async function askBackend({ auth, backend }: ChatGpt, who: Person, asking: Asking = {}) {
	const { path = "/codex/responses", method = "POST", body = question() } = asking;
	const token = asking.token ?? (await auth.signIn(who)).accessToken;
	const reply = await request(backend.baseUrl + path, {
		method,
		headers: {
			authorization: `Bearer ${token}`,
			"chatgpt-account-id": who.accountId,
			originator: "relay_accounts",
			"user-agent": "RelayAccounts/0.0.0 (test)",
			accept: path === "/codex/responses" ? "text/event-stream" : "application/json",
			...(method === "POST" && { "content-type": "application/json" }),
			...asking.headers,
		},
		...(method === "POST" && { body: JSON.stringify(body) }),
	});
	const text = await reply.body.text();
	const events = [...text.matchAll(/^data: (.*)$/gm)].map(([, data = ""]) => JSON.parse(data));
	const isJson = /json/.test(String(reply.headers["content-type"]));
	return { status: reply.statusCode, headers: reply.headers, text, events, json: isJson ? JSON.parse(text) : null };
}
