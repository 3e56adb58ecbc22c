import type { DeviceCode } from "./deviceCode.ts";
import type { AuthFailure, AuthResult } from "./login.ts";

/** Seconds by which questions become rarer when the server asks for that (RFC 8628, section 3.5). */
const slowerBy = 5;
/** Seconds between questions while the network is down. */
const longestInterval = 60;

export interface Waiting {
	readonly signal: AbortSignal;
	readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
	readonly now: () => number;
}

/** Asks until a person has decided or the code has expired. To ask twice does no harm, so trouble on the way is waited out. */
export async function waitForDevice(
	{ interval, expiresAt, poll }: Pick<DeviceCode, "interval" | "expiresAt" | "poll">,
	{ signal, pause, now }: Waiting,
): Promise<AuthResult> {
	let seconds = interval;
	let extra = 0;
	while (true) {
		// A pause may reject when it is cut short; whether it was is asked of the signal.
		await pause((seconds + extra) * 1000, signal).catch(() => {});
		if (signal.aborted) return { kind: "cancelled" };
		const result = await poll();
		const codeOfRefusal = "code" in result ? result.code : "";
		if (codeOfRefusal === "expired_token") return { kind: "timedOut" };
		if (codeOfRefusal === "slow_down") seconds += slowerBy;
		else if (result.kind === "ok" || !isPassing(result)) return result;
		if (now() >= expiresAt) return { kind: "timedOut" };
		extra = extraOf(result, extra, seconds);
	}
}

/** Seconds to wait beside the interval: what the server asks for, or a doubling while nothing answers. */
function extraOf(result: AuthResult, former: number, seconds: number): number {
	if (result.kind === "unavailable" && result.seconds !== null) return Math.min(result.seconds, longestInterval);
	const isTrouble = result.kind === "notSent" || result.kind === "brokenOff" || result.kind === "unavailable";
	return isTrouble ? Math.min(2 * former + seconds, longestInterval) : 0;
}

function isPassing(failure: AuthFailure): boolean {
	if (failure.kind === "denied") return failure.code === "authorization_pending";
	return failure.kind === "notSent" || failure.kind === "brokenOff" || failure.kind === "unavailable";
}
