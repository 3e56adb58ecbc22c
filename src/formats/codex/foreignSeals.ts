import { isRecord } from "../modelList.ts";
import { openSeal, sealMark } from "../seals.ts";
import { saidItems } from "./saidItems.ts";

/** A request without any of these has nothing to be taken out. */
export const foreignMarks: readonly string[] = [sealMark, '"item_reference"'];

/**
 * What other makers have sealed is taken out of the input; what an account of this format has sealed is put back, and so is
 * what was said by an account that keeps nothing and is referred to by its id.
 */
export function withoutForeignSeals(body: unknown): unknown {
	if (!isRecord(body) || !Array.isArray(body["input"])) return body;
	return { ...body, input: body["input"].flatMap(ownItem) };
}

function ownItem(item: unknown): readonly unknown[] {
	const said = isRecord(item) && item["type"] === "item_reference" ? saidItems.find(item["id"]) : undefined;
	if (said !== undefined) return ownItem(said);
	const encrypted = isRecord(item) ? item["encrypted_content"] : undefined;
	const seal = typeof encrypted === "string" ? openSeal(encrypted) : null;
	if (seal === null || !isRecord(item)) return [item];
	if (seal.maker !== "codex" || !isRecord(seal.value)) return [];
	// Nothing else: whoever answered earlier could have written any member into it.
	const { id, encrypted_content: own } = seal.value;
	if (typeof own !== "string") return [];
	return [{ ...item, ...(typeof id === "string" ? { id } : {}), encrypted_content: own }];
}
