import type { NativeAccount } from "../../../src/accounts/account.ts";
import type { Backend, ServedNative } from "../../../src/bridge/protocol.ts";
import type { AuthSettings, Login, TokenSet } from "../../../src/native/login.ts";
import { nativeAccount } from "../relayAccount.ts";
import { type AuthServer, type AuthServerOptions, type GivenTokens, startAuthServer } from "./authServer.ts";
import { type BackendOptions, type ChatGptBackend, startBackend } from "./backend.ts";
import type { Person } from "./people.ts";

export interface ChatGptOptions extends AuthServerOptions, Pick<BackendOptions, "author" | "secrets"> {
	/** 0, the default, picks a free one. */
	readonly backendPort?: number;
}

/** A login in all the forms that somebody may want. */
export interface SignedIn extends GivenTokens {
	readonly tokens: TokenSet;
	/** As it is kept in SecretStorage. */
	readonly saved: Login;
}

/** What of a served account is another than the person's own. */
export interface NativeChanges {
	readonly account?: Partial<NativeAccount>;
	readonly backend?: Partial<Backend>;
	/** In place of a new login's access token. */
	readonly apiKey?: string | null;
	/** Seconds that its access token is good for; below 0 for one that has expired. */
	readonly seconds?: number;
}

/** Auth server and backend, which belong together. */
export class ChatGpt {
	readonly auth: AuthServer;
	readonly backend: ChatGptBackend;

	constructor(auth: AuthServer, backend: ChatGptBackend) {
		this.auth = auth;
		this.backend = backend;
	}

	/** What no honest client would do, at either; a test that ends well leaves none. */
	get violations(): readonly string[] {
		return [...this.auth.violations, ...this.backend.violations];
	}

	/** A login without the way to it. */
	async signedIn(somebody: Person = this.auth.visitor, seconds?: number): Promise<SignedIn> {
		const given = await this.auth.signIn(somebody, seconds);
		const { accessToken, refreshToken, expiresAt } = given;
		const { accountId, userId, email, plan: planType } = somebody;
		const kept = { accessToken, refreshToken, expiresAt };
		const saved = {
			...kept,
			issuer: this.auth.origin,
			backend: this.backend.origin,
			renewedAt: given.login.renewedAt,
		};
		return { ...given, tokens: { ...kept, identity: { accountId, userId, email, planType } }, saved };
	}

	/** A person's account with a login, as the proxy gets it. */
	async servedNative(somebody: Person = this.auth.visitor, changes: NativeChanges = {}): Promise<ServedNative> {
		const { accountId, userId, email, plan: planType } = somebody;
		const apiKey =
			changes.apiKey === undefined ? (await this.signedIn(somebody, changes.seconds)).accessToken : changes.apiKey;
		const own = { id: `native-${userId}`, label: email, accountId, userId, email, planType };
		return {
			account: nativeAccount({ ...own, ...changes.account }),
			apiKey,
			backend: { ...this.backendSettings(), ...changes.backend },
		};
	}

	backendSettings(): Backend {
		return { baseUrl: this.backend.baseUrl, ...named, clientVersion: "0.169.0" };
	}

	/** @param redirectUrl one of the auth server's, where a browser is to come back. */
	authSettings(redirectUrl = this.auth.redirectUris[0] ?? ""): AuthSettings {
		return { authUrl: this.auth.origin, clientId: this.auth.clientId, redirectUrl, ...named };
	}

	/** The settings of VS Code that lead here. */
	vscodeSettings(redirectUrl = this.auth.redirectUris[0] ?? ""): Readonly<Record<string, string>> {
		return {
			"relayAccounts.chatGpt.backendUrl": this.backend.baseUrl,
			"relayAccounts.chatGpt.authUrl": this.auth.origin,
			"relayAccounts.chatGpt.clientId": this.auth.clientId,
			"relayAccounts.chatGpt.redirectUrl": redirectUrl,
		};
	}

	async close(): Promise<void> {
		await Promise.all([this.auth.close(), this.backend.close()]);
	}
}

const named = { originator: "relay_accounts", userAgent: "RelayAccounts/0.0.0 (test)" };

export async function startChatGpt(options: ChatGptOptions = {}): Promise<ChatGpt> {
	const { author, secrets, backendPort: port } = options;
	const auth = await startAuthServer(options);
	const backend = await startBackend({
		auth,
		...(port !== undefined && { port }),
		...(author !== undefined && { author }),
		...(secrets !== undefined && { secrets }),
	});
	return new ChatGpt(auth, backend);
}

/** What Codex CLI keeps of a login in its `auth.json`. */
export function codexCliFile({ accessToken, refreshToken, idToken, login }: GivenTokens): string {
	const tokens = {
		id_token: idToken,
		access_token: accessToken,
		refresh_token: refreshToken,
		account_id: login.person.accountId,
	};
	const last_refresh = new Date(login.renewedAt).toISOString();
	return `${JSON.stringify({ OPENAI_API_KEY: null, tokens, last_refresh }, null, 2)}\n`;
}
