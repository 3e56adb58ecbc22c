import type { RelayAccount } from "./account.ts";
import { normaliseBaseUrl } from "./baseUrl.ts";
import { type FieldProblem, isRecord } from "./fieldProblem.ts";
import { withoutLogin } from "./outboundProxyRules.ts";

/** The version of the import and export JSON. */
const transferVersion = 1;

/** What came of an import, entry by entry. */
export interface ImportReport {
	readonly entries: readonly {
		/** As the entry gives it; empty when it gives none. */
		readonly label: string;
		readonly outcome: "added" | "updated" | "unchanged" | "refused";
		readonly problems: readonly FieldProblem[];
	}[];
	/** What is wrong with the file as a whole; then there is no entry. */
	readonly fileProblem: "notJson" | "notAnExport" | "unknownVersion" | null;
}

type TransferReading =
	| { readonly ok: true; readonly entries: readonly unknown[] }
	| { readonly ok: false; readonly problem: NonNullable<ImportReport["fileProblem"]> };

/** Reads `{"version": 1, "accounts": […]}`; the entries are not looked into. */
export function readTransfer(text: string): TransferReading {
	let json: unknown;
	try {
		json = JSON.parse(text.replace(/^\ufeff/, ""));
	} catch {
		return { ok: false, problem: "notJson" };
	}
	if (!isRecord(json) || !Array.isArray(json["accounts"])) return { ok: false, problem: "notAnExport" };
	if (json["version"] !== transferVersion) return { ok: false, problem: "unknownVersion" };
	return { ok: true, entries: json["accounts"] };
}

/** @param apiKeyOf null leaves all keys out; a relay for which it gives null is written without one. */
export function writeTransfer(
	relays: readonly RelayAccount[],
	apiKeyOf: ((accountId: string) => string | null) | null,
): string {
	const accounts = relays.map((relay) => {
		const apiKey = apiKeyOf?.(relay.id) ?? null;
		return {
			label: relay.label,
			format: relay.format,
			baseUrl: relay.baseUrl,
			...(isPlainHttp(relay) ? { allowPlainHttp: true } : {}),
			...(apiKey === null ? {} : { apiKey }),
			allowedModels: relay.allowedModels,
			modelMap: relay.modelMap,
			priority: relay.priority,
			headers: relay.headers,
			auth: relay.auth,
			maxConcurrent: relay.maxConcurrent,
			outboundProxy: withoutLogin(relay.outboundProxy),
			enabled: relay.enabled,
		};
	});
	return `${JSON.stringify({ version: transferVersion, accounts }, null, 2)}\n`;
}

export function labelOfEntry(entry: unknown): string {
	const label = isRecord(entry) ? entry["label"] : null;
	return typeof label === "string" ? label.trim() : "";
}

function isPlainHttp({ baseUrl, format }: RelayAccount): boolean {
	const read = normaliseBaseUrl(baseUrl, format);
	return read.ok && read.plainHttp;
}
