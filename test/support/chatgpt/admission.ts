import type { RecordedRequest } from "../recordedRequest.ts";
import type { AuthServer } from "./authServer.ts";
import { type AuthReply, jsonReply } from "./exchangeFate.ts";
import { type AuthLogin, deactivatedMessage } from "./loginBook.ts";
import type { Person } from "./people.ts";

export type Admission =
	| { readonly kind: "in"; readonly person: Person; readonly login: AuthLogin }
	/** Whoever it was, where that can be told. */
	| {
			readonly kind: "out";
			readonly person: Person | null;
			readonly login: AuthLogin | null;
			readonly reply: AuthReply;
	  };

/** Whether an access token is good, and the workspace its own. */
export async function admit({ headers }: RecordedRequest, auth: AuthServer): Promise<Admission> {
	const token = /^Bearer (\S+)$/.exec(headers.authorization ?? "")?.[1];
	const claims = token === undefined ? null : await auth.mint.read(token);
	const login = auth.logins.login(claims?.["session_id"]) ?? null;
	const person = login?.person ?? null;
	const out = (reply: AuthReply): Admission => ({ kind: "out", person, login, reply });
	if (token === undefined) return out(jsonReply(401, { detail: "Unauthorized" }));
	if (claims === null || login === null || person === null) {
		return out(refused("Could not parse your authentication token. Please try signing in again.", "invalid_token"));
	}
	if (auth.logins.isDeactivated(person)) return out(refused(deactivatedMessage, "account_deactivated"));
	if (login.state !== "good") {
		const message = "Your authentication token has been invalidated. Please try signing in again.";
		return out(refused(message, "token_invalidated"));
	}
	if ((claims.exp ?? 0) * 1000 <= auth.now()) {
		return out(refused("Provided authentication token is expired. Please try signing in again.", "token_expired"));
	}
	if (headers["chatgpt-account-id"] !== person.accountId) {
		return out(refused("The workspace is not one of this login.", "invalid_workspace_selected"));
	}
	return { kind: "in", person, login };
}

function refused(message: string, code: string): AuthReply {
	return jsonReply(401, { error: { message, type: "invalid_request_error", code, param: null }, status: 401 });
}
