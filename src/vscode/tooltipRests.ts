import * as vscode from "vscode";
import type { Rest } from "../bridge/accountLive.ts";
import type { AccountFacts } from "./accountFacts.ts";
import { openModelRests, openRest } from "./accountState.ts";
import { codeSpan, escapeMarkdown } from "./markdown.ts";
import { restUntilText } from "./restText.ts";

/** How many models are named. */
const modelLimit = 6;

/** Why an account and single models of it rest, as lines of Markdown, with the relay's own words. */
export function restLines({ live, now, local, login }: AccountFacts): readonly string[] {
	const lines: string[] = [];
	const described = (rest: Rest) => {
		const status = rest.status === null ? [] : [vscode.l10n.t("status {0}", rest.status)];
		const words = rest.detail.trim() === "" ? [] : [`“${escapeMarkdown(rest.detail)}”`];
		return [escapeMarkdown(restUntilText(rest, local)), ...status, ...words].join(", ");
	};
	const rest = openRest(live, now);
	if (rest !== null) lines.push(`${vscode.l10n.t("Cooling")}: ${described(rest)}`);
	if (rest?.reason === "keyRefused") {
		lines.push(
			escapeMarkdown(
				login === null
					? vscode.l10n.t("Not called again until its key is entered, a test goes well, or the proxy restarts.")
					: vscode.l10n.t(
							"Not called again until the login is renewed, its cooldown is cleared, or the proxy restarts.",
						),
			),
		);
	}
	const models = openModelRests(live, now);
	for (const model of models.slice(0, modelLimit)) lines.push(`${codeSpan(model.model)}: ${described(model)}`);
	const more = models.length - modelLimit;
	if (more > 0) lines.push(vscode.l10n.t("and {0} more", more));
	return lines;
}
