import { homedir } from "node:os";
import * as vscode from "vscode";
import { isRelay } from "../accounts/account.ts";
import type { ImportReport } from "../accounts/transfer.ts";
import { importLines, importSummary, refusedEntries } from "./importReport.ts";
import { confirmed, logOffer, tell } from "./messages.ts";
import type { Parts } from "./parts.ts";
import { offerToAdd } from "./pickAccount.ts";
import { plainText } from "./plainText.ts";
import { writePrivateFile } from "./privateFile.ts";

const jsonFiles = { JSON: ["json"] };

export async function importAccounts({ relays, log }: Parts): Promise<void> {
	const [file] =
		(await vscode.window.showOpenDialog({
			title: vscode.l10n.t("Import Accounts"),
			openLabel: vscode.l10n.t("Import"),
			filters: jsonFiles,
		})) ?? [];
	if (file === undefined) return;
	const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
	const report = await relays.import(text);
	logImport(log, report);
	const well = report.fileProblem === null && refusedEntries(report).length === 0;
	tell(log, well ? "info" : "warning", importSummary(report), well ? [] : [logOffer(log)]);
}

export function logImport(log: vscode.LogOutputChannel, report: ImportReport): void {
	for (const { level, text } of importLines(report)) log[level](text);
}

export async function exportAccounts(parts: Parts): Promise<void> {
	const { relays, book, log } = parts;
	const count = book.accounts.filter(isRelay).length;
	if (count === 0) {
		offerToAdd(parts);
		return;
	}
	const keys = await askForKeys();
	if (keys === null) return;
	const file = await vscode.window.showSaveDialog({
		title: vscode.l10n.t("Export Accounts"),
		saveLabel: vscode.l10n.t("Export"),
		filters: jsonFiles,
		defaultUri: vscode.Uri.joinPath(vscode.Uri.file(homedir()), "relay-accounts.json"),
	});
	if (file === undefined) return;
	if (file.scheme !== "file") {
		tell(
			log,
			"error",
			vscode.l10n.t("Nothing was exported: choose a folder on the machine where this extension runs."),
		);
		return;
	}
	await writePrivateFile(file.fsPath, relays.export(keys));
	const name = plainText(file.fsPath);
	log.info(`Exported ${count} relay accounts, ${keys === "include" ? "with" : "without"} keys, to ${name}`);
	tell(
		log,
		"info",
		keys === "include"
			? vscode.l10n.t("Accounts and keys were written to {0}. Delete the file when it has served.", name)
			: vscode.l10n.t("Accounts were written to {0}, without keys.", name),
	);
}

async function askForKeys(): Promise<"leaveOut" | "include" | null> {
	const choice = await vscode.window.showQuickPick(
		[
			{
				label: vscode.l10n.t("Without keys (recommended)"),
				detail: vscode.l10n.t("Keys are entered again where the file is imported."),
				keys: "leaveOut" as const,
			},
			{
				label: vscode.l10n.t("With keys"),
				detail: vscode.l10n.t("Whoever reads the file can use the accounts."),
				keys: "include" as const,
			},
		],
		{ title: vscode.l10n.t("Export Accounts"), placeHolder: vscode.l10n.t("What is to be in the file?") },
	);
	if (choice === undefined) return null;
	if (choice.keys === "leaveOut") return "leaveOut";
	const sure = await confirmed(
		vscode.l10n.t("Write the API keys into the file?"),
		vscode.l10n.t("The keys of all accounts will stand in the file as plain text. Whoever can read it can use them."),
		vscode.l10n.t("Export with Keys"),
	);
	return sure ? "include" : null;
}
