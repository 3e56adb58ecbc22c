import { homedir } from "node:os";
import * as vscode from "vscode";
import type { TokenSet } from "../native/login.ts";
import type { LoginEntry } from "../native/loginSpellings.ts";
import { isBoundTo } from "../native/loginState.ts";
import type { ImportedLogin } from "../native/logins.ts";
import {
	isRefused,
	type LoginOutcome,
	loginFileProblemText,
	loginImportSummary,
	loginOutcomeText,
} from "./loginImportReport.ts";
import { confirmed, logOffer, tell } from "./messages.ts";
import { offerOpenAiRelay } from "./openAiKey.ts";
import type { Parts } from "./parts.ts";
import { offerToSignIn } from "./pickAccount.ts";
import { plainText } from "./plainText.ts";
import { writePrivateFile } from "./privateFile.ts";

/** Bytes; a login takes some thousand. A larger file would hold the window up. */
const largestFile = 16 * 1024 * 1024;

/** Adds ChatGPT logins out of a file that this or another program wrote. */
export async function importLogins(parts: Parts): Promise<void> {
	const { chatGpt, log } = parts;
	const [file] =
		(await vscode.window.showOpenDialog({
			title: vscode.l10n.t("Import ChatGPT Logins"),
			openLabel: vscode.l10n.t("Import"),
			filters: { [vscode.l10n.t("Logins")]: ["json", "jsonl", "txt"], [vscode.l10n.t("All files")]: ["*"] },
		})) ?? [];
	if (file === undefined) return;
	const { size } = await vscode.workspace.fs.stat(file);
	if (size > largestFile) {
		tell(log, "warning", loginFileProblemText("tooMany"));
		return;
	}
	const { readLogins } = await chatGpt.onDemand();
	const { entries, fileProblem } = readLogins(new TextDecoder().decode(await vscode.workspace.fs.readFile(file)));
	if (fileProblem !== null) {
		tell(log, "warning", loginFileProblemText(fileProblem));
		return;
	}
	const wishes = entries.flatMap((entry) => wishOf(entry) ?? []);
	if (wishes.length > 0 && !(await isSure(wishes.length))) return;
	const results = wishes.length === 0 ? [] : await chatGpt.logins.adoptMany(wishes, chatGpt.bound);
	const outcomes: LoginOutcome[] = [
		...results.map((result, index) => ({
			kind: result.kind,
			label: result.kind === "refused" ? (wishes[index]?.label ?? "") : result.account.label,
		})),
		...entries.flatMap((entry) =>
			entry.kind === "refused" ? [{ kind: "left", label: entry.label ?? "", code: entry.code } as const] : [],
		),
	];
	for (const outcome of outcomes) log[isRefused(outcome) ? "warn" : "info"](loginOutcomeText(outcome));
	if (outcomes.length > 0) {
		const isWell = !outcomes.some(isRefused);
		tell(log, isWell ? "info" : "warning", loginImportSummary(outcomes), isWell ? [] : [logOffer(log)]);
	}
	for (const entry of entries) {
		// Whoever does not want one is not asked for each.
		if (entry.kind === "apiKey" && !(await offerOpenAiRelay(parts, entry.apiKey))) return;
	}
}

/** Writes the logins that this window has, tokens included, after a clear yes. */
export async function exportLogins(parts: Parts): Promise<void> {
	const { book, chatGpt, log } = parts;
	const natives = book.accounts.filter((account) => account.type === "native");
	const signedIn = natives.flatMap((account) => {
		const login = chatGpt.vault.loginOf(account.id);
		// In the file nothing tells whose it is, and an import would take it for a login of the hosts set by then.
		return login === null || !isBoundTo(login, chatGpt.bound) ? [] : [{ account, login }];
	});
	if (signedIn.length === 0) {
		if (natives.length === 0) offerToSignIn(parts);
		else tell(log, "info", vscode.l10n.t("Nothing was exported: no ChatGPT account is signed in here."));
		return;
	}
	const sure = await confirmed(
		vscode.l10n.t("Write the tokens of {0} ChatGPT logins into a file?", signedIn.length),
		vscode.l10n.t(
			"They will stand in the file as plain text: whoever can read it can use the accounts. Two machines that go on using one login can sign each other out.",
		),
		vscode.l10n.t("Export with Tokens"),
	);
	if (!sure) return;
	const file = await vscode.window.showSaveDialog({
		title: vscode.l10n.t("Export ChatGPT Logins"),
		saveLabel: vscode.l10n.t("Export"),
		filters: { JSON: ["json"] },
		defaultUri: vscode.Uri.joinPath(vscode.Uri.file(homedir()), "chatgpt-logins.json"),
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
	const { writeLogins } = await chatGpt.onDemand();
	await writePrivateFile(file.fsPath, writeLogins(signedIn));
	const name = plainText(file.fsPath);
	log.info(`Exported ${signedIn.length} ChatGPT logins with their tokens to ${name}`);
	tell(log, "info", vscode.l10n.t("ChatGPT logins were written to {0}. Delete the file when it has served.", name));
}

async function isSure(count: number): Promise<boolean> {
	return await confirmed(
		vscode.l10n.t("Import {0} ChatGPT logins?", count),
		vscode.l10n.t(
			"A login changes each time it is renewed. If another program or machine goes on using the same one, either may be signed out by the other.",
		),
		vscode.l10n.t("Import"),
	);
}

const nobody: TokenSet["identity"] = { accountId: null, userId: null, email: null, planType: null };

/** Null for what is no login. One without an access token is renewed when it is first used. */
function wishOf(entry: LoginEntry): ImportedLogin | null {
	switch (entry.kind) {
		case "tokens":
			return { tokens: entry.tokens, label: entry.label ?? undefined, settings: entry.settings };
		case "refreshOnly": {
			const { refreshToken, label, settings } = entry;
			return {
				tokens: { accessToken: "", refreshToken, expiresAt: null, identity: nobody },
				label: label ?? undefined,
				settings,
			};
		}
		default:
			return null;
	}
}
