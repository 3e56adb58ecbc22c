import type { Dispatcher } from "undici";
import type { RelayFault } from "../bridge/relayReports.ts";
import { formatRules } from "../formats/format.ts";
import { type ModelEntry, readModelList } from "../formats/modelList.ts";
import { parseJson } from "../formats/probe.ts";
import { callRelay, type RelayAddress } from "./relayCall.ts";

export type FetchedModels =
	| { readonly kind: "ok"; readonly url: string; readonly entries: ReadonlyMap<string, ModelEntry> }
	| { readonly kind: "fault"; readonly fault: RelayFault };

/** Asks a relay for its own list of models. */
export async function fetchModels(
	transport: Dispatcher,
	address: RelayAddress,
	signal: AbortSignal,
): Promise<FetchedModels> {
	const { path } = formatRules[address.format].models;
	const reply = await callRelay(transport, address, { path, body: null, model: null }, signal);
	if (reply.kind === "fault") return reply;
	const entries = readModelList(parseJson(reply.body));
	if (entries === null) return { kind: "fault", fault: { kind: "otherFormat", url: reply.url, status: 200 } };
	return { kind: "ok", url: reply.url, entries };
}
