import { createHmac } from "node:crypto";
import { objectsOf } from "../demoRelay/answer.ts";
import { itemOfEncrypted } from "../demoRelay/seals.ts";

/** Encrypted reasoning, which only the workspace that it was made for can send back. */
const secret = "what the backend keeps to itself";

const form = /"encrypted_content":"([^"]+)"/g;

/** Binds what the demo has encrypted, wherever it stands in a text of JSON. */
export function bindSeals(json: string, accountId: string): string {
	return json.replace(form, (_, content: string) => `"encrypted_content":"${bound(content, accountId)}"`);
}

/** The first item that holds what was encrypted for somebody else, or by somebody else. */
export function foreignSeal(input: unknown, accountId: string): string | null {
	for (const { encrypted_content: content } of objectsOf(input)) {
		if (content === undefined || content === null) continue;
		const end = String(content).lastIndexOf(".");
		const inner = String(content).slice(0, end);
		if (itemOfEncrypted(inner) === null || content !== bound(inner, accountId)) return String(content);
	}
	return null;
}

function bound(content: string, accountId: string): string {
	return `${content}.${createHmac("sha256", secret).update(`${accountId} ${content}`).digest("base64url")}`;
}
