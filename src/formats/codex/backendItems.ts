import { isRecord } from "../modelList.ts";
import { sealMark } from "../seals.ts";
import { Untranslatable } from "../translation.ts";
import { withoutForeignSeals } from "./foreignSeals.ts";
import { withoutSealedReasoning } from "./ownSeals.ts";
import { saidItems } from "./saidItems.ts";

type Item = Readonly<Record<string, unknown>>;

/** How the loss of what was thought earlier is named. */
const lostReasoning = "input[].encrypted_content";

export interface BackendInput {
	readonly items: readonly unknown[];
	/** What of them could not be said, in the client's words. */
	readonly dropped: readonly string[];
}

/**
 * The input as ChatGPT's backend takes it, which keeps nothing: what is only referred to is put back from memory, and
 * reasoning goes along where it can be read again.
 * @param isUnsealed it cannot be: another account has encrypted it.
 * @throws Untranslatable
 */
export function backendInput(input: readonly unknown[], isUnsealed: boolean): BackendInput {
	const whole = withoutForeignSeals({ input: input.map(withSeal) });
	const own = isUnsealed ? withoutSealedReasoning(whole) : whole;
	const known = isRecord(own) && Array.isArray(own["input"]) ? own["input"] : input;
	const dropped = new Set<string>();
	const items = known.flatMap((item) => {
		const fit = fitItem(item);
		if (fit === null) dropped.add(lostReasoning);
		return fit ?? [];
	});
	return { items, dropped: [...dropped] };
}

/** Whether an item goes as it is; no more of it is read than that takes. @param member of the item, by its name. */
export function fitsBackend(
	member: (name: "type" | "role" | "id" | "encrypted_content" | "summary") => unknown,
): boolean {
	const type = member("type");
	if (type === "item_reference" || member("role") === "system") return false;
	const encrypted = member("encrypted_content");
	if (typeof encrypted === "string" && encrypted.startsWith(sealMark)) return false;
	return type !== "reasoning" || isReadable(member);
}

/** Whether files may be named in a body that are in a store: a search for the word alone is much the quicker one. */
export function mayNameStoredFile(body: Buffer): boolean {
	return body.includes("file_id", 0, "latin1") && body.includes('"file_id"', 0, "latin1");
}

/** Reasoning that counts on its account to keep it, as it was when it was said. */
function withSeal(item: unknown): unknown {
	if (!isRecord(item) || item["type"] !== "reasoning" || isSealed(item["encrypted_content"])) return item;
	return saidItems.find(item["id"]) ?? item;
}

/** @returns null for reasoning that nobody can read again. @throws Untranslatable */
function fitItem(item: unknown): unknown {
	if (!isRecord(item)) return item;
	const { type, role } = item;
	if (type === "item_reference") {
		throw new Untranslatable(
			"input: An item is named by its id alone, and a ChatGPT account keeps none. Send it whole.",
		);
	}
	refuseStoredFiles(item);
	// The backend takes no other instructions in the midst of a talk; to the model both are the same.
	if (role === "system") return { ...item, role: "developer" };
	return type === "reasoning" ? fitReasoning(item) : item;
}

function fitReasoning(item: Item): Item | null {
	if (!isSealed(item["encrypted_content"])) return null;
	if (isReadable((name) => item[name])) return item;
	const { id, summary, ...rest } = item;
	const named = typeof id === "string" && id !== "" ? { id } : {};
	return { ...rest, ...named, summary: Array.isArray(summary) ? summary : [] };
}

function isReadable(member: (name: "id" | "encrypted_content" | "summary") => unknown): boolean {
	const id = member("id");
	const isNamed = id === undefined || (typeof id === "string" && id !== "");
	return isNamed && isSealed(member("encrypted_content")) && Array.isArray(member("summary"));
}

function isSealed(encrypted: unknown): boolean {
	return typeof encrypted === "string" && encrypted !== "";
}

/** Files in the content of a message, or in what a tool has put out. */
function refuseStoredFiles({ content, output }: Item): void {
	const parts = [content, output].flatMap((list) => (Array.isArray(list) ? list : []));
	if (!parts.some((part) => isRecord(part) && typeof part["file_id"] === "string")) return;
	throw new Untranslatable(
		"input: A file is in the store of the account that it was uploaded to. Send the file itself.",
	);
}
