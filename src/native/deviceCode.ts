import type { AuthResult } from "./login.ts";

/** A code for a person to type, whichever way the server gave it. */
export interface DeviceCode {
	readonly userCode: string;
	readonly verificationUrl: string;
	/** With the code in it; null where the server has no such page. */
	readonly verificationUrlComplete: string | null;
	/** Milliseconds since 1970. */
	readonly expiresAt: number;
	/** Seconds between questions. */
	readonly interval: number;
	/** What has become of it; `authorization_pending` and `slow_down` come as refusals. Never rejects. */
	readonly poll: () => Promise<AuthResult>;
}

/** Where the server does not say (RFC 8628, section 3.2, and this server's own page). Seconds. */
export const usualInterval = 5;
export const usualLife = 15 * 60;

/** Far above what any server asks for; Node's timers ring at once where they are to wait much longer. Seconds. */
const longest = 86_400;

/** Seconds as a number or a string: both are in use. From one to a day. */
export function secondsIn(value: unknown, usual: number): number {
	const seconds = typeof value === "string" ? Number.parseFloat(value) : value;
	return typeof seconds === "number" && Number.isFinite(seconds) && seconds > 0
		? Math.min(Math.max(1, seconds), longest)
		: usual;
}
