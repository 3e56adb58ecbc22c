import { homedir } from "node:os";
import * as vscode from "vscode";
import type { CodexLogin } from "../native/codexCliLogin.ts";
import type { TokenSet } from "../native/login.ts";
import { loginRefusalText } from "./loginImportReport.ts";
import { confirmed, type Offer, tell } from "./messages.ts";
import { offerOpenAiRelay } from "./openAiKey.ts";
import type { Parts } from "./parts.ts";
import { plainText } from "./plainText.ts";

/** Takes over the login that Codex CLI keeps in a file, which goes on using it. */
export async function importCodexLogin(parts: Parts): Promise<void> {
	const { readCodexLogin } = await parts.chatGpt.onDemand();
	const login = await readCodexLogin({ env: process.env, home: homedir() });
	if (login.kind !== "found") {
		tell(parts.log, "warning", failureText(login), [signInOffer()]);
		return;
	}
	if (login.tokens !== null) await takeOver(parts, login.tokens);
	if (login.apiKey !== null) await offerOpenAiRelay(parts, login.apiKey);
}

async function takeOver(parts: Parts, tokens: TokenSet): Promise<void> {
	const { chatGpt, log, view } = parts;
	const who =
		tokens.identity.email ?? tokens.identity.accountId ?? vscode.l10n.t("somebody whose name it does not tell");
	const sure = await confirmed(
		vscode.l10n.t("Use the login of Codex CLI here too ({0})?", plainText(who)),
		vscode.l10n.t(
			"Codex CLI and this extension would share one login, which changes each time one of them renews it: then the other one may be signed out. To have a login of its own, use “Sign In with ChatGPT” instead. Codex CLI's file stays as it is.",
		),
		vscode.l10n.t("Share the Login"),
	);
	if (!sure) return;
	const [result] = await chatGpt.logins.adoptMany([{ tokens }], chatGpt.bound);
	if (result === undefined || result.kind === "refused") {
		tell(log, "error", loginRefusalText("invalid"), [signInOffer()]);
		return;
	}
	const label = plainText(result.account.label);
	tell(
		log,
		"info",
		result.kind === "added"
			? vscode.l10n.t("{0} was added and answers from now on.", label)
			: result.kind === "renewed"
				? vscode.l10n.t("{0} has the login of Codex CLI now.", label)
				: vscode.l10n.t("{0} has this login, or a newer one, already.", label),
	);
	await view.reveal(result.account.id);
}

function failureText(login: Exclude<CodexLogin, { readonly kind: "found" }>): string {
	const path = plainText(login.path);
	switch (login.kind) {
		case "notFound":
			return login.keyring
				? vscode.l10n.t(
						"Codex CLI keeps its login in the system's keyring, where only it can read it. Sign in with ChatGPT instead.",
					)
				: vscode.l10n.t(
						"There is no login of Codex CLI at {0}. Sign in there with “codex login”, or here with ChatGPT.",
						path,
					);
		case "unreadable":
			return vscode.l10n.t(
				"The login of Codex CLI at {0} cannot be read ({1}). Sign in with ChatGPT instead.",
				path,
				plainText(login.reason),
			);
		case "noLogin":
			return vscode.l10n.t("{0} holds no login that can be used. {1}", path, loginRefusalText(login.code));
	}
}

function signInOffer(): Offer {
	return {
		title: vscode.l10n.t("Sign In with ChatGPT"),
		run: () => vscode.commands.executeCommand("relayAccounts.signIn"),
	};
}
