import { once } from "node:events";
import { createServer } from "node:net";
import type { AuthSettings } from "../../../src/native/login.ts";
import { type AuthServer, type AuthServerOptions, startAuthServer } from "../../support/chatgpt/authServer.ts";

const texts = {
	language: "en",
	succeeded: { title: "You are signed in", detail: "You can close this page." },
	failed: (failure: { readonly kind: string }) => ({ title: "Not signed in", detail: `It is ${failure.kind}.` }),
};

export { texts as signInTexts };

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const address = server.address();
	server.close();
	await once(server, "close");
	return address !== null && typeof address === "object" ? address.port : 0;
}

export function settingsOf(authUrl: string, redirectUrl = "http://localhost:1455/auth/callback"): AuthSettings {
	return {
		authUrl,
		clientId: "app_EMoamEEZ73f0CkXaXp7hrann",
		redirectUrl,
		originator: "relay_accounts",
		userAgent: "RelayAccounts/1.2.3 (linux x64)",
	};
}

export interface AuthUnderTest {
	readonly server: AuthServer;
	readonly settings: AuthSettings;
	readonly redirectUrl: string;
}

/** An auth server, and a free port for its callbacks. */
export async function startAuth(options: AuthServerOptions = {}): Promise<AuthUnderTest> {
	const redirectUrl = `http://localhost:${await freePort()}/auth/callback`;
	const server = await startAuthServer({ redirectUris: [redirectUrl], ...options });
	return { server, settings: settingsOf(server.origin, redirectUrl), redirectUrl };
}

/** Where the auth server sends a browser that opens this URL. */
export async function sentBackTo(url: string): Promise<string> {
	const reply = await fetch(url, { redirect: "manual" });
	return reply.headers.get("location") ?? `no redirect: ${await reply.text()}`;
}
