import type { ProxyControl } from "../bridge/proxyControl.ts";
import type { ModelsReport, RelayTarget, TestReport } from "../bridge/relayReports.ts";
import { testModelOf } from "./relayFormDraft.ts";
import type { HostMessage, ModelsState, RelayDraft, TestState } from "./relayFormMessages.ts";
import type { FormTexts } from "./relayFormState.ts";

/** A change of one of these makes another relay of it: what was asked before says nothing about it. */
const connectionFields = [
	...(["baseUrl", "format", "apiKey", "headers", "auth", "outboundProxy", "allowPlainHttp"] as const),
] as const;

type Changes = ReadonlySet<keyof RelayDraft>;

/** What an open form asks its relay, one test and one model list at a time, and the answers until they are out of date. */
export class RelayFormAsking {
	readonly #proxy: Pick<ProxyControl, "testRelay" | "listModels">;
	readonly #texts: FormTexts;
	readonly #post: (message: HostMessage) => void;
	#models: ModelsState = { kind: "idle" };
	#test: TestState = { kind: "idle" };
	#modelsAbort: AbortController | null = null;
	#testAbort: AbortController | null = null;

	constructor(
		proxy: Pick<ProxyControl, "testRelay" | "listModels">,
		texts: FormTexts,
		post: (message: HostMessage) => void,
	) {
		this.#proxy = proxy;
		this.#texts = texts;
		this.#post = post;
	}

	get models(): ModelsState {
		return this.#models;
	}

	get test(): TestState {
		return this.#test;
	}

	async askModels(target: RelayTarget): Promise<void> {
		if (this.#modelsAbort !== null) return;
		const abort = new AbortController();
		this.#modelsAbort = abort;
		this.#showModels({ kind: "asking" });
		const report = await this.#proxy.listModels(target, abort.signal);
		if (this.#modelsAbort !== abort) return;
		this.#modelsAbort = null;
		this.#showModels(this.#modelsStateOf(report));
	}

	/** @returns whether the relay has answered as it should. */
	async askTest(target: RelayTarget, draft: RelayDraft): Promise<boolean> {
		if (this.#testAbort !== null) return false;
		const abort = new AbortController();
		this.#testAbort = abort;
		this.#showTest({ kind: "asking" });
		const report = await this.#proxy.testRelay(target, testModelOf(draft), abort.signal);
		if (this.#testAbort !== abort) return report.kind === "ok";
		this.#testAbort = null;
		this.#showTest(this.#testStateOf(report));
		return report.kind === "ok";
	}

	cancelModels(): void {
		this.#modelsAbort?.abort();
	}

	cancelTest(): void {
		this.#testAbort?.abort();
	}

	/** Drops the answers, and the questions under way, that an edit has made untrue. */
	forget(changed: Changes): void {
		const connection = connectionFields.some((field) => changed.has(field));
		if (connection || changed.has("testModel")) this.#dropTest();
		// Another key or header may see another list, but the one at hand is still the relay's own.
		const otherRelay = changed.has("baseUrl") || changed.has("format");
		if (otherRelay || (connection && this.#models.kind !== "list")) this.#dropModels();
	}

	/** Drops all answers and all questions under way. */
	reset(): void {
		this.#dropTest();
		this.#dropModels();
	}

	dispose(): void {
		this.#modelsAbort?.abort();
		this.#testAbort?.abort();
	}

	#modelsStateOf(report: ModelsReport): ModelsState {
		if (report.kind === "cancelled") return { kind: "idle" };
		if (report.kind === "ok") return { kind: "list", models: [...new Set(report.models)] };
		return { kind: "failed", text: this.#texts.fault(report) };
	}

	#testStateOf(report: TestReport): TestState {
		const outcome = report.kind === "ok" ? "good" : report.kind === "cancelled" ? "cancelled" : "fault";
		return { kind: "done", outcome, text: this.#texts.test(report) };
	}

	#dropTest(): void {
		this.#testAbort?.abort();
		this.#testAbort = null;
		if (this.#test.kind !== "idle") this.#showTest({ kind: "idle" });
	}

	#dropModels(): void {
		this.#modelsAbort?.abort();
		this.#modelsAbort = null;
		if (this.#models.kind !== "idle") this.#showModels({ kind: "idle" });
	}

	#showModels(state: ModelsState): void {
		this.#models = state;
		this.#post({ type: "models", state });
	}

	#showTest(state: TestState): void {
		this.#test = state;
		this.#post({ type: "test", state });
	}
}
