import { randomBytes } from "node:crypto";
import { type AuthorizeRequest, type AuthorizeRules, readAuthorize } from "./authorizeRules.ts";
import type { DeviceBook } from "./deviceBook.ts";
import { type AuthReply, pageReply } from "./exchangeFate.ts";
import type { LoginBook } from "./loginBook.ts";
import { escaped, link, page } from "./pages.ts";
import type { Person } from "./people.ts";

/** What becomes of a browser that comes to sign in. */
export type Consent =
	/** Whoever sits before it has agreed already. */
	| "given"
	| "denied"
	/** A page with a link for each person who may be it, and one that says no. */
	| "asked";

export interface Visitors {
	readonly consent: Consent;
	/** Who sits before the browser. */
	readonly visitor: Person;
	/** Whom the page offers. */
	readonly people: readonly Person[];
}

/** The pages that a browser is shown. */
export class SignInPages {
	readonly #rules: AuthorizeRules;
	readonly #logins: LoginBook;
	readonly #devices: DeviceBook;
	readonly #visitors: Visitors;
	/** Requests for which a person is being asked. */
	readonly #asked = new Map<string, AuthorizeRequest>();

	constructor(rules: AuthorizeRules, logins: LoginBook, devices: DeviceBook, visitors: Visitors) {
		this.#rules = rules;
		this.#logins = logins;
		this.#devices = devices;
		this.#visitors = visitors;
	}

	/** @param query as it was sent. */
	authorize(query: string): AuthReply {
		const reading = readAuthorize(query, this.#rules);
		if (reading.kind === "refused") {
			return pageReply(400, page(reading.code, `<p>${escaped(reading.detail)}</p>\n`));
		}
		const { consent, visitor, people } = this.#visitors;
		if (consent === "denied") return this.#sentBack(reading.request, null);
		if (consent === "given") return this.#sentBack(reading.request, visitor);
		const ticket = randomBytes(18).toString("base64url");
		this.#asked.set(ticket, reading.request);
		const links = people.map(({ email }, index) =>
			link(`Continue as ${email}`, `/oauth/consent?ticket=${ticket}&person=${index}`),
		);
		const refusal = link("Cancel", `/oauth/consent?ticket=${ticket}`);
		return pageReply(200, page("Sign in to Codex", [...links, refusal].join("")));
	}

	/** A person has followed a link of that page. */
	consented(query: URLSearchParams): AuthReply {
		const ticket = query.get("ticket") ?? "";
		const request = this.#asked.get(ticket);
		this.#asked.delete(ticket);
		if (request === undefined) return pageReply(400, page("This page is no longer good", ""));
		const chosen = query.get("person");
		return this.#sentBack(request, chosen === null ? null : (this.#visitors.people[Number(chosen)] ?? null));
	}

	/** Where a person types the code of a device. */
	device(query: URLSearchParams): AuthReply {
		const userCode = query.get("user_code");
		if (userCode === null) {
			const form = '<form><label>Code <input name="user_code"></label> <button>Continue</button></form>\n';
			return pageReply(200, page("Sign in on a device", form));
		}
		const known = this.#devices.approve(userCode, this.#visitors.visitor);
		return known
			? pageReply(200, page("You are signed in", "<p>You can close this page.</p>\n"))
			: pageReply(400, page("The code is not known", ""));
	}

	/** @param somebody null: they said no. */
	#sentBack({ redirectUri, challenge, state }: AuthorizeRequest, somebody: Person | null): AuthReply {
		const answer: Readonly<Record<string, string>> =
			somebody === null
				? { error: "access_denied", error_description: "The person said no.", state }
				: {
						code: this.#logins.code(somebody, { redirectUri, challenge }),
						scope: "openid profile email offline_access",
						state,
					};
		const query = Object.entries(answer).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
		return { status: 302, headers: { location: `${redirectUri}?${query.join("&")}` }, body: "" };
	}
}
