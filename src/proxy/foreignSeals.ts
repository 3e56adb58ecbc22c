import type { Format } from "../accounts/account.ts";
import { isRecord } from "../formats/modelList.ts";
import { parseJson } from "../formats/probe.ts";
import { translations } from "../formats/translations.ts";
import type { Addressed, RoutedRequest } from "./routedRequest.ts";

/**
 * A direct request, without what accounts of other formats have sealed in earlier turns of the conversation: its account
 * would refuse the whole request for a signature that it has not made. The search reads 5 GB a second; a request without
 * such seals stays as it is.
 */
export function withoutForeignSeals(
	format: Format,
	routed: RoutedRequest,
	relayModel: string,
	addressed: Addressed,
): Addressed {
	const { foreignMarks, withoutForeignSeals: clean } = translations[format];
	if (!foreignMarks.some((mark) => routed.clear.includes(mark, 0, "latin1"))) return addressed;
	const told = parseJson(routed.clear.toString());
	if (!isRecord(told)) return addressed;
	// Gemini's model is in the path.
	const named = format === "gemini" ? told : { ...told, model: relayModel };
	const body = clean(named);
	return body === named ? addressed : { path: addressed.path, body: Buffer.from(JSON.stringify(body)), decoded: true };
}
