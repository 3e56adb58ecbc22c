import type { RelayAccount } from "../accounts/account.ts";
import { type FieldProblem, type RelayInput, readRelayInput } from "../accounts/relayInput.ts";
import type { RelayTarget } from "../bridge/relayReports.ts";
import { RelayFormAccount } from "./relayFormAccount.ts";
import { RelayFormAsking } from "./relayFormAsking.ts";
import { afterChange, changedFields, draftOf, labelsTakenFor, relayValueOf, typedOver } from "./relayFormDraft.ts";
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
	changedElsewhereProblem,
	formProblemOf,
	goneProblem,
	makesAnotherRelay,
	pageProblemOf,
	remainingProblems,
	repeatedHeaderProblems,
	sameProblem,
	urlStateOf,
} from "./relayFormState.ts";
import { callsAsSaved, targetOf } from "./relayFormTarget.ts";

/** Milliseconds in which a host has to take a connection. */
const reachTime = 3000;

/**
 * One open relay form. Holds everything typed in it, so that its page can go and come back; talks to the page by messages
 * and knows no window.
 */
export class RelayFormSession {
	readonly #options: SessionOptions;
	readonly #asking: RelayFormAsking;
	readonly #account: RelayFormAccount;
	#seenElsewhere: RelayAccount | null = null;
	/** The saved relay that the draft of a new one turned out to be, as long as nothing makes another one of it. */
	#same: RelayAccount | null = null;
	#draft: RelayDraft;
	#problems: ProblemsState = { problems: [], focus: false };
	#saving: SavingState = null;
	#mayBeUnreachable = false;

	constructor(options: SessionOptions) {
		this.#options = options;
		this.#account = new RelayFormAccount(options);
		this.#draft = options.draft;
		this.#asking = new RelayFormAsking(options.proxy, options.texts, options.post);
	}

	get title(): string {
		const { texts } = this.#options;
		const { opened } = this.#account;
		return opened === null ? texts.addTitle : texts.editTitle(opened.label);
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
		if (makesAnotherRelay(changed)) this.#same = null;
		this.#asking.forget(changed);
		const problems = remainingProblems(this.#problems.problems, changed);
		if (problems.length !== this.#problems.problems.length) this.#show(problems, false);
		this.#options.post({ type: "url", state: this.#urlState() });
	}

	#urlState(): UrlState {
		return urlStateOf(this.#draft, this.#account.savedNow, this.#account.hasSavedKey, this.#options.texts);
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
		if (target === null) return;
		const wentWell = await this.#asking.askTest(target, this.#draft);
		const saved = this.#account.inBook;
		if (wentWell && saved !== null && callsAsSaved(target, saved, this.#options.vault)) {
			this.#options.proxy.clearCooldown(saved.id);
		}
	}

	/** Null when something is missing; it is shown by then. */
	#target(purpose: "test" | "models"): RelayTarget | null {
		if (this.#hasRepeatedHeaders()) return null;
		const question = { draft: this.#draft, saved: this.#account.savedNow, kept: this.#account.keptNow, purpose };
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
				this.#account.detach();
				this.#turn();
				return this.#save();
			case "replace":
				if (this.#seenElsewhere !== null) this.#account.open(this.#seenElsewhere);
				return this.#save();
			case "loadSaved":
				return this.#loadSaved();
			case "updateSame":
				if (this.#same !== null) {
					this.#draft = typedOver(this.#same, this.#draft, this.#options.draft);
					this.#account.open(this.#same);
					this.#turn();
				}
				return this.#save();
		}
	}

	/** The form is about another account now than before. */
	#turn(): void {
		this.#same = null;
		this.#options.titleChanged(this.title);
		this.#start();
	}

	#loadSaved(): void {
		const account = this.#account.inBook;
		if (account === null) {
			this.#show([goneProblem(this.#options.texts)], true);
			return;
		}
		this.#account.open(account);
		this.#problems = { problems: [], focus: false };
		this.#asking.reset();
		// A key typed here is nowhere else: it stays.
		this.#draft = { ...draftOf(account), apiKey: this.#draft.apiKey };
		this.#turn();
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
			this.#show([formProblemOf(texts.notSaved(error instanceof Error ? error.message : String(error)))], true);
		} finally {
			this.#setSaving(null);
		}
	}

	/**
	 * Saves what stands in the form in the end: it can be edited while its host is looked for, and then that begins anew.
	 * Null when it was not saved; the problems are shown by then.
	 */
	async #trySaving(): Promise<Saved | null> {
		const { relays, texts } = this.#options;
		for (;;) {
			const draft = this.#draft;
			const input = this.#validInput(draft);
			if (input === null) return null;
			const unreachable = await this.#unreachable(input);
			if (!this.#isNow(draft)) continue;
			if (unreachable !== null) {
				this.#showFields([unreachable]);
				return null;
			}
			if (!this.#stillAsOpened()) return null;
			this.#setSaving(texts.saving);
			const result = await relays.save(relayValueOf(draft, this.#account.kept), this.#account.opened?.id);
			if (result.kind === "refused" || result.kind === "same") {
				if (!this.#isNow(draft)) continue;
				this.#same = result.kind === "same" ? result.account : null;
				if (result.kind === "refused") this.#showFields(result.problems);
				else this.#show([sameProblem(result.account, texts)], true);
				return null;
			}
			if (this.#isNow(draft)) return result;
			// Typed on while it was being saved: the rest goes into the account that it is by now.
			this.#account.open(result.account);
			this.#options.titleChanged(this.title);
		}
	}

	/** Null when there is something wrong; it is shown by then. */
	#validInput(draft: RelayDraft): RelayInput | null {
		if (!this.#stillAsOpened() || this.#hasRepeatedHeaders()) return null;
		const { opened, kept } = this.#account;
		const read = readRelayInput(relayValueOf(draft, kept), {
			takenLabels: labelsTakenFor(draft, opened, this.#options.book.accounts),
			key: this.#account.keyMayBeEmpty(draft) ? "keepIfEmpty" : "required",
		});
		this.#showFields(read.ok ? [] : read.problems);
		return read.ok ? read.input : null;
	}

	#isNow(draft: RelayDraft): boolean {
		return changedFields(draft, this.#draft).size === 0;
	}

	/** Whether the edited account is in the book as it was opened; else says what happened to it. */
	#stillAsOpened(): boolean {
		const { texts } = this.#options;
		switch (this.#account.standing) {
			case "asOpened":
				return true;
			case "gone":
				this.#show([goneProblem(texts)], true);
				return false;
			case "changed":
				this.#seenElsewhere = this.#account.inBook;
				this.#show([changedElsewhereProblem(texts)], true);
				return false;
		}
	}

	/** Tries a new or changed URL's host; null when it answers, was not asked or need not answer. */
	async #unreachable({ baseUrl }: RelayInput): Promise<FieldProblem | null> {
		if (this.#mayBeUnreachable || baseUrl === this.#account.opened?.baseUrl) return null;
		const { host } = new URL(baseUrl);
		this.#setSaving(this.#options.texts.lookingFor(host));
		const { kind } = await this.#options.reach(baseUrl, reachTime);
		return kind === "reachable" ? null : { field: "baseUrl", code: "hostUnreachable", detail: host };
	}
}
