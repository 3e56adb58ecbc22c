import * as vscode from "vscode";
import type { NativeAccount } from "../accounts/account.ts";
import type { AccountLive } from "../bridge/accountLive.ts";
import { mainBucket, type Quota } from "../bridge/quota.ts";
import { exhaustion, presumedBucket } from "../bridge/quotaRules.ts";
import type { RelayFault } from "../bridge/relayReports.ts";
import { faultText } from "./faultText.ts";
import { localTexts } from "./localTexts.ts";
import { tell, withCancellableProgress } from "./messages.ts";
import type { Parts } from "./parts.ts";
import { pickNative } from "./pickAccount.ts";
import { plainText } from "./plainText.ts";
import { quotaText } from "./quotaText.ts";
import { signInAgain } from "./signInCommands.ts";

/**
 * Milliseconds between a token exchange and a question for figures: accounts whose figures were asked for right after an
 * exchange have been closed.
 */
export const quietAfterExchange = 60_000;

/** Asks the backend what is left of a plan, and says so. */
export async function refreshQuota(parts: Parts, argument: unknown): Promise<void> {
	const { chatGpt, log, proxy } = parts;
	const account = await pickNative(parts, argument, vscode.l10n.t("Which account's quota is to be refreshed?"));
	if (account === null) return;
	const label = plainText(account.label);
	const apiKey = chatGpt.accessTokenOf(account.id);
	const login = chatGpt.loginOf(account.id);
	if (apiKey === null || !login.lasts) {
		tell(log, "warning", vscode.l10n.t("{0} has no login here that is good.", label), [signInOffer(parts, account)]);
		return;
	}
	const isRenewing = login.state.kind === "renewing";
	const wait = isRenewing ? quietAfterExchange : waitAfterExchange(login.renewedAt, Date.now());
	if (wait > 0) {
		tell(
			log,
			"info",
			vscode.l10n.t(
				"The login of {0} was given or renewed only a moment ago, and asking ChatGPT for figures right after that has got accounts closed. Try again in {1} seconds.",
				label,
				Math.ceil(wait / 1000),
			),
		);
		return;
	}
	const report = await withCancellableProgress(
		vscode.l10n.t("Asking ChatGPT what is left of the plan of {0}…", label),
		(signal) => proxy.askQuota({ account, apiKey, backend: chatGpt.settings.backend }, signal),
	);
	if (report.kind === "cancelled") return;
	if (report.kind === "ok") {
		chatGpt.quotas.note(account.id, report.quota);
		const now = Date.now();
		// This window's own proxy ends rests by what it has just heard; the one that serves another window has not heard it.
		const live = proxy.state.kind === "otherWindow" ? proxy.live.get(account.id) : undefined;
		if (live !== undefined && endsRest(live, report.quota, now)) proxy.clearCooldown(account.id);
		const words = quotaText(report.quota, now, localTexts(vscode.env.language, now));
		tell(log, "info", `${label}: ${words ?? vscode.l10n.t("ChatGPT tells no figures for this plan.")}`);
		return;
	}
	const words = `${label}: ${quotaFaultText(report)}`;
	log.warn(words);
	if (report.kind === "keyRefused" && blamesToken(report)) void chatGpt.renewRefused(account.id, apiKey);
	tell(log, "warning", words, report.kind === "keyRefused" ? [signInOffer(parts, account)] : []);
}

/**
 * @returns milliseconds; none where the exchange is long past, or lies far in the future because a clock was set back. Clocks
 * are put right by a second now and then: an exchange that lies just ahead was just now.
 */
export function waitAfterExchange(renewedAt: number | null, now: number): number {
	if (renewedAt === null || Math.abs(now - renewedAt) > quietAfterExchange) return 0;
	return Math.min(quietAfterExchange, renewedAt + quietAfterExchange - now);
}

/** Whether a plan's figures show that something is left again of what an account, or a model of it, rests for. */
export function endsRest(
	{ rest, modelRests }: Pick<AccountLive, "rest" | "modelRests">,
	told: Quota,
	now: number,
): boolean {
	const isOpen = (bucket: string) =>
		told.buckets.some(({ id }) => id === bucket) && exhaustion(told, bucket, now) === null;
	if (rest !== null) return rest.reason === "outOfQuota" && isOpen(mainBucket);
	return modelRests.some(({ reason, model }) => reason === "outOfQuota" && isOpen(presumedBucket(model)));
}

function signInOffer(parts: Parts, { id }: NativeAccount) {
	return { title: vscode.l10n.t("Sign In Again"), run: () => signInAgain(parts, { kind: "account", id }) };
}

/** A new token mends no ban, which is a 403. */
function blamesToken({ status }: Extract<RelayFault, { readonly kind: "keyRefused" }>): boolean {
	return status !== 403;
}

/** Why the backend told nothing. What is said of relays and their keys fits no login. */
function quotaFaultText(fault: RelayFault): string {
	switch (fault.kind) {
		case "keyRefused":
			return blamesToken(fault)
				? vscode.l10n.t(
						"ChatGPT refused the login (status {0}). It is being renewed; if that does not help, sign in again.",
						fault.status,
					)
				: vscode.l10n.t("ChatGPT gave no figures (status {0}). Try again later.", fault.status);
		case "html":
			return vscode.l10n.t(
				"ChatGPT answered with a web page (status {0}). Something on the way, or a check for robots, stands in between. Try again later.",
				fault.status,
			);
		case "wrongPath":
		case "status":
		case "otherFormat":
		case "redirect":
			return vscode.l10n.t("ChatGPT gave no figures (status {0}). Try again later.", fault.status);
		default:
			return faultText(fault);
	}
}
