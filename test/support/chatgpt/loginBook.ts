import { createHash, randomBytes, randomUUID } from "node:crypto";
import { keyOf, type Person } from "./people.ts";

/** One sign-in of a person, with all the refresh tokens it has had. */
export interface AuthLogin {
	readonly id: string;
	readonly person: Person;
	/** The one that is good; all earlier ones are spent. */
	readonly refreshToken: string;
	readonly state: "good" /** A spent token was shown. */ | "reused" | "revoked";
	/** Milliseconds since 1970. */
	readonly renewedAt: number;
	/** How often it was given tokens. */
	readonly exchanges: number;
}

/** Why a grant is refused, in the server's own code. */
export interface Refusal {
	readonly status: number;
	readonly code: string;
	readonly message: string;
}

/** What a sign-in in the browser is for. */
export interface CodeRequest {
	readonly redirectUri: string;
	/** S256. */
	readonly challenge: string;
}

interface Code extends CodeRequest {
	readonly person: Person;
	readonly expiresAt: number;
}

/** Milliseconds that a code of a sign-in is good for. */
const codeLife = 600_000;

type Writable = { -readonly [Member in keyof AuthLogin]: AuthLogin[Member] };

/** What the auth server knows of its people's logins. */
export class LoginBook {
	readonly #logins = new Map<string, Writable>();
	/** Refresh tokens, good and spent, with their logins. */
	readonly #refreshTokens = new Map<string, Writable>();
	readonly #codes = new Map<string, Code>();
	readonly #deactivated = new Set<string>();
	readonly #now: () => number;

	constructor(now: () => number) {
		this.#now = now;
	}

	get all(): readonly AuthLogin[] {
		return [...this.#logins.values()];
	}

	login(id: unknown): AuthLogin | undefined {
		return typeof id === "string" ? this.#logins.get(id) : undefined;
	}

	begin(person: Person): AuthLogin {
		const login: Writable = {
			id: randomUUID(),
			person,
			refreshToken: "",
			state: "good",
			renewedAt: this.#now(),
			exchanges: 0,
		};
		this.#logins.set(login.id, login);
		return this.#rotate(login);
	}

	/** A code that its callback brings. */
	code(person: Person, request: CodeRequest): string {
		const code = `ac_${randomBytes(24).toString("base64url")}`;
		this.#codes.set(code, { ...request, person, expiresAt: this.#now() + codeLife });
		return code;
	}

	/** A code is for one use, good or not. */
	redeem(code: string, verifier: string, redirectUri: string): AuthLogin | Refusal {
		const known = this.#codes.get(code);
		this.#codes.delete(code);
		const refused = (message: string) => ({ status: 400, code: "invalid_grant", message });
		if (known === undefined || known.expiresAt < this.#now()) return refused("The code is not known, or was used.");
		if (known.redirectUri !== redirectUri) return refused("The redirect_uri is not that of the sign-in.");
		if (challengeOf(verifier) !== known.challenge) return refused("The code_verifier does not fit.");
		return this.#closed(known.person) ?? this.begin(known.person);
	}

	/** Gives the next refresh token; a spent one ends its login. */
	renew(refreshToken: string): AuthLogin | Refusal {
		const login = this.#refreshTokens.get(refreshToken);
		if (login === undefined) {
			const message = "Your refresh token could not be validated. Please try signing in again.";
			return { status: 401, code: "refresh_token_invalidated", message };
		}
		const closed = this.#closed(login.person);
		if (closed !== null) return closed;
		if (login.refreshToken !== refreshToken) login.state = login.state === "good" ? "reused" : login.state;
		switch (login.state) {
			case "good":
				return this.#rotate(login);
			case "reused": {
				const message =
					"Your refresh token has already been used to generate a new access token. Please try signing in again.";
				return { status: 401, code: "refresh_token_reused", message };
			}
			case "revoked": {
				const message = "Your session has ended. Please log in again.";
				return { status: 401, code: "refresh_token_invalidated", message };
			}
		}
	}

	/** Its tokens are worth nothing from now on. */
	revoke(id: string): void {
		const login = this.#logins.get(id);
		if (login !== undefined) login.state = "revoked";
	}

	/** Every login of theirs is worth nothing from now on, and no new one is given. */
	deactivate(person: Person): void {
		this.#deactivated.add(keyOf(person));
	}

	isDeactivated(person: Person): boolean {
		return this.#deactivated.has(keyOf(person));
	}

	#closed(person: Person): Refusal | null {
		return this.isDeactivated(person)
			? { status: 401, code: "account_deactivated", message: deactivatedMessage }
			: null;
	}

	#rotate(login: Writable): AuthLogin {
		login.refreshToken = `rt_${randomBytes(32).toString("base64url")}`;
		login.renewedAt = this.#now();
		login.exchanges += 1;
		this.#refreshTokens.set(login.refreshToken, login);
		return login;
	}

	/** Whether a text holds any refresh token that was ever given. */
	quotesRefreshToken(text: string): boolean {
		return [...this.#refreshTokens.keys()].some((token) => text.includes(token));
	}
}

export const deactivatedMessage =
	"Your OpenAI account has been deactivated, please check your email for more information.";

export function challengeOf(verifier: string): string {
	return createHash("sha256").update(verifier).digest("base64url");
}

export function isRefusal(result: AuthLogin | Refusal): result is Refusal {
	return "code" in result;
}
