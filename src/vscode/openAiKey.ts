import * as vscode from "vscode";
import { freeLabel } from "../native/loginPlan.ts";
import { confirmed, tell } from "./messages.ts";
import type { Parts } from "./parts.ts";
import { plainText } from "./plainText.ts";
import { problemsText } from "./problemText.ts";

const openAi = { label: "OpenAI", format: "openai", baseUrl: "https://api.openai.com/v1" } as const;

/**
 * A key of the OpenAI API that stood beside a login becomes a relay account, if that is wanted.
 * @returns whether it was wanted.
 */
export async function offerOpenAiRelay({ relays, book, log, view }: Parts, apiKey: string): Promise<boolean> {
	const wanted = await confirmed(
		vscode.l10n.t("The file also holds an OpenAI API key. Add it as a relay account?"),
		vscode.l10n.t("Requests that it answers are paid through the API, not by a ChatGPT plan."),
		vscode.l10n.t("Add Relay Account"),
	);
	if (!wanted) return false;
	const result = await relays.save({ ...openAi, label: freeLabel(book.accounts, openAi.label), apiKey });
	if (result.kind === "refused") {
		tell(log, "error", problemsText(result.problems));
		return true;
	}
	const label = plainText(result.account.label);
	tell(
		log,
		"info",
		result.kind === "added"
			? vscode.l10n.t("{0} was added.", label)
			: vscode.l10n.t("This relay was there already, as {0}.", label),
	);
	await view.reveal(result.account.id);
	return true;
}
