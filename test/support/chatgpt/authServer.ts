import type { ServerResponse } from "node:http";
import { readObject } from "../demoRelay/answer.ts";
import type { RecordedRequest } from "../recordedRequest.ts";
import { startUpstream, type Upstream } from "../upstream.ts";
import { DeviceBook } from "./deviceBook.ts";
import { type DeviceDesk, deviceCode, ownDeviceCode, ownDevicePoll } from "./deviceEndpoints.ts";
import { type Exchange, ExchangeDesk } from "./exchangeDesk.ts";
import { type AuthReply, type ExchangeFate, jsonReply } from "./exchangeFate.ts";
import { type AuthLogin, LoginBook } from "./loginBook.ts";
import { keyOf, type Person, person } from "./people.ts";
import { type Consent, SignInPages } from "./signInPages.ts";
import { tokensOf } from "./tokenEndpoint.ts";
import { makeMint, type TokenMint } from "./tokenMint.ts";

export interface AuthServerOptions {
	/** 0, the default, picks a free one. */
	readonly port?: number;
	/** An address of this machine; 127.0.0.1 by default. */
	readonly host?: string;
	readonly clientId?: string;
	/** The only addresses to which a browser is sent back; the real server has the first one only. */
	readonly redirectUris?: readonly string[];
	/** Seconds that an access token is good for; an hour by default. */
	readonly accessLife?: number;
	/** Who sits before the browser. */
	readonly visitor?: Person;
	readonly consent?: Consent;
	/** Seconds between questions of a device, and seconds that its code is good for. */
	readonly deviceInterval?: number;
	readonly deviceLife?: number;
	/** Milliseconds since 1970. */
	readonly now?: () => number;
}

export const usualClientId = "app_EMoamEEZ73f0CkXaXp7hrann";
export const usualRedirectUri = "http://localhost:1455/auth/callback";

/** Tokens as the token endpoint gives them, without having asked it. */
export interface GivenTokens {
	readonly login: AuthLogin;
	readonly accessToken: string;
	readonly refreshToken: string;
	readonly idToken: string;
	/** Milliseconds since 1970. */
	readonly expiresAt: number;
}

/** A stand-in for auth.openai.com that refuses what it refuses. Its members can be changed for what comes next. */
export class AuthServer {
	readonly origin: string;
	readonly clientId: string;
	readonly logins: LoginBook;
	readonly devices: DeviceBook;
	readonly mint: TokenMint;
	readonly now: () => number;
	/** In the order of their coming, whatever they asked for. */
	readonly requests: readonly RecordedRequest[];
	/** What no honest client would do. */
	readonly violations: string[] = [];
	readonly redirectUris: string[];
	/** Whom the page for sign-in offers. */
	readonly people: Person[];
	visitor: Person;
	consent: Consent;
	/** Seconds. */
	accessLife: number;
	readonly #upstream: Upstream;
	readonly #desk: ExchangeDesk;
	readonly #pages: SignInPages;
	readonly #deviceDesk: DeviceDesk;
	/** Seconds, where somebody's tokens live longer or shorter than those of others. */
	readonly #lives = new Map<string, number>();

	constructor(upstream: Upstream, mint: TokenMint, options: AuthServerOptions) {
		this.#upstream = upstream;
		this.origin = upstream.origin;
		this.requests = upstream.requests;
		this.mint = mint;
		this.now = options.now ?? Date.now;
		this.clientId = options.clientId ?? usualClientId;
		this.redirectUris = [...(options.redirectUris ?? [usualRedirectUri])];
		this.accessLife = options.accessLife ?? 3600;
		this.visitor = options.visitor ?? person();
		this.people = [this.visitor];
		this.consent = options.consent ?? "given";
		const { now, origin, clientId } = this;
		const interval = options.deviceInterval ?? 5;
		const life = options.deviceLife ?? 900;
		const logins = new LoginBook(now);
		const devices = new DeviceBook({ interval, life, now });
		const lifeOf = ({ person: owner }: AuthLogin) => this.#lifeOf(owner);
		this.logins = logins;
		this.devices = devices;
		this.#desk = new ExchangeDesk({ logins, devices, clientId, mint, lifeOf }, now);
		this.#pages = new SignInPages(this, logins, devices, this);
		this.#deviceDesk = { origin, clientId, interval, life, devices, logins };
	}

	/** Requests to the token endpoint. */
	get exchanges(): readonly Exchange[] {
		return this.#desk.exchanges;
	}

	exchangesOf(grant: string): readonly Exchange[] {
		return this.exchanges.filter((exchange) => exchange.grant === grant);
	}

	/** Each request to the token endpoint once, as soon as it has come; waits for one that is still to come. */
	nextExchange(): Promise<Exchange> {
		return this.#desk.nextExchange();
	}

	/** What the next requests to the token endpoint meet, one each; then all is well again. */
	next(...fates: readonly ExchangeFate[]): void {
		this.#desk.next(...fates);
	}

	/**
	 * A login without the way to it.
	 * @param seconds that its access token is good for; below 0 for one that has expired.
	 */
	async signIn(somebody: Person = this.visitor, seconds = this.#lifeOf(somebody)): Promise<GivenTokens> {
		const login = this.logins.begin(somebody);
		const tokens = await tokensOf(login, { mint: this.mint, lifeOf: () => seconds });
		return {
			login,
			accessToken: tokens.access_token,
			refreshToken: tokens.refresh_token,
			idToken: tokens.id_token,
			expiresAt: (Math.floor(this.now() / 1000) + seconds) * 1000,
		};
	}

	/** @param seconds that somebody's next access tokens are good for. */
	setLife(somebody: Person, seconds: number): void {
		this.#lives.set(keyOf(somebody), seconds);
	}

	/**
	 * A person has typed the code of a device.
	 * @returns whether such a code waits.
	 */
	approve(userCode: string, somebody: Person = this.visitor): boolean {
		return this.devices.approve(userCode, somebody);
	}

	/** Ends all logins of a person. */
	revoke(somebody: Person): void {
		for (const { id, person: owner } of this.logins.all) {
			if (keyOf(owner) === keyOf(somebody)) this.logins.revoke(id);
		}
	}

	/** Closes a person's account. */
	deactivate(somebody: Person): void {
		this.logins.deactivate(somebody);
	}

	/** Ends every connection at once. */
	close(): Promise<void> {
		return this.#upstream.close();
	}

	serve(request: RecordedRequest, response: ServerResponse): void | Promise<void> {
		const { pathname, search, searchParams } = new URL(request.url, this.origin);
		this.violations.push(...violationsOf(request, this.logins));
		const respond = ({ status, headers, body }: AuthReply): void => {
			response.writeHead(status, { ...edgeHeaders, ...headers }).end(body);
		};
		const form = () => new URLSearchParams(request.body.toString("utf8"));
		switch (`${request.method} ${pathname}`) {
			case "GET /oauth/authorize":
				return respond(this.#pages.authorize(search.slice(1)));
			case "GET /oauth/consent":
				return respond(this.#pages.consented(searchParams));
			case "GET /codex/device":
				return respond(this.#pages.device(searchParams));
			case "POST /oauth/token":
				return this.#desk.serve(form(), request.headers["content-type"] ?? "", response, respond);
			case "POST /oauth/device/code":
				return respond(deviceCode(form(), this.#deviceDesk));
			case "POST /api/accounts/deviceauth/usercode":
				return respond(ownDeviceCode(readObject(request.body), this.#deviceDesk));
			case "POST /api/accounts/deviceauth/token":
				return respond(ownDevicePoll(readObject(request.body), this.#deviceDesk));
			default:
				return respond(jsonReply(404, { detail: "Not Found" }));
		}
	}

	#lifeOf(somebody: Person): number {
		return this.#lives.get(keyOf(somebody)) ?? this.accessLife;
	}
}

export async function startAuthServer(options: AuthServerOptions = {}): Promise<AuthServer> {
	const upstream = await startUpstream(
		(request, response) => server.serve(request, response),
		options.port,
		options.host,
	);
	const { clientId = usualClientId, now = Date.now } = options;
	const server = new AuthServer(upstream, await makeMint({ issuer: upstream.origin, clientId, now }), options);
	return server;
}

/** What an edge puts on every reply. */
const edgeHeaders = { "set-cookie": "__cf_bm=of-the-auth-server; path=/; HttpOnly; Secure", "cf-ray": "0-OSL" };

function violationsOf({ method, url, headers }: RecordedRequest, logins: LoginBook): readonly string[] {
	const found = (is: boolean, what: string) => (is ? [`${method} ${url.split("?")[0]}: ${what}`] : []);
	return [
		...found(method === "POST" && headers.cookie !== undefined, "a cookie"),
		...found(headers.authorization !== undefined, "an Authorization header"),
		...found(logins.quotesRefreshToken(url), "a refresh token in the URL"),
	];
}
