import type { RelayAccount } from "../accounts/account.ts";
import { type FieldProblem, type RelayInput, readRelayInput } from "../accounts/relayInput.ts";
import type { RelayTarget } from "../bridge/protocol.ts";
import { RelayFormAsking } from "./relayFormAsking.ts";
import {
	afterChange,
	draftOf,
	editedElsewhere,
	type KeptSettings,
	keyNeedOf,
	labelsTakenFor,
	relayValueOf,
} from "./relayFormDraft.ts";
import type {
	FormState,
	OfferAction,
	PageMessage,
	PageProblem,
	ProblemsState,
	RelayDraft,
	SavingState,
	UrlState,
} from "./relayFormMessages.ts";
import type { Saved, SessionOptions } from "./relayFormSessionOptions.ts";
import {
	changedFields,
	formProblemOf,
	pageProblemOf,
	remainingProblems,
	repeatedHeaderProblems,
	urlStateOf,
} from "./relayFormState.ts";
import { targetOf } from "./relayFormTarget.ts";

/** Milliseconds in which a host has to take a connection. */
const reachTime = 3000;

/**
 * One open relay form. Holds everything typed in it, so that its page can go and come back; talks to the page by messages
 * and knows no window.
 */
export class RelayFormSession {
	readonly #options: SessionOptions;
	readonly #asking: RelayFormAsking;
	/** The account as it was when its values came into the form. */
	#opened: RelayAccount | null;
	#seenElsewhere: RelayAccount | null = null;
	#kept: KeptSettings | null;
	#draft: RelayDraft;
	#problems: ProblemsState = { problems: [], focus: false };
	#saving: SavingState = null;
	#mayBeUnreachable = false;

	constructor(options: SessionOptions) {
		this.#options = options;
		this.#opened = options.account;
		this.#kept = options.kept;
		this.#draft = options.draft;
		this.#asking = new RelayFormAsking(options.proxy, options.texts, options.post);
	}

	get title(): string {
		const { texts } = this.#options;
		return this.#opened === null ? texts.addTitle : texts.editTitle(this.#opened.label);
	}

	dispose(): void {
		this.#asking.dispose();
	}

	async receive(message: PageMessage): Promise<void> {
		switch (message.type) {
			case "ready":
				return this.#start();
			case "changed":
				return this.#change(message.draft);
			case "save":
				return this.#save();
			case "offer":
				return this.#take(message.action);
			case "fetchModels":
				return this.#fetchModels();
			case "cancelFetch":
				return this.#asking.cancelModels();
			case "test":
				return this.#test();
			case "cancelTest":
				return this.#asking.cancelTest();
		}
	}

	#start(): void {
		const { post, texts } = this.#options;
		const state: FormState = {
			url: this.#urlState(),
			models: this.#asking.models,
			test: this.#asking.test,
			problems: { ...this.#problems, focus: false },
			saving: this.#saving,
		};
		post({ type: "start", texts: texts.page, title: this.title, draft: this.#draft, state });
	}

	#change(typed: RelayDraft): void {
		const draft = afterChange(this.#draft, typed);
		const changed = changedFields(this.#draft, draft);
		this.#draft = draft;
		if (changed.has("baseUrl")) this.#mayBeUnreachable = false;
		this.#asking.forget(changed);
		const problems = remainingProblems(this.#problems.problems, changed);
		if (problems.length !== this.#problems.problems.length) this.#show(problems, false);
		this.#options.post({ type: "url", state: this.#urlState() });
	}

	#urlState(): UrlState {
		return urlStateOf(this.#draft, this.#savedNow(), this.#hasSavedKey(), this.#options.texts);
	}

	/** The account being edited as the book has it now; the opened one while it is missing there. */
	#savedNow(): RelayAccount | null {
		return this.#inBook() ?? this.#opened;
	}

	#inBook(): RelayAccount | null {
		const id = this.#opened?.id;
		const found = this.#options.book.accounts.find((account) => account.id === id);
		return found?.type === "relay" ? found : null;
	}

	#keptNow(): KeptSettings | null {
		return this.#savedNow() ?? this.#kept;
	}

	#hasSavedKey(): boolean {
		return this.#opened !== null && this.#options.vault.apiKeyOf(this.#opened.id) !== null;
	}

	#show(problems: readonly PageProblem[], focus: boolean): void {
		this.#problems = { problems, focus };
		this.#options.post({ type: "problems", state: this.#problems });
	}

	#showFields(problems: readonly FieldProblem[]): void {
		this.#show(
			problems.map((problem) => pageProblemOf(problem, this.#options.texts)),
			true,
		);
	}

	#showForm(text: string, actions: readonly OfferAction[]): void {
		this.#show([formProblemOf(text, actions, this.#options.texts)], true);
	}

	/** Shows header names that stand in several rows as problems; true when there are any. */
	#hasRepeatedHeaders(): boolean {
		const problems = repeatedHeaderProblems(this.#draft, this.#options.texts);
		if (problems.length > 0) this.#show(problems, true);
		return problems.length > 0;
	}

	async #fetchModels(): Promise<void> {
		const target = this.#target("models");
		if (target !== null) await this.#asking.askModels(target);
	}

	async #test(): Promise<void> {
		const target = this.#target("test");
		if (target !== null) await this.#asking.askTest(target, this.#draft);
	}

	/** Null when something is missing; it is shown by then. */
	#target(purpose: "test" | "models"): RelayTarget | null {
		if (this.#hasRepeatedHeaders()) return null;
		const question = { draft: this.#draft, saved: this.#savedNow(), kept: this.#keptNow(), purpose };
		const result = targetOf(question, this.#options.vault);
		this.#showFields(result.ok ? [] : result.problems);
		return result.ok ? result.target : null;
	}

	async #take(action: OfferAction): Promise<void> {
		switch (action) {
			case "saveAnyway":
				this.#mayBeUnreachable = true;
				return this.#save();
			case "saveAsNew":
				this.#kept = this.#keptNow();
				this.#opened = null;
				this.#options.titleChanged(this.title);
				this.#start();
				return this.#save();
			case "replace":
				this.#opened = this.#seenElsewhere ?? this.#opened;
				return this.#save();
			case "loadSaved":
				return this.#loadSaved();
		}
	}

	#loadSaved(): void {
		const account = this.#inBook();
		if (account === null) {
			this.#showForm(this.#options.texts.gone, ["saveAsNew"]);
			return;
		}
		this.#opened = account;
		this.#problems = { problems: [], focus: false };
		this.#asking.reset();
		// A key typed here is nowhere else: it stays.
		this.#draft = { ...draftOf(account), apiKey: this.#draft.apiKey };
		this.#options.titleChanged(this.title);
		this.#start();
	}

	#setSaving(state: SavingState): void {
		this.#saving = state;
		this.#options.post({ type: "saving", state });
	}

	async #save(): Promise<void> {
		if (this.#saving !== null) return;
		const { texts } = this.#options;
		this.#setSaving(texts.saving);
		try {
			const saved = await this.#trySaving();
			if (saved !== null) this.#options.saved(saved);
		} catch (error) {
			this.#showForm(texts.notSaved(error instanceof Error ? error.message : String(error)), []);
		} finally {
			this.#setSaving(null);
		}
	}

	/** Null when it was not saved; the problems are shown by then. */
	async #trySaving(): Promise<Saved | null> {
		const { relays, texts } = this.#options;
		const draft = this.#draft;
		if (!this.#stillAsOpened() || this.#hasRepeatedHeaders()) return null;
		const read = readRelayInput(relayValueOf(draft, this.#kept), {
			takenLabels: labelsTakenFor(draft, this.#opened, this.#options.book.accounts),
			key: this.#keyMayBeEmpty(draft) ? "keepIfEmpty" : "required",
		});
		if (!read.ok) {
			this.#showFields(read.problems);
			return null;
		}
		this.#show([], false);
		const unreachable = await this.#unreachable(read.input);
		if (unreachable !== null) {
			this.#showFields([unreachable]);
			return null;
		}
		if (!this.#stillAsOpened()) return null;
		this.#setSaving(texts.saving);
		const result = await relays.save(relayValueOf(draft, this.#kept), this.#opened?.id);
		if (result.kind !== "refused") return result;
		this.#showFields(result.problems);
		return null;
	}

	/** Whether the edited account is in the book as it was opened; else says what happened to it. */
	#stillAsOpened(): boolean {
		if (this.#opened === null) return true;
		const { texts } = this.#options;
		const now = this.#inBook();
		if (now === null) {
			this.#showForm(texts.gone, ["saveAsNew"]);
			return false;
		}
		if (!editedElsewhere(this.#opened, now)) return true;
		this.#seenElsewhere = now;
		this.#showForm(texts.changedElsewhere, ["replace", "loadSaved"]);
		return false;
	}

	/** An edited account whose key this window lacks may keep its key too: another window may have it. */
	#keyMayBeEmpty(draft: RelayDraft): boolean {
		const need = keyNeedOf(draft, this.#savedNow(), this.#hasSavedKey());
		return need === "saved" || need === "missing";
	}

	/** Tries a new or changed URL's host; null when it answers, was not asked or need not answer. */
	async #unreachable({ baseUrl }: RelayInput): Promise<FieldProblem | null> {
		if (this.#mayBeUnreachable || baseUrl === this.#opened?.baseUrl) return null;
		const { host } = new URL(baseUrl);
		this.#setSaving(this.#options.texts.lookingFor(host));
		const { kind } = await this.#options.reach(baseUrl, reachTime);
		return kind === "reachable" ? null : { field: "baseUrl", code: "hostUnreachable", detail: host };
	}
}
