import type * as vscode from "vscode";
import type { AccountBook } from "../accounts/accountBook.ts";
import type { Disposable } from "../accounts/listeners.ts";
import { QuotaBook } from "../accounts/quotaBook.ts";
import type { LogLevel } from "../bridge/protocol.ts";
import type { ProxyControl } from "../bridge/proxyControl.ts";
import type { Quota } from "../bridge/quota.ts";
import type { Fetch } from "../native/login.ts";
import { LoginKeeper } from "../native/loginKeeper.ts";
import type { Bound } from "../native/loginState.ts";
import { Logins } from "../native/logins.ts";
import { LoginVault } from "../native/loginVault.ts";
import { RotationLedger } from "../native/rotationLedger.ts";
import type { LoginFacts } from "./accountFacts.ts";
import type { ChatGptSettings } from "./chatGptSettings.ts";
import { secretStore } from "./secrets.ts";
import type { LiveSettings } from "./settings.ts";
import { SignInDesk } from "./signInDesk.ts";

interface ChatGptOptions {
	/** Where the accounts are. */
	readonly folder: string;
	readonly secrets: vscode.SecretStorage;
	readonly book: AccountBook;
	readonly settings: Pick<LiveSettings, "current" | "onDidChange">;
	readonly proxy: Pick<
		ProxyControl,
		"live" | "onDidChangeLive" | "onDidRefuseLogin" | "loginNotRenewed" | "keyChanged"
	>;
	readonly log: (level: LogLevel, message: string) => void;
}

/** Everything about ChatGPT accounts that is not saved in the book: logins, their upkeep, and what is left of the plans. */
export class ChatGpt implements Disposable {
	readonly vault: LoginVault;
	readonly logins: Logins;
	readonly quotas: QuotaBook;
	/** The sign-in that waits for a person. */
	readonly desk = new SignInDesk();
	/** As the window has it, with VS Code's proxy and certificates. */
	readonly fetch: Fetch = (input, init) => globalThis.fetch(input, init);
	readonly #keeper: LoginKeeper;
	readonly #settings: ChatGptOptions["settings"];
	readonly #subscriptions: readonly Disposable[];

	private constructor({ folder, secrets, book, settings, proxy, log }: ChatGptOptions, quotas: QuotaBook) {
		const ledger = new RotationLedger(folder, log);
		this.#settings = settings;
		this.quotas = quotas;
		this.vault = new LoginVault(secretStore(secrets), log);
		this.logins = new Logins({ book, vault: this.vault, ledger });
		this.#keeper = new LoginKeeper({
			...{ book, vault: this.vault, ledger, log },
			boundTo: () => this.bound,
			unite: (accountId, intoId) => this.logins.unite(accountId, intoId),
			refresh: async (refreshToken, signal, issuer) => {
				const { refreshTokens } = await this.onDemand();
				const { auth } = this.settings;
				const { origin, host } = new URL(auth.authUrl);
				// Changed since the login was looked at.
				if (origin !== issuer) return { kind: "notSent", host, code: "OTHER_SERVER" };
				return await refreshTokens(auth, this.fetch, refreshToken, signal);
			},
		});
		const noteQuotas = () => {
			for (const { id, quota } of proxy.live.values()) if (quota !== null) quotas.note(id, quota);
		};
		const follow = () => quotas.follow(book.accounts.filter(({ type }) => type === "native").map(({ id }) => id));
		follow();
		this.#subscriptions = [
			book.onDidChange(follow),
			settings.onDidChange(() => this.#keeper.settingsChanged()),
			proxy.onDidChangeLive(noteQuotas),
			// Where each page has its own secrets, the window that serves does not see what is written here.
			this.vault.onDidWrite((accountId) => {
				const apiKey = this.accessTokenOf(accountId);
				proxy.keyChanged({ accountId, origin: this.bound.backend, apiKey, changedAt: Date.now() });
			}),
			proxy.onDidRefuseLogin(async ({ accountId, accessToken }) => {
				if (!(await this.renewRefused(accountId, accessToken))) proxy.loginNotRenewed(accountId);
			}),
		];
	}

	/** Resolves when the logins have been read; what has to be renewed is renewed meanwhile. */
	static async open(options: ChatGptOptions): Promise<ChatGpt> {
		const { folder, log } = options;
		const chatGpt = new ChatGpt(options, await QuotaBook.open({ folder, log }));
		await chatGpt.#keeper.start();
		return chatGpt;
	}

	get settings(): ChatGptSettings {
		return this.#settings.current.chatGpt;
	}

	/** The only hosts that logins are for. */
	get bound(): Bound {
		const { auth, backend } = this.settings;
		return { issuer: new URL(auth.authUrl).origin, backend: new URL(backend.baseUrl).origin };
	}

	/** Sign-in and renewal, which are loaded when they are needed. */
	onDemand(): Promise<typeof import("../native/onDemand.ts")> {
		return import("../native/onDemand.ts");
	}

	/**
	 * What the proxy calls the backend with; null where this window has no login that is any good. A token that has just ended,
	 * as after a sleep of the machine, is given as long as it can be renewed: the request that finds it refused waits for that.
	 */
	accessTokenOf(accountId: string): string | null {
		const { kind } = this.#keeper.stateOf(accountId);
		const isRenewable = kind === "good" || kind === "renewing" || kind === "waiting";
		const ended = isRenewable ? (this.vault.loginOf(accountId)?.accessToken ?? "") : "";
		return this.#keeper.accessTokenFor(accountId) ?? (ended === "" ? null : ended);
	}

	loginOf(accountId: string): LoginFacts {
		return {
			state: this.#keeper.stateOf(accountId),
			lasts: this.#keeper.accessTokenFor(accountId) !== null,
			renewedAt: this.vault.loginOf(accountId)?.renewedAt ?? null,
		};
	}

	/** What was last told of a plan; null: nothing yet. */
	quotaOf(accountId: string): Quota | null {
		return this.quotas.of(accountId);
	}

	/** The backend has refused this token. @returns whether there is another one now. Never rejects. */
	renewRefused(accountId: string, accessToken: string): Promise<boolean> {
		return this.#keeper.refused(accountId, accessToken);
	}

	/** A person does not want to wait for the next try of a renewal. Does nothing where none waits. */
	async renewWaiting(accountId: string): Promise<void> {
		if (this.#keeper.stateOf(accountId).kind === "waiting") await this.#keeper.renewNow(accountId);
	}

	/** Tells the id of an account whose login, or how it stands, has changed. */
	onDidChangeLogin(listener: (accountId: string) => void): Disposable {
		return this.#keeper.onDidChange(listener);
	}

	/** Tells the ids of accounts of whose plans something else is known. */
	onDidChangeQuota(listener: (accountIds: readonly string[]) => void): Disposable {
		return this.quotas.onDidChange(listener);
	}

	/** For a window that closes: renews no more, waits for what is being renewed, writes what is not in a file yet. */
	async flush(): Promise<void> {
		this.#keeper.dispose();
		await Promise.all([this.#keeper.settled(), this.quotas.flush()]);
	}

	dispose(): void {
		for (const part of this.#subscriptions) part.dispose();
		this.desk.dispose();
		this.#keeper.dispose();
		this.vault.dispose();
		this.quotas.dispose();
	}
}
