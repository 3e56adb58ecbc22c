import { refusalOf } from "./authRefusal.ts";
import { type Answer, type AuthLine, askJson } from "./authRequest.ts";
import { exchangeCode } from "./authServer.ts";
import { type DeviceCode, secondsIn, usualInterval, usualLife } from "./deviceCode.ts";
import type { AuthFailure } from "./login.ts";
import { plainWords } from "./redaction.ts";

/**
 * The auth server's own device flow, older than its RFC 8628 one, if it has that at all: the question gives 403 or 404 until a
 * person has decided, and then an authorization code, with the verifier that the server itself has made.
 */
export async function openOwnDevice(line: AuthLine, now: () => number): Promise<DeviceCode | AuthFailure> {
	const { settings, fetch, signal } = line;
	const redirectUrl = `${settings.authUrl}/deviceauth/callback`;
	const answer = await askJson(line, `${ownPath}/usercode`, { client_id: settings.clientId });
	if (answer.kind !== "answer") return answer;
	const reply = answer.json ?? {};
	const deviceId = reply["device_auth_id"];
	const userCode = reply["user_code"] ?? reply["usercode"];
	if (typeof deviceId !== "string" || typeof userCode !== "string") return refusalOf(answer, []);
	// Kept, for the question that gave it gives no second one.
	let granted: Grant | null = null;
	return {
		userCode: plainWords(userCode, []),
		verificationUrl: `${settings.authUrl}/codex/device`,
		verificationUrlComplete: null,
		expiresAt: expiryOf(reply, now()),
		interval: secondsIn(reply["interval"], usualInterval),
		poll: async () => {
			if (granted === null) {
				const asked = await askJson(line, `${ownPath}/token`, { device_auth_id: deviceId, user_code: userCode });
				if (asked.kind !== "answer") return asked;
				granted = grantIn(asked);
				if (granted === null) return undecided(asked, deviceId);
			}
			// Again where no answer came: a code that was used up is refused then, and nothing is lost by that.
			return exchangeCode(settings, fetch, { ...granted, signal, redirectUrl });
		},
	};
}

const ownPath = "/api/accounts/deviceauth";

interface Grant {
	readonly code: string;
	readonly verifier: string;
}

function grantIn({ status, json }: Answer): Grant | null {
	const code = json?.["authorization_code"];
	const verifier = json?.["code_verifier"];
	const isGood = status >= 200 && status < 300 && typeof code === "string" && typeof verifier === "string";
	return isGood ? { code, verifier } : null;
}

/** Which of the two statuses means “not yet” is not told; only what the body names plainly ends the wait. */
function undecided(answer: Answer, deviceId: string): AuthFailure {
	if (answer.status !== 403 && answer.status !== 404) return refusalOf(answer, [deviceId]);
	// As a status that says nothing itself.
	const refusal = refusalOf({ ...answer, status: 400 }, [deviceId]);
	const code = "code" in refusal ? refusal.code.replace(/^deviceauth_/, "") : "";
	const isPlain = ["access_denied", "expired_token", "slow_down"].includes(code);
	return { kind: "denied", code: isPlain ? code : "authorization_pending", description: "" };
}

function expiryOf(reply: NonNullable<Answer["json"]>, now: number): number {
	const date = Date.parse(String(reply["expires_at"] ?? ""));
	return date > now ? date : now + secondsIn(reply["expires_in"], usualLife) * 1000;
}
