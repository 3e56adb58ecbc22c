import type { Dispatcher } from "undici";
import type { ModelsReport, RelayTarget, TestReport } from "../bridge/relayReports.ts";
import { allowsModel } from "../bridge/standing.ts";
import { formatRules } from "../formats/format.ts";
import { relayModelName } from "../pool/modelNames.ts";
import { callRelay, errorText, withoutSecret } from "./relayCall.ts";
import { fetchModels } from "./relayModels.ts";

const shownWords = 8;

/**
 * Sends a relay the smallest real request and says exactly what happened.
 * @param wanted the model to ask; null takes the first that is allowed by name, else the first of the relay's list.
 */
export async function testRelay(
	transport: Dispatcher,
	target: RelayTarget,
	wanted: string | null,
	signal: AbortSignal,
): Promise<TestReport> {
	if (wanted !== null && !allows(target, wanted)) return { kind: "modelNotAllowed", model: wanted };
	const picked = wanted ?? (await pickModel(transport, target, signal));
	if (typeof picked !== "string") return picked;
	const model = relayModelName(target, picked);
	const { probe } = formatRules[target.format];
	const startedAt = Date.now();
	const reply = await callRelay(transport, target, { path: probe.path(model), body: probe.body(model), model }, signal);
	if (reply.kind === "fault") return reply.fault;
	const milliseconds = Date.now() - startedAt;
	const { url } = reply;
	const read = probe.read(reply.body);
	switch (read.kind) {
		case "text":
			return { kind: "ok", url, model, firstWords: firstWords(withoutSecret(read.text, target.apiKey)), milliseconds };
		case "error":
			return { kind: "status", url, status: 200, message: errorText(read.message, target.apiKey) };
		case "otherFormat":
			return { kind: "otherFormat", url, status: 200 };
	}
}

/** The names of a relay's own list. */
export async function listModels(
	transport: Dispatcher,
	target: RelayTarget,
	signal: AbortSignal,
): Promise<ModelsReport> {
	const fetched = await fetchModels(transport, target, signal);
	if (fetched.kind === "fault") return fetched.fault;
	return { kind: "ok", url: fetched.url, models: [...fetched.entries.keys()] };
}

/** A relay without a list is no fault of its own: then a person has to name a model. Faults of the connection are told. */
async function pickModel(
	transport: Dispatcher,
	target: RelayTarget,
	signal: AbortSignal,
): Promise<string | TestReport> {
	const named = target.allowedModels?.find((pattern) => !pattern.includes("*"));
	if (named !== undefined) return named;
	const fetched = await fetchModels(transport, target, signal);
	if (fetched.kind === "ok") {
		return [...fetched.entries.keys()].find((id) => allows(target, id)) ?? { kind: "noModel" };
	}
	const { fault } = fetched;
	const hasNoList =
		fault.kind === "wrongPath" || fault.kind === "otherFormat" || (fault.kind === "status" && fault.status < 500);
	return hasNoList ? { kind: "noModel" } : fault;
}

/** In a form, no entry yet means all. */
function allows(target: RelayTarget, model: string): boolean {
	return target.allowedModels?.length === 0 || allowsModel(target, model);
}

function firstWords(text: string): string {
	return text.trim().split(/\s+/).slice(0, shownWords).join(" ").slice(0, 120);
}
