import * as vscode from "vscode";
import type { ImportReport } from "../accounts/transfer.ts";
import { plainText } from "./plainText.ts";
import { problemsText } from "./problemText.ts";

/** How many refused entries a message names; the log has all of them. */
const namedInMessage = 3;

type ImportEntry = ImportReport["entries"][number];

export function refusedEntries({ entries }: ImportReport): readonly ImportEntry[] {
	return entries.filter(({ outcome }) => outcome === "refused");
}

/** An import in one message: how many entries fared how, and why the first refused ones were refused. */
export function importSummary(report: ImportReport): string {
	if (report.fileProblem !== null) return fileProblemText(report.fileProblem);
	if (report.entries.length === 0) return vscode.l10n.t("The file holds no account.");
	const refused = refusedEntries(report);
	const counts = [
		vscode.l10n.t("{0} added", count(report, "added")),
		vscode.l10n.t("{0} updated", count(report, "updated")),
		vscode.l10n.t("{0} unchanged", count(report, "unchanged")),
		vscode.l10n.t("{0} refused", refused.length),
	];
	const reasons = refused.slice(0, namedInMessage).map(entryText);
	const more = refused.length - namedInMessage;
	if (more > 0) reasons.push(vscode.l10n.t("{0} more in the log.", more));
	return [vscode.l10n.t("Accounts: {0}.", counts.join(", ")), ...reasons].join(" ");
}

/** One line for each entry, for the log; what was refused is a warning. */
export function importLines(
	report: ImportReport,
): readonly { readonly level: "info" | "warn"; readonly text: string }[] {
	if (report.fileProblem !== null) return [{ level: "warn", text: fileProblemText(report.fileProblem) }];
	return report.entries.map((entry) => ({
		level: entry.outcome === "refused" ? "warn" : "info",
		text: entryText(entry),
	}));
}

function entryText({ label, outcome, problems }: ImportEntry): string {
	const name = plainText(label) || vscode.l10n.t("Account without a label");
	switch (outcome) {
		case "added":
			return vscode.l10n.t("{0}: added.", name);
		case "updated":
			return vscode.l10n.t("{0}: updated.", name);
		case "unchanged":
			return vscode.l10n.t("{0}: unchanged.", name);
		case "refused":
			return vscode.l10n.t("{0} was refused: {1}", name, problemsText(problems));
	}
}

function count({ entries }: ImportReport, outcome: ImportEntry["outcome"]): number {
	return entries.filter((entry) => entry.outcome === outcome).length;
}

function fileProblemText(problem: NonNullable<ImportReport["fileProblem"]>): string {
	switch (problem) {
		case "notJson":
			return vscode.l10n.t("Nothing was imported: the file is not valid JSON.");
		case "notAnExport":
			return vscode.l10n.t("Nothing was imported: the file holds no list of accounts as an export writes it.");
		case "unknownVersion":
			return vscode.l10n.t("Nothing was imported: the file was written for another version of this extension.");
	}
}
