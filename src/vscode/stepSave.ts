import * as vscode from "vscode";
import type { RelayAccount } from "../accounts/account.ts";
import type { FieldProblem } from "../accounts/relayInput.ts";
import type { SaveResult } from "../accounts/relays.ts";
import { tell } from "./messages.ts";
import type { Parts } from "./parts.ts";
import { errorText, pickText, plainText } from "./plainText.ts";
import { blankDraft, relayValueOf, typedOver } from "./relayFormDraft.ts";
import type { RelayDraft } from "./relayFormMessages.ts";
import { askChoice, type Heading } from "./stepInput.ts";

/** What came of saving; `stay` goes back to the question, with news or without. */
type SaveEnd =
	| { readonly kind: "over" }
	| { readonly kind: "stay"; readonly news: string | null }
	| { readonly kind: "refused"; readonly problems: readonly FieldProblem[] };

/** Saves the draft as a new relay. When it is one that is there already, asks before that one is changed. */
export async function saveDraft(draft: RelayDraft, { relays, log }: Parts, heading: Heading): Promise<SaveEnd> {
	try {
		let result: SaveResult = await relays.save(relayValueOf(draft, null));
		if (result.kind === "same") {
			const answer = await askToUpdate(result.account, heading);
			if (answer !== "update") return answer === "cancelled" ? { kind: "over" } : { kind: "stay", news: null };
			// What was not asked about, or only under Advanced, stays as it is.
			const { allowedModels } = draft;
			const update = { ...typedOver(result.account, draft, blankDraft), allowedModels };
			result = await relays.save(relayValueOf(update, null), result.account.id);
		}
		if (result.kind === "refused") return { kind: "refused", problems: result.problems };
		const label = plainText(result.account.label);
		tell(
			log,
			"info",
			result.kind === "added"
				? vscode.l10n.t("{0} was added.", label)
				: vscode.l10n.t("This relay was there already, as {0}: it was brought up to date.", label),
		);
		return { kind: "over" };
	} catch (error) {
		log.error(errorText(error));
		return { kind: "stay", news: vscode.l10n.t("It could not be saved: {0}", errorText(error)) };
	}
}

async function askToUpdate({ label }: RelayAccount, heading: Heading): Promise<"update" | "back" | "cancelled"> {
	const answer = await askChoice<"update" | "back">({
		...heading,
		placeholder: vscode.l10n.t(
			"This is the relay “{0}” already: same base URL, format and key. Nothing was saved.",
			plainText(label),
		),
		current: "back",
		choices: [
			{ label: vscode.l10n.t("Change the entries"), value: "back" },
			{ label: vscode.l10n.t("Update {0}", pickText(label)), value: "update" },
		],
	});
	return answer.kind === "given" ? answer.value : answer.kind;
}
