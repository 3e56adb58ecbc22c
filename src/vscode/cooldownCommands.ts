import * as vscode from "vscode";
import { factsOf } from "./accountFacts.ts";
import { canBeCleared } from "./accountItem.ts";
import { tell } from "./messages.ts";
import type { Parts } from "./parts.ts";
import { pickAmong } from "./pickAccount.ts";
import { plainText } from "./plainText.ts";

/** Ends the rests of one account at once, and the wait of its login for a renewal; from the palette, of one that has such. */
export async function clearCooldown(parts: Parts, argument: unknown): Promise<void> {
	const cooling = parts.book.accounts.filter((account) => canBeCleared(factsOf(account, parts)));
	const account = await pickAmong(
		parts,
		cooling,
		argument,
		vscode.l10n.t("Which account's cooldown is to be cleared?"),
		noneCools(),
	);
	if (account === null) return;
	parts.proxy.clearCooldown(account.id);
	void parts.chatGpt.renewWaiting(account.id);
	parts.log.info(`The cooldown of ${plainText(account.label)} was cleared.`);
}

/** The same for all accounts. */
export function clearAllCooldowns(parts: Parts): void {
	const cooling = parts.book.accounts.filter((account) => canBeCleared(factsOf(account, parts)));
	if (cooling.length === 0) {
		tell(parts.log, "info", noneCools());
		return;
	}
	parts.proxy.clearCooldown(null);
	for (const { id } of cooling) void parts.chatGpt.renewWaiting(id);
	parts.log.info("The cooldowns of all accounts were cleared.");
}

function noneCools(): string {
	return vscode.l10n.t("No account is cooling.");
}
