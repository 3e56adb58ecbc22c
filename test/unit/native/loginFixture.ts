import assert from "node:assert/strict";
import type { Account, NativeAccount } from "../../../src/accounts/account.ts";
import type { AccountBook } from "../../../src/accounts/accountBook.ts";
import type { SecretStore } from "../../../src/accounts/secretVault.ts";
import { refreshTokens } from "../../../src/native/authServer.ts";
import type { Identity, Login, TokenSet } from "../../../src/native/login.ts";
import { LoginKeeper } from "../../../src/native/loginKeeper.ts";
import type { Bound, LoginState } from "../../../src/native/loginState.ts";
import { Logins } from "../../../src/native/logins.ts";
import { LoginVault } from "../../../src/native/loginVault.ts";
import type { Refresh } from "../../../src/native/renewal.ts";
import { RotationLedger } from "../../../src/native/rotationLedger.ts";
import { type AuthServer, type AuthServerOptions, startAuthServer } from "../../support/chatgpt/authServer.ts";
import { type Person, person } from "../../support/chatgpt/people.ts";
import { MemorySecrets } from "../../support/memorySecrets.ts";
import { BookFolder } from "../accounts/bookFixture.ts";
import { settingsOf } from "./authFixture.ts";
import { TestClock } from "./testClock.ts";

export const backend = "https://backend.example";

/** Secrets of a keychain that can be locked. */
export class StubbornSecrets extends MemorySecrets {
	takes = true;
	gives = true;
	forgets = true;
	tells = true;

	override async get(key: string): Promise<string | undefined> {
		const value = await super.get(key);
		if (!this.gives) throw new Error("locked");
		return value;
	}

	override async store(key: string, value: string): Promise<void> {
		if (!this.takes) throw new Error("locked");
		await super.store(key, value);
	}

	override async delete(key: string): Promise<void> {
		if (!this.forgets) throw new Error("locked");
		await super.delete(key);
	}

	override onDidChange(listener: (key: string) => void) {
		return super.onDidChange((key) => {
			if (this.tells) listener(key);
		});
	}
}

/** What a window has of the ChatGPT logins. */
export interface LoginWindow {
	readonly book: AccountBook;
	readonly vault: LoginVault;
	readonly ledger: RotationLedger;
	readonly logins: Logins;
	readonly keeper: LoginKeeper;
}

interface WindowWishes {
	readonly secrets?: SecretStore;
	readonly refresh?: Refresh;
	readonly boundTo?: () => Bound;
}

/** A folder, secrets, an auth server and a clock, and windows that share them. */
export class LoginGround {
	readonly folder: BookFolder;
	readonly auth: AuthServer;
	readonly clock: TestClock;
	readonly secrets = new StubbornSecrets();
	readonly bound: Bound;
	readonly #windows: LoginWindow[] = [];

	private constructor(folder: BookFolder, auth: AuthServer, clock: TestClock) {
		this.folder = folder;
		this.auth = auth;
		this.clock = clock;
		this.bound = { issuer: auth.origin, backend };
	}

	static async make(options: AuthServerOptions = {}): Promise<LoginGround> {
		const clock = new TestClock();
		const auth = await startAuthServer({ now: () => clock.now(), ...options });
		return new LoginGround(await BookFolder.make(), auth, clock);
	}

	get logged(): string {
		return this.folder.logged.map(([level, message]) => `${level} ${message}`).join("\n");
	}

	readonly refresh = (refreshToken: string, signal: AbortSignal) =>
		refreshTokens(settingsOf(this.auth.origin), fetch, refreshToken, signal);

	async openWindow({ secrets = this.secrets, ...wishes }: WindowWishes = {}): Promise<LoginWindow> {
		const log = (level: "debug" | "info" | "warn" | "error", message: string) => {
			this.folder.logged.push([level, message]);
		};
		const now = () => this.clock.now();
		const book = await this.folder.open();
		const vault = new LoginVault(secrets, log);
		const ledger = new RotationLedger(this.folder.path, log, now);
		const logins = new Logins({ book, vault, ledger, now });
		const keeper = new LoginKeeper({
			...{ book, vault, ledger, log, clock: this.clock, random: () => 0.5 },
			refresh: wishes.refresh ?? this.refresh,
			boundTo: wishes.boundTo ?? (() => this.bound),
			unite: (accountId, intoId) => logins.unite(accountId, intoId),
		});
		const window = { book, vault, ledger, logins, keeper };
		this.#windows.push(window);
		return window;
	}

	/** Signs somebody in at the auth server and in this window. @param seconds that the access token is good for. */
	async signIn(window: LoginWindow, somebody: Person = person(), seconds?: number): Promise<NativeAccount> {
		const result = await window.logins.adopt(await this.tokensOf(somebody, seconds), this.bound);
		return result.kind === "otherPerson" ? assert.fail() : result.account;
	}

	/** Tokens of a new sign-in. */
	async tokensOf(somebody: Person, seconds?: number): Promise<TokenSet> {
		const { accessToken, refreshToken, expiresAt } = await this.auth.signIn(somebody, seconds);
		return { accessToken, refreshToken, expiresAt, identity: identityOf(somebody) };
	}

	/** How often tokens were asked for. */
	get exchanges(): number {
		return this.auth.exchangesOf("refresh_token").length;
	}

	/** Ends all windows. Whatever happened, no token was logged or written to a file. */
	async close(): Promise<void> {
		for (const { keeper, vault } of this.#windows) {
			keeper.dispose();
			await keeper.settled();
			vault.dispose();
		}
		await this.folder.close();
		await this.auth.close();
		assert.doesNotMatch(this.logged, /rt_|eyJ/);
	}
}

export function identityOf({ accountId, userId, email, plan }: Person): Identity {
	return { accountId, userId, email, planType: plan };
}

/** Resolves when the keeper's account stands as wished. */
export async function until(
	keeper: LoginKeeper,
	accountId: string,
	fits: (state: LoginState) => boolean,
): Promise<LoginState> {
	const { promise, resolve } = Promise.withResolvers<LoginState>();
	const look = () => {
		const state = keeper.stateOf(accountId);
		if (fits(state)) resolve(state);
	};
	const subscription = keeper.onDidChange(look);
	look();
	return promise.finally(() => subscription.dispose());
}

export function accessOf({ vault }: LoginWindow, { id }: Account): string {
	return vault.loginOf(id)?.accessToken ?? "";
}

export function loginOf(given: Partial<Login> = {}): Login {
	return {
		accessToken: "access-1",
		refreshToken: "refresh-1",
		expiresAt: 1_900_000_000_000,
		issuer: "https://auth.example",
		backend,
		renewedAt: 1_800_000_000_000,
		...given,
	};
}
