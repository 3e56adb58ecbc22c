import { randomBytes } from "node:crypto";
import { objectOf, textOf } from "../demoRelay/answer.ts";
import type { DeviceBook } from "./deviceBook.ts";
import { type AuthReply, jsonReply } from "./exchangeFate.ts";
import { challengeOf, type LoginBook } from "./loginBook.ts";

/** Where devices ask for codes and for what has become of them, beside the token endpoint. */
export interface DeviceDesk {
	readonly origin: string;
	readonly clientId: string;
	/** Seconds. */
	readonly interval: number;
	readonly life: number;
	readonly devices: DeviceBook;
	readonly logins: LoginBook;
}

/** RFC 8628, section 3.1. */
export function deviceCode(
	form: URLSearchParams,
	{ origin, clientId, interval, life, devices }: DeviceDesk,
): AuthReply {
	if (form.get("client_id") !== clientId) {
		return jsonReply(401, { error: "invalid_client", error_description: "The client is not known." });
	}
	const code = devices.begin();
	return jsonReply(200, {
		device_code: code.deviceCode,
		user_code: code.userCode,
		verification_uri: `${origin}/codex/device`,
		verification_uri_complete: `${origin}/codex/device?user_code=${code.userCode}`,
		expires_in: life,
		interval,
	});
}

/** The maker's own way: such a code is exchanged for a code of the usual sign-in, with its verifier. */
export function ownDeviceCode(body: unknown, { clientId, interval, devices }: DeviceDesk): AuthReply {
	if (textOf(objectOf(body)?.["client_id"]) !== clientId) return ownRefusal(401, "invalid_client");
	const code = devices.begin();
	return jsonReply(200, {
		device_auth_id: code.deviceCode,
		user_code: code.userCode,
		interval: String(interval),
		expires_at: new Date(code.expiresAt).toISOString(),
	});
}

export function ownDevicePoll(body: unknown, { origin, devices, logins }: DeviceDesk): AuthReply {
	const asked = objectOf(body) ?? {};
	const deviceId = textOf(asked["device_auth_id"]);
	const isPair = devices.codes.some(
		({ deviceCode: id, userCode }) => id === deviceId && userCode === textOf(asked["user_code"]),
	);
	if (!isPair) return ownRefusal(404, "deviceauth_not_found");
	const poll = devices.poll(deviceId);
	switch (poll.kind) {
		case "approved": {
			const verifier = randomBytes(32).toString("base64url");
			const challenge = challengeOf(verifier);
			const redirectUri = `${origin}/deviceauth/callback`;
			return jsonReply(200, {
				authorization_code: logins.code(poll.person, { redirectUri, challenge }),
				code_challenge: challenge,
				code_verifier: verifier,
			});
		}
		case "authorization_pending":
		case "slow_down":
			return ownRefusal(403, `deviceauth_${poll.kind}`);
		default:
			return ownRefusal(404, `deviceauth_${poll.kind}`);
	}
}

function ownRefusal(status: number, code: string): AuthReply {
	return jsonReply(status, { error: { message: code, type: "invalid_request_error", param: null, code } });
}
