import * as oauth from "oauth4webapi";
import { isLoopbackHost } from "../accounts/baseUrl.ts";
import { scope } from "./authorizeUrl.ts";
import { refusalOf } from "./authRefusal.ts";
import { type AuthLine, ask, patienceForReply, serverOf } from "./authRequest.ts";
import { tokensIn } from "./authServer.ts";
import { type DeviceCode, secondsIn, usualInterval, usualLife } from "./deviceCode.ts";
import { waitForDevice } from "./devicePolling.ts";
import type { AuthFailure, AuthResult, AuthSettings, Fetch } from "./login.ts";
import { openOwnDevice } from "./ownDeviceCode.ts";
import { plainWords } from "./redaction.ts";

export interface DeviceSignInOptions {
	readonly settings: AuthSettings;
	readonly fetch: Fetch;
	readonly signal: AbortSignal;
	/** Settles after so many milliseconds, or at once when the signal is aborted. Need not reject. */
	readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
	/** Milliseconds since 1970. */
	readonly now?: () => number;
}

/** A code that waits for a person to type it in some browser. */
export interface DeviceSignIn {
	readonly kind: "ok";
	readonly userCode: string;
	readonly verificationUrl: string;
	/** With the code in it; null where the server has no such page. */
	readonly verificationUrlComplete: string | null;
	/** Milliseconds since 1970. */
	readonly expiresAt: number;
	/** Never rejects. */
	readonly result: Promise<AuthResult>;
}

/**
 * Begins to sign in by a code (RFC 8628). A server that does not know that way is asked in the auth server's own one. Never
 * rejects.
 */
export async function startDeviceSignIn(options: DeviceSignInOptions): Promise<DeviceSignIn | AuthFailure> {
	const { settings, fetch, signal, pause, now = Date.now } = options;
	const line: AuthLine = { settings, fetch, signal, patience: patienceForReply };
	const code = await openDevice(line, now);
	if ("kind" in code) return code;
	const { userCode, verificationUrl, verificationUrlComplete, expiresAt } = code;
	const result = waitForDevice(code, { signal, pause, now });
	return { kind: "ok", userCode, verificationUrl, verificationUrlComplete, expiresAt, result };
}

async function openDevice(line: AuthLine, now: () => number): Promise<DeviceCode | AuthFailure> {
	const standard = await openStandardDevice(line, now);
	if (!("kind" in standard) || !knowsNoSuchWay(standard)) return standard;
	const own = await openOwnDevice(line, now);
	// Neither way is there: what the standard one was answered says more.
	return "kind" in own && isNotFound(own) ? standard : own;
}

function isNotFound(failure: AuthFailure): boolean {
	return failure.kind === "unavailable" && (failure.status === 404 || failure.status === 405);
}

/** Any answer but codes: servers say in many ways that there is nothing here, and that this client may not do this. */
function knowsNoSuchWay(failure: AuthFailure): boolean {
	return failure.kind === "unavailable"
		? failure.status !== 429
		: failure.kind === "denied" || failure.kind === "spent";
}

async function openStandardDevice(line: AuthLine, now: () => number): Promise<DeviceCode | AuthFailure> {
	const [server, client] = [serverOf(line.settings), { client_id: line.settings.clientId }];
	const answer = await ask(line, (options) =>
		oauth.deviceAuthorizationRequest(server, client, oauth.None(), { scope }, options),
	);
	if (answer.kind !== "answer") return answer;
	const { device_code: deviceCode, user_code: userCode, ...reply } = answer.json ?? {};
	const verificationUrl = webUrl(reply["verification_uri"] ?? reply["verification_url"]);
	const isGood = answer.status >= 200 && answer.status < 300;
	if (!isGood || typeof deviceCode !== "string" || typeof userCode !== "string" || verificationUrl === null) {
		return refusalOf(answer, []);
	}
	return {
		userCode: plainWords(userCode, []),
		verificationUrl,
		verificationUrlComplete: webUrl(reply["verification_uri_complete"]),
		expiresAt: now() + secondsIn(reply["expires_in"], usualLife) * 1000,
		interval: secondsIn(reply["interval"], usualInterval),
		poll: async () => {
			const tokens = await ask(line, (options) =>
				oauth.deviceCodeGrantRequest(server, client, oauth.None(), deviceCode, options),
			);
			return tokensIn(tokens, [deviceCode], null);
		},
	};
}

/** An address that a browser may be sent to: a server must not make it open a file or a program. */
function webUrl(value: unknown): string | null {
	if (typeof value !== "string" || !URL.canParse(value)) return null;
	const { protocol, hostname, href } = new URL(value);
	return protocol === "https:" || (protocol === "http:" && isLoopbackHost(hostname)) ? href : null;
}
