import { type Authorization, newAuthorization, readCallback } from "./authorizeUrl.ts";
import { exchangeCode } from "./authServer.ts";
import { callbackPage, type PageText } from "./callbackPage.ts";
import { type CallbackReply, type CallbackServer, listenForCallback } from "./callbackServer.ts";
import type { AuthFailure, AuthResult, AuthSettings, Fetch } from "./login.ts";

/** How long a person may take. Milliseconds. */
const patienceWithPerson = 5 * 60_000;

/** Rings once after so many milliseconds, unless it is stopped. */
type Alarm = (ring: () => void, milliseconds: number) => () => void;

const usualAlarm: Alarm = (ring, milliseconds) => {
	const timer = setTimeout(ring, milliseconds);
	return () => clearTimeout(timer);
};

/** What the browser shows in the end, in the reader's language. */
export interface SignInTexts {
	/** As HTML names it. */
	readonly language: string;
	readonly succeeded: PageText;
	/** The sign-in goes on after `notSent` and `unavailable`: the page may be reloaded. */
	readonly failed: (failure: AuthFailure) => PageText;
}

export interface BrowserSignInOptions {
	readonly settings: AuthSettings;
	readonly fetch: Fetch;
	readonly texts: SignInTexts;
	readonly signal: AbortSignal;
	/** Milliseconds for all of it. */
	readonly patience?: number;
	readonly alarm?: Alarm;
}

/** A sign-in that waits for a browser, or for a person who pastes what the browser shows. */
export interface BrowserSignIn {
	/** For the browser; spaces are `%20`, and it must be opened as it is. */
	readonly url: string;
	/** `taken`: another program has the port, so only pasting leads on. */
	readonly listening: "yes" | "taken";
	/**
	 * The callback as a person copied it. After `wrongCallback`, `notSent` and `unavailable` the sign-in goes on, and pasting
	 * again may work. Never rejects.
	 * @returns null when the person is signed in.
	 */
	pasteCallback(text: string): Promise<AuthFailure | null>;
	/** Settles once nothing listens any more. Never rejects. */
	readonly result: Promise<AuthResult>;
}

/** The port is one, so a window has one sign-in at a time. */
let latest: SignIn | null = null;
/** Beginnings, one after the other: of two at once the later one stays. */
let beginning: Promise<unknown> = Promise.resolve();

/** Begins to sign in by a browser; a sign-in that still waits in this window is cancelled and has its port given back first. */
export function startBrowserSignIn(options: BrowserSignInOptions): Promise<BrowserSignIn> {
	const begun = beginning.then(() => begin(options));
	beginning = begun.catch(() => {});
	return begun;
}

async function begin(options: BrowserSignInOptions): Promise<BrowserSignIn> {
	await latest?.cancel();
	const signIn = new SignIn(options, await newAuthorization(options.settings));
	latest = signIn;
	await signIn.open();
	return signIn;
}

class SignIn implements BrowserSignIn {
	readonly url: string;
	readonly result: Promise<AuthResult>;
	listening: "yes" | "taken" = "taken";
	readonly #options: BrowserSignInOptions;
	readonly #authorization: Authorization;
	readonly #ending = new AbortController();
	readonly #stopAlarm: () => void;
	readonly #onAbort = () => void this.cancel();
	readonly #resolve: (result: AuthResult) => void;
	#opening: Promise<CallbackServer | null> = Promise.resolve(null);
	/** Under way: whoever comes with a code meanwhile waits for it too. */
	#exchange: Promise<AuthResult> | null = null;
	/** Why the last exchange failed after which the sign-in went on. */
	#lastFailure: AuthFailure | null = null;
	#outcome: AuthResult | null = null;

	constructor(options: BrowserSignInOptions, authorization: Authorization) {
		this.#options = options;
		this.#authorization = authorization;
		this.url = authorization.url;
		const { promise, resolve } = Promise.withResolvers<AuthResult>();
		this.result = promise;
		this.#resolve = resolve;
		const { alarm = usualAlarm, patience = patienceWithPerson } = options;
		this.#stopAlarm = alarm(() => void this.#timeOut(), patience);
		options.signal.addEventListener("abort", this.#onAbort);
		if (options.signal.aborted) void this.cancel();
	}

	async open(): Promise<void> {
		if (this.#outcome !== null) return;
		this.#opening = this.#listen();
		if ((await this.#opening) !== null) this.listening = "yes";
	}

	/** Settles when the port is free. */
	async cancel(): Promise<void> {
		this.#end({ kind: "cancelled" });
		await this.result;
	}

	async pasteCallback(text: string): Promise<AuthFailure | null> {
		const result = await this.#receive(text);
		return result.kind === "ok" ? null : result;
	}

	async #listen(): Promise<CallbackServer | null> {
		const { settings } = this.#options;
		const server = await listenForCallback(settings.redirectUrl, (target) => this.#answer(target));
		return server.kind === "listening" ? server : null;
	}

	/** The page tells how the sign-in ended, so the browser waits until that is known. */
	async #answer(target: string): Promise<CallbackReply> {
		const { language, succeeded, failed } = this.#options.texts;
		const result = await this.#receive(target);
		return result.kind === "ok"
			? { status: 200, html: callbackPage(succeeded, language) }
			: { status: 400, html: callbackPage(failed(result), language) };
	}

	/** A callback from the browser or the person. A wrong one changes nothing: anybody can send the browser here. */
	async #receive(text: string): Promise<AuthResult> {
		const callback = readCallback(text, this.#options.settings, this.#authorization.state);
		if (callback.kind === "wrongCallback") return callback;
		if (this.#outcome !== null) return this.#outcome;
		if (this.#exchange !== null) return this.#exchange;
		if (callback.kind === "denied") {
			this.#end(callback);
			return callback;
		}
		this.#exchange = this.#exchanged(callback.code);
		return this.#exchange;
	}

	async #exchanged(code: string): Promise<AuthResult> {
		const { settings, fetch } = this.#options;
		const { verifier } = this.#authorization;
		const result = await exchangeCode(settings, fetch, { code, verifier, signal: this.#ending.signal });
		this.#exchange = null;
		if (result.kind === "notSent" || result.kind === "unavailable") this.#lastFailure = result;
		else this.#end(result);
		return result;
	}

	/** A code that is just being exchanged is used up, so its tokens are waited for. */
	async #timeOut(): Promise<void> {
		await this.#exchange;
		this.#end(this.#lastFailure ?? { kind: "timedOut" });
	}

	#end(outcome: AuthResult): void {
		if (this.#outcome !== null) return;
		this.#outcome = outcome;
		this.#stopAlarm();
		this.#options.signal.removeEventListener("abort", this.#onAbort);
		this.#ending.abort();
		void this.#close(outcome);
	}

	async #close(outcome: AuthResult): Promise<void> {
		const server = await this.#opening;
		await server?.close();
		if (latest === this) latest = null;
		this.#resolve(outcome);
	}
}
